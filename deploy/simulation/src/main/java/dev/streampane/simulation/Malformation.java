// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A way to make a record malformed, named after the reason for which a decoder rejects the record. */
public enum Malformation {
    /** An empty value. */
    EMPTY((json, target) -> new byte[0]),
    /** A string with a byte that is not valid in UTF-8. */
    NOT_UTF8((json, target) -> {
        byte[] spoilt = json.clone();
        spoilt[text(json).indexOf(":\"") + 2] = (byte) 0xFF;
        return spoilt;
    }),
    /** JSON that is cut off in the middle. */
    NOT_JSON((json, target) -> Arrays.copyOf(json, json.length / 2)),
    /** An array with the object in it. */
    NOT_OBJECT((json, target) -> bytes("[" + text(json) + "]")),
    /** A required field is missing. */
    MISSING((json, target) -> bytes(text(json).replaceFirst(target.requiredField(), ""))),
    /** {@code null} instead of a number. */
    NULL((json, target) -> target.withNumber(json, "null")),
    /** A string instead of a number. */
    TYPE((json, target) -> target.withNumber(json, target.noNumber())),
    /** A number outside the range that can be summed exactly. */
    RANGE((json, target) -> target.withNumber(json, "1e40")),
    /** A text of more than 4096 characters. */
    TOO_LONG((json, target) -> bytes(text(json).replaceFirst(":\"", ":\"" + "x".repeat(5000)))),
    /** JSON nested more than 16 levels deep. */
    TOO_DEEP((json, target) -> withField(json, "\"extra\":" + "[".repeat(40) + "]".repeat(40))),
    /** A value of more than 64 KiB. */
    TOO_BIG((json, target) -> withField(json, "\"extra\":\"" + "x".repeat(70_000) + "\"")),
    /** The field {@code ts} twice. */
    DUPLICATE_KEY((json, target) -> withField(json, "\"ts\":\"2026-11-20T06:00:00Z\"")),
    /** Text after the end of the object. */
    TRAILING((json, target) -> bytes(text(json) + "}")),
    /** A well-formed value whose header {@code kind} is unknown. */
    UNKNOWN_TYPE((json, target) -> json) {

        @Override
        Map<String, String> headers() {
            return Map.of("kind", "mystery");
        }
    };

    /**
     * The fields that malformations change in one kind of record.
     *
     * @param requiredField regular expression of a required field, with the comma after it
     * @param number name of a field with a number
     * @param noNumber JSON string that {@link #TYPE} puts in place of the number
     */
    public record Target(String requiredField, String number, String noNumber) {

        private byte[] withNumber(byte[] json, String value) {
            String name = "\"" + number + "\":";
            return bytes(text(json).replaceFirst(name + "[-0-9.]+", name + value));
        }
    }

    private final BiFunction<byte[], Target, byte[]> spoil;

    Malformation(BiFunction<byte[], Target, byte[]> spoil) {
        this.spoil = spoil;
    }

    /** Makes the malformed value that is published instead of {@code json}. */
    public byte[] spoil(byte[] json, Target target) {
        return spoil.apply(json, target);
    }

    /** The headers of the malformed record. */
    Map<String, String> headers() {
        return Map.of();
    }

    /** The reason code of the contracts, such as {@code not_utf8}. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The malformation with a reason, which may be written with {@code _} or {@code -}; empty if there is none. */
    static Optional<Malformation> of(String reason) {
        String wanted = reason.toLowerCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values())
                .filter(kind -> kind.reason().equals(wanted))
                .findFirst();
    }

    private static byte[] withField(byte[] json, String field) {
        String text = text(json);
        return bytes(text.substring(0, text.length() - 1) + "," + field + "}");
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
