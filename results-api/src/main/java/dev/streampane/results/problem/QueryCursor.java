// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a page ends, as an opaque text that a hash binds to its query.
 *
 * <p>The hash finds mistakes; it is no secret. A cursor never expires, and says nothing that its reader was not sent.
 */
public final class QueryCursor {

    /** Longest text that is read. */
    public static final int MAX_LENGTH = 4_096;

    private static final int HASH_BYTES = 16;

    private QueryCursor() {}

    /** A text that stands for a query: its parts, each with its length, so that no two queries share it. */
    public static String fingerprint(Object... parts) {
        return Stream.of(parts)
                .map(String::valueOf)
                .map(text -> text.length() + ":" + text)
                .collect(Collectors.joining());
    }

    /** The text for {@code place} under the query that {@code fingerprint} stands for. */
    public static String encode(String fingerprint, String place) {
        byte[] payload = place.getBytes(StandardCharsets.UTF_8);
        byte[] cursor = Arrays.copyOf(hash(fingerprint, payload), HASH_BYTES + payload.length);
        System.arraycopy(payload, 0, cursor, HASH_BYTES, payload.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
    }

    /** The place, or nothing when the text was not made for that query. */
    public static Optional<String> decode(String fingerprint, String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        byte[] cursor;
        try {
            cursor = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (cursor.length <= HASH_BYTES) {
            return Optional.empty();
        }
        byte[] payload = Arrays.copyOfRange(cursor, HASH_BYTES, cursor.length);
        return Arrays.equals(Arrays.copyOf(cursor, HASH_BYTES), hash(fingerprint, payload))
                ? Optional.of(new String(payload, StandardCharsets.UTF_8))
                : Optional.empty();
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
