// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Corrects the labels of the HTTP servers' metrics.
 *
 * <p>{@code http_server_requests}: an unknown {@code method} becomes {@code OTHER}, an unknown {@code uri} becomes {@code UNKNOWN}. The framework
 * labels a request that is refused before routing with the method and path that the client sent, so clients could create any number of series.
 *
 * <p>{@code server_port} is added where it is missing. The framework omits it for port 0 (any free port), and Prometheus does not accept one
 * metric name with two sets of labels.
 */
@Singleton
public final class RequestLabels implements MeterFilter {

    private static final String NAME = "http.server.requests";
    private static final String URI = "uri";
    private static final String METHOD = "method";
    private static final String SERVER_PORT = "server.port";
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The paths of the operations, and the framework's own values, such as {@code NOT_FOUND}. */
    private static final Pattern KNOWN = Pattern.compile(
            "/api/v1/(alerts(/\\{id})?|audit|dead-letters|jobs(/\\{job}/keys)?|late|records|status|stream|tickets"
                    + "|watermarks|windows(/aggregate|/\\{id}(/history|/explain)?)?)|root|[A-Z_]+");

    /** The path of a file as links have it; not other spellings of the same path. */
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

    /** Whether a file was served: it was answered with success. OPTIONS does not count, because it succeeds for paths that do not exist too. */
    private static boolean isServed(Meter.Id id) {
        return "SUCCESS".equals(id.getTag("outcome"))
                && !"OPTIONS".equals(id.getTag(METHOD))
                && FILE.matcher(String.valueOf(id.getTag(URI))).matches();
    }
}
