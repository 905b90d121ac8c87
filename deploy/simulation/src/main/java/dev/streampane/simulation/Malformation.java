// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A way to spoil a record. Each is named after the reason for which a decoder rejects it. */
public enum Malformation {
    /** Nothing at all. */
    EMPTY((json, target) -> new byte[0]),
    /** A byte inside a string that no UTF-8 text has. */
    NOT_UTF8((json, target) -> {
        byte[] spoilt = json.clone();
        spoilt[text(json).indexOf(":\"") + 2] = (byte) 0xFF;
        return spoilt;
    }),
    /** Cut off in the middle. */
    NOT_JSON((json, target) -> Arrays.copyOf(json, json.length / 2)),
    /** An array around it. */
    NOT_OBJECT((json, target) -> bytes("[" + text(json) + "]")),
    /** Without a field that it must have. */
    MISSING((json, target) -> bytes(text(json).replaceFirst(target.requiredField(), ""))),
    /** A number null. */
    NULL((json, target) -> target.withNumber(json, "null")),
    /** A number as a string. */
    TYPE((json, target) -> target.withNumber(json, target.noNumber())),
    /** A number beyond what is summed exactly. */
    RANGE((json, target) -> target.withNumber(json, "1e40")),
    /** A text of more than 4096 characters. */
    TOO_LONG((json, target) -> bytes(text(json).replaceFirst(":\"", ":\"" + "x".repeat(5000)))),
    /** More than 16 levels deep. */
    TOO_DEEP((json, target) -> withField(json, "\"extra\":" + "[".repeat(40) + "]".repeat(40))),
    /** More than 64 KiB. */
    TOO_BIG((json, target) -> withField(json, "\"extra\":\"" + "x".repeat(70_000) + "\"")),
    /** Its time given twice. */
    DUPLICATE_KEY((json, target) -> withField(json, "\"ts\":\"2026-11-20T06:00:00Z\"")),
    /** Text after its end. */
    TRAILING((json, target) -> bytes(text(json) + "}")),
    /** Whole, but of a kind that nobody knows. */
    UNKNOWN_TYPE((json, target) -> json) {

        @Override
        Map<String, String> headers() {
            return Map.of("kind", "mystery");
        }
    };

    /**
     * What there is to spoil in one kind of record.
     *
     * @param requiredField a regular expression of a field that must be there, with the comma behind it
     * @param number the name of a field with a number
     * @param noNumber a JSON string that stands for none
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

    /** The value that is published instead of this one. */
    public byte[] spoil(byte[] json, Target target) {
        return spoil.apply(json, target);
    }

    /** The record's headers. */
    Map<String, String> headers() {
        return Map.of();
    }

    /** The reason code of the contracts, such as {@code not_utf8}. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this reason, written with {@code _} or {@code -}. */
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
