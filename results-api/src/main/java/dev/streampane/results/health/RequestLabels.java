// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The labels of the HTTP servers' metrics. {@code method} and {@code uri} of {@code http_server_requests} that clients make up are {@code OTHER}
 * and {@code UNKNOWN}: the framework counts what is refused before its operation is known under the path and the method that were sent, each in
 * a series of its own. {@code server_port} is there for each of the two servers: the framework leaves it out where the port is any free one
 * (0), and Prometheus takes no name twice with other labels.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final String NAME = "http.server.requests";
    private static final String URI = "uri";
    private static final String METHOD = "method";
    private static final String SERVER_PORT = "server.port";
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The operations, and the framework's own words. */
    private static final Pattern KNOWN = Pattern.compile(
            "/api/v1/(alerts(/\\{id})?|audit|dead-letters|jobs(/\\{job}/keys)?|late|records|status|stream|tickets"
                    + "|watermarks|windows(/aggregate|/\\{id}(/history|/explain)?)?)|root|[A-Z_]+");

    /** A file, as it is linked to; what leads to the same in another way is not among them. */
    private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

    private static final Pattern PER_SERVER = Pattern.compile("http\\.server\\.(active|bytes|connections|errors).*");

    @Override
    public Meter.Id map(Meter.Id id) {
        if (PER_SERVER.matcher(id.getName()).matches()) {
            return id.getTag(SERVER_PORT) == null ? id.withTag(Tag.of(SERVER_PORT, "0")) : id;
        }
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
