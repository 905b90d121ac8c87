// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The id of the window that a result is about: {@code job~spec~key~start~end}. Equal windows have equal ids wherever and whenever they are
 * computed, so that a replay overwrites what an earlier run wrote.
 *
 * <p>For example {@code weather-average~tumbling-1m~device1~20261120T060000.000Z~20261120T060100.000Z}. Panes of a global window have a
 * number instead of times: {@code weather-average~global-count-100~device1~17}.
 */
public final class WindowId {

    /** An encoded key longer than this is replaced by the key's SHA-256. */
    private static final int MAX_KEY = 200;

    private static final int DIGEST_LENGTH = 64;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{" + DIGEST_LENGTH + "}");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private WindowId() {}

    /** The prefix of the ids of all windows of a specification. */
    public static String ofSpec(String job, WindowSpec spec) {
        return job + '~' + spec(spec) + '~';
    }

    /** The suffix of the ids of the window {@code [start, end)} of every key. */
    public static String times(Instant start, Instant end) {
        return '~' + TIME.format(start) + '~' + TIME.format(end);
    }

    /** A specification as it is written in ids and uids: {@code all:tumbling(1h,offset=15m)} is {@code all-tumbling-1h-offset-15m}. */
    public static String spec(WindowSpec spec) {
        return encode(spec.canonical().replaceAll("[(,=:]", "-").replaceAll("[) ]", ""));
    }

    /**
     * A key as it is written in ids: percent-encoded. The SHA-256 of the key replaces the encoded text if that is longer than
     * {@value #MAX_KEY} bytes or could be the SHA-256 of another key.
     */
    public static String key(String key) {
        String encoded = encode(key);
        boolean digest =
                encoded.length() == DIGEST_LENGTH && DIGEST.matcher(encoded).matches();
        return digest || encoded.length() > MAX_KEY ? sha256(key) : encoded;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
