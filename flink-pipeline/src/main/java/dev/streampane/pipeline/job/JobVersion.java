// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the code, which is written into every result. */
final class JobVersion {

    static final String TEXT = read();

    private JobVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = JobVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
