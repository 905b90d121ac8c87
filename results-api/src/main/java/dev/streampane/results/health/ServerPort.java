// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;

/**
 * The label {@code server_port} of what is counted per HTTP server, of which there are two: the framework leaves it out where the port is
 * any free one (0), and Prometheus takes no name twice with other labels.
 */
@Singleton
public final class ServerPort implements MeterFilter {

    private static final String LABEL = "server.port";
    private static final Pattern PER_SERVER = Pattern.compile("http\\.server\\.(active|bytes|connections|errors).*");

    @Override
    public Meter.Id map(Meter.Id id) {
        boolean missing = PER_SERVER.matcher(id.getName()).matches() && id.getTag(LABEL) == null;
        return missing ? id.withTag(Tag.of(LABEL, "0")) : id;
    }
}
