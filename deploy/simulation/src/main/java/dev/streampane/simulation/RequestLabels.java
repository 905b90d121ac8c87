// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The labels {@code method} and {@code uri} of {@code http_server_requests}: those that clients make up, for each of which the framework has a
 * series, are {@code OTHER} and {@code UNKNOWN}.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The framework's own words are in capitals. */
    private static final Pattern URIS = Pattern.compile("/api/v1/simulator|root|[A-Z_]+");

    @Override
    public Meter.Id map(Meter.Id id) {
        if (!id.getName().equals("http.server.requests")) {
            return id;
        }
        Meter.Id named = METHODS.contains(id.getTag("method")) ? id : id.withTag(Tag.of("method", "OTHER"));
        boolean known = URIS.matcher(String.valueOf(id.getTag("uri"))).matches();
        return known ? named : named.withTag(Tag.of("uri", "UNKNOWN"));
    }
}
