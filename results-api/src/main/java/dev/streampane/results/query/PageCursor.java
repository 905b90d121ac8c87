// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a page ends, as an opaque text: the sort values of its last item, bound to the query by a hash.
 *
 * <p>The hash finds mistakes; it is no secret. A cursor never expires, and says nothing that its reader was not sent.
 */
final class PageCursor {

    private static final int HASH_BYTES = 16;
    private static final int MAX_LENGTH = 4_096;

    private PageCursor() {}

    /** A text that stands for a query: its parts, each with its length, so that no two queries share it. */
    static String fingerprint(Object... parts) {
        return Stream.of(parts)
                .map(String::valueOf)
                .map(text -> text.length() + ":" + text)
                .collect(Collectors.joining());
    }

    /** The text for {@code sort} under the query that {@code fingerprint} stands for. */
    static String encode(String fingerprint, JsonNode sort) {
        byte[] payload = sort.toString().getBytes(StandardCharsets.UTF_8);
        byte[] cursor = Arrays.copyOf(hash(fingerprint, payload), HASH_BYTES + payload.length);
        System.arraycopy(payload, 0, cursor, HASH_BYTES, payload.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
    }

    /** The sort values, or nothing when the text was not made for that query. */
    static Optional<ArrayNode> decode(String fingerprint, String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            byte[] cursor = Base64.getUrlDecoder().decode(text);
            if (cursor.length <= HASH_BYTES) {
                return Optional.empty();
            }
            byte[] payload = Arrays.copyOfRange(cursor, HASH_BYTES, cursor.length);
            byte[] hash = Arrays.copyOf(cursor, HASH_BYTES);
            if (!Arrays.equals(hash, hash(fingerprint, payload))) {
                return Optional.empty();
            }
            String json = new String(payload, StandardCharsets.UTF_8);
            return ResultJson.JSON.readTree(json) instanceof ArrayNode sort
                    ? Optional.of(sort)
                    : Optional.empty();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static byte[] hash(String fingerprint, byte[] payload) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(fingerprint.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return Arrays.copyOf(sha.digest(payload), HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
