// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.nio.file.Path;

/**
 * Folders as text, as Flink's {@code org.apache.flink.core.fs.Path} reads and writes it. Unlike in a URI nothing is percent-encoded:
 * {@code file:///a%20b} is the folder {@code /a%20b}.
 */
public final class FlinkPaths {

    private FlinkPaths() {}

    /** The text of a local folder: {@code file:///a b}. */
    public static String text(Path folder) {
        return "file://" + folder.toAbsolutePath();
    }

    /** The local folder of such a text; Flink itself writes {@code file:/a b}. */
    public static Path of(String text) {
        return Path.of(text.replaceFirst("^file:(//(?=/))?", ""));
    }
}
