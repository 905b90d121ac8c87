// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.lang.HashUtil;

/**
 * The end of a page as an opaque text, bound to its query by a hash.
 *
 * <p>The hash detects mistakes and is not a secret. A cursor never expires and contains only what its reader was sent anyway.
 */
public final class QueryCursor {

    /** Longest cursor that is accepted, in characters. */
    public static final int MAX_LENGTH = 4_096;

    private static final int HASH_BYTES = 16;

    private QueryCursor() {}

    /** A text that identifies a query: its parts, each with its length, so that different queries have different texts. */
    public static String fingerprint(Object... parts) {
        return Stream.of(parts)
                .map(String::valueOf)
                .map(text -> text.length() + ":" + text)
                .collect(Collectors.joining());
    }

    /** The cursor for {@code place} in the query of that fingerprint. */
    public static String encode(String fingerprint, String place) {
        byte[] payload = place.getBytes(StandardCharsets.UTF_8);
        byte[] cursor = Arrays.copyOf(hash(fingerprint, payload), HASH_BYTES + payload.length);
        System.arraycopy(payload, 0, cursor, HASH_BYTES, payload.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
    }

    /** The place in a cursor; empty if the cursor was not made for the query of that fingerprint. */
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
        MessageDigest sha = HashUtil.getMessageDigest(HashUtil.SHA_256);
        sha.update(fingerprint.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
        return Arrays.copyOf(sha.digest(payload), HASH_BYTES);
    }
}
