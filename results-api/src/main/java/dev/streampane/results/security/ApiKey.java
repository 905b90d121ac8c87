// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jose4j.lang.HashUtil;

/**
 * One line of the keys file: {@code <name> sha256:<salt>:<hash> <scope>,<scope>… [<until>]}.
 *
 * <p>The key itself is {@code <name>.<256 random bits>} and is not stored. The hash is SHA-256 over salt and key; a slow hash is not needed, as
 * nobody can guess 256 random bits.
 *
 * @param name the principal, as used in rate limits and logs
 * @param salt random, in hexadecimal
 * @param hash in hexadecimal
 * @param scopes words of {@link Scopes}, joined by commas
 * @param expires when the key expires; empty: when its line is removed
 */
record ApiKey(String name, String salt, String hash, String scopes, Optional<Instant> expires) {

    private static final String NAME = "[A-Za-z0-9_-]{1,64}";

    /** A new key: the text that its owner sends, which is shown once, and the line for the keys file. */
    record IssuedKey(String key, ApiKey line) {}

    /** @throws IllegalArgumentException naming what is wrong with name or scopes */
    static IssuedKey make(String name, List<String> scopes, Optional<Instant> expires) {
        byte[] secret = new byte[32];
        byte[] salt = new byte[16];
        SecureRandom random = new SecureRandom();
        random.nextBytes(secret);
        random.nextBytes(salt);
        String key = name + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        String hex = HexFormat.of().formatHex(salt);
        ApiKey line = new ApiKey(name, hex, hashed(hex, key), String.join(",", scopes), expires);
        return new IssuedKey(key, parse(line.line()));
    }

    /** @throws IllegalArgumentException saying what is wrong with the line; the line itself is not shown */
    static ApiKey parse(String line) {
        String[] words = line.strip().split("\\s+");
        require(
                words.length == 3 || words.length == 4,
                words.length + " words; allowed is: name sha256:<salt>:<hash> scopes [until]");
        require(words[0].matches(NAME), "the name is not 1 to 64 of A-Z a-z 0-9 _ -");
        require(
                words[1].matches("sha256:[0-9a-f]{32}:[0-9a-f]{64}"),
                "the hash is not sha256:<32 hexadecimal digits>:<64 hexadecimal digits>");
        Scopes.parse(List.of(words[2].split(",", -1)));
        String[] hash = words[1].split(":");
        return new ApiKey(
                words[0],
                hash[1],
                hash[2],
                words[2],
                words.length == 4 ? Optional.of(instant(words[3])) : Optional.empty());
    }

    /** Whether {@code key} is this one; takes constant time. */
    boolean matches(String key) {
        return MessageDigest.isEqual(bytes(hash), bytes(hashed(salt, key)));
    }

    String line() {
        return name
                + " sha256:"
                + salt
                + ":"
                + hash
                + " "
                + scopes
                + expires.map(until -> " " + until).orElse("");
    }

    static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is not a time such as 2027-01-01T00:00:00Z", e);
        }
    }

    private static String hashed(String salt, String key) {
        MessageDigest sha = HashUtil.getMessageDigest(HashUtil.SHA_256);
        sha.update(HexFormat.of().parseHex(salt));
        return HexFormat.of().formatHex(sha.digest(bytes(key)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
