// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The labels {@code method} and {@code uri} of {@code http_server_requests}: those that clients make up are {@code OTHER} and {@code UNKNOWN}.
 * The framework counts what is refused before its operation is known under the path and the method that were sent, each in a series of its own.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final String NAME = "http.server.requests";
    private static final String URI = "uri";
    private static final String METHOD = "method";
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The operations, and the framework's own words. */
    private static final Pattern KNOWN = Pattern.compile(
            "/api/v1/(alerts(/\\{id})?|audit|dead-letters|jobs(/\\{job}/keys)?|late|records|status|stream|tickets"
                    + "|watermarks|windows(/aggregate|/\\{id}(/history|/explain)?)?)|root|[A-Z_]+");

    /** A file, as it is linked to; what leads to the same in another way is not among them. */
    private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

    @Override
    public Meter.Id map(Meter.Id id) {
        if (!id.getName().equals(NAME)) {
            return id;
        }
        Meter.Id named = METHODS.contains(id.getTag(METHOD)) ? id : id.withTag(Tag.of(METHOD, "OTHER"));
        return isServed(id) || KNOWN.matcher(String.valueOf(id.getTag(URI))).matches()
                ? named
                : named.withTag(Tag.of(URI, "UNKNOWN"));
    }

    /** What is there is answered; what is allowed is told also of what is not. */
    private static boolean isServed(Meter.Id id) {
        return "SUCCESS".equals(id.getTag("outcome"))
                && !"OPTIONS".equals(id.getTag(METHOD))
                && FILE.matcher(String.valueOf(id.getTag(URI))).matches();
    }
}
