// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One {@code name=value} of a query string, decoded strictly: percent-encoded UTF-8; a plus sign is a space.
 *
 * @param name {@code ?} if it cannot be decoded
 * @param value the empty text if there is no equals sign; empty if it cannot be decoded
 */
record QueryPair(String name, Optional<String> value) {

    private static final Pattern BROKEN = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    /** The pairs of the still encoded {@code query}, in its order; none if it is null. */
    static Stream<QueryPair> of(String query) {
        return query == null
                ? Stream.empty()
                : Arrays.stream(query.split("&"))
                        .filter(pair -> !pair.isEmpty())
                        .map(QueryPair::decoded);
    }

    private static QueryPair decoded(String pair) {
        String[] parts = pair.split("=", 2);
        return new QueryPair(decode(parts[0]).orElse("?"), decode(parts.length < 2 ? "" : parts[1]));
    }

    private static Optional<String> decode(String encoded) {
        if (BROKEN.matcher(encoded).find()) {
            return Optional.empty();
        }
        // a byte that is not percent-encoded, as curl may send it, has become a character of its own before
        byte[] bytes = URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
