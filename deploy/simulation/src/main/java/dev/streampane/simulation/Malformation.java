// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A way to spoil a record. Each is named after the reason for which a decoder rejects it. */
public enum Malformation {
    /** Nothing at all. */
    EMPTY {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return new byte[0];
        }
    },
    /** A byte inside a string that no UTF-8 text has. */
    NOT_UTF8 {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            byte[] spoilt = json.clone();
            spoilt[text(json).indexOf(":\"") + 2] = (byte) 0xFF;
            return spoilt;
        }
    },
    /** Cut off in the middle. */
    NOT_JSON {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return Arrays.copyOf(json, json.length / 2);
        }
    },
    /** An array around it. */
    NOT_OBJECT {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return bytes("[" + text(json) + "]");
        }
    },
    /** Without a field that it must have. */
    MISSING {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return bytes(text(json).replaceFirst(target.requiredField(), ""));
        }
    },
    /** A number null. */
    NULL {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return target.withNumber(json, "null");
        }
    },
    /** A number as a string. */
    TYPE {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return target.withNumber(json, target.noNumber());
        }
    },
    /** A number beyond what is summed exactly. */
    RANGE {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return target.withNumber(json, "1e40");
        }
    },
    /** A text of more than 4096 characters. */
    TOO_LONG {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return text(json).replaceFirst(":\"", ":\"" + "x".repeat(5000)).getBytes(UTF_8);
        }
    },
    /** More than 16 levels deep. */
    TOO_DEEP {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return withField(json, "\"extra\":" + "[".repeat(40) + "]".repeat(40));
        }
    },
    /** More than 64 KiB. */
    TOO_BIG {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return withField(json, "\"extra\":\"" + "x".repeat(70_000) + "\"");
        }
    },
    /** Its time given twice. */
    DUPLICATE_KEY {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return withField(json, "\"ts\":\"2026-11-20T06:00:00Z\"");
        }
    },
    /** Text after its end. */
    TRAILING {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return bytes(text(json) + "}");
        }
    },
    /** Whole, but of a kind that nobody knows. */
    UNKNOWN_TYPE {
        @Override
        public byte[] spoil(byte[] json, Target target) {
            return json;
        }

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

    /** The value that is published instead of this one. */
    public abstract byte[] spoil(byte[] json, Target target);

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
