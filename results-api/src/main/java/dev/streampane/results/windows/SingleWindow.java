// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The answer for one window, with an ETag (RFC 9110), because a newer revision may come at any time. */
final class SingleWindow {

    private SingleWindow() {}

    /** Sets the headers and returns the body for a 200; empty for a 304, if the caller has this revision already. */
    static Optional<String> body(RoutingContext context, TailEntry window, Coverage shown) {
        String body = ResultJson.text(window);
        String tag = tag(window.version(), body);
        List<String> known = context.request().headers().getAll(HttpHeaders.IF_NONE_MATCH);
        WindowLinks paths = WindowLinks.of(window.id());
        List<String> links = List.of(
                "<" + paths.history() + ">; rel=\"version-history\"", "<" + paths.explain() + ">; rel=\"explain\"");
        context.response()
                // weak: the plain and the compressed body have the same tag, but not the same bytes
                .putHeader(HttpHeaders.ETAG, "W/\"" + tag + '"')
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .putHeader(ResultPage.POSITION, shown.position().toString())
                .putHeader(HttpHeaders.LINK, links);
        return matches(known, tag) ? Optional.empty() : Optional.of(body);
    }

    /** The entity tag: the version of the revision and a checksum of the body; the same on every instance. */
    static String tag(long version, String body) {
        CRC32C sum = new CRC32C();
        sum.update(body.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(version) + "-" + Long.toHexString(sum.getValue());
    }

    /** Whether If-None-Match names the tag, by weak comparison (RFC 9110 section 13.1.2); malformed tags are ignored. */
    static boolean matches(List<String> ifNoneMatch, String tag) {
        return !ifNoneMatch.isEmpty()
                && ifNoneMatch.stream()
                        .flatMap(line -> Arrays.stream(line.split(",")))
                        .map(String::strip)
                        .map(one -> one.startsWith("W/") ? one.substring(2) : one)
                        .anyMatch(one -> one.equals("*") || one.equals('"' + tag + '"'));
    }
}
