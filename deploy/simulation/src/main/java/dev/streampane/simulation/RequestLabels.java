// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Corrects the labels of the HTTP servers' metrics. In {@code http_server_requests}, an unknown {@code method} becomes {@code OTHER} and an
 * unknown {@code uri} becomes {@code UNKNOWN}: the framework would otherwise keep a series for each one that clients make up.
 * {@code server_port} is set for both servers: the framework omits it where the port is 0 (any free port), and Prometheus does not accept
 * one metric name with different sets of labels.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The values that the framework itself sets, such as {@code NOT_FOUND}, are in capitals. */
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
