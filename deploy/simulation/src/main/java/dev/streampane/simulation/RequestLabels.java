// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The labels of the HTTP servers' metrics. {@code method} and {@code uri} of {@code http_server_requests} that clients make up, for each of
 * which the framework has a series, are {@code OTHER} and {@code UNKNOWN}. {@code server_port} is there for each of the two servers: the
 * framework leaves it out where the port is any free one (0), and Prometheus takes no name twice with other labels.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The framework's own words are in capitals. */
    private static final Pattern URIS = Pattern.compile("/api/v1/simulator|root|[A-Z_]+");

    private static final Pattern PER_SERVER = Pattern.compile("http\\.server\\.(active|bytes|connections|errors).*");

    @Override
    public Meter.Id map(Meter.Id id) {
        if (PER_SERVER.matcher(id.getName()).matches()) {
            return id.getTag("server.port") == null ? id.withTag(Tag.of("server.port", "0")) : id;
        }
        if (!id.getName().equals("http.server.requests")) {
            return id;
        }
        Meter.Id named = METHODS.contains(id.getTag("method")) ? id : id.withTag(Tag.of("method", "OTHER"));
        boolean known = URIS.matcher(String.valueOf(id.getTag("uri"))).matches();
        return known ? named : named.withTag(Tag.of("uri", "UNKNOWN"));
    }
}
