// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A way to spoil a transaction. Each is named after the reason for which a decoder rejects it. */
public enum Malformation {
    /** Nothing at all. */
    EMPTY {
        @Override
        byte[] spoil(byte[] json) {
            return new byte[0];
        }
    },
    /** A byte inside a string that no UTF-8 text has. */
    NOT_UTF8 {
        @Override
        byte[] spoil(byte[] json) {
            byte[] spoilt = json.clone();
            spoilt[text(json).indexOf(":\"") + 2] = (byte) 0xFF;
            return spoilt;
        }
    },
    /** Cut off in the middle. */
    NOT_JSON {
        @Override
        byte[] spoil(byte[] json) {
            return Arrays.copyOf(json, json.length / 2);
        }
    },
    /** An array around it. */
    NOT_OBJECT {
        @Override
        byte[] spoil(byte[] json) {
            return bytes("[" + text(json) + "]");
        }
    },
    /** Without its client. */
    MISSING {
        @Override
        byte[] spoil(byte[] json) {
            return bytes(text(json).replaceFirst("\"client\":[^,]*,", ""));
        }
    },
    /** Its amount null. */
    NULL {
        @Override
        byte[] spoil(byte[] json) {
            return withAmount(json, "null");
        }
    },
    /** Its amount a string. */
    TYPE {
        @Override
        byte[] spoil(byte[] json) {
            return withAmount(json, "\"much\"");
        }
    },
    /** Its amount beyond what is summed exactly. */
    RANGE {
        @Override
        byte[] spoil(byte[] json) {
            return withAmount(json, "1e40");
        }
    },
    /** A text of more than 4096 characters. */
    TOO_LONG {
        @Override
        byte[] spoil(byte[] json) {
            return text(json).replaceFirst(":\"", ":\"" + "x".repeat(5000)).getBytes(UTF_8);
        }
    },
    /** More than 16 levels deep. */
    TOO_DEEP {
        @Override
        byte[] spoil(byte[] json) {
            return withField(json, "\"extra\":" + "[".repeat(40) + "]".repeat(40));
        }
    },
    /** More than 64 KiB. */
    TOO_BIG {
        @Override
        byte[] spoil(byte[] json) {
            return withField(json, "\"extra\":\"" + "x".repeat(70_000) + "\"");
        }
    },
    /** Its time given twice. */
    DUPLICATE_KEY {
        @Override
        byte[] spoil(byte[] json) {
            return withField(json, "\"ts\":\"2026-11-20T06:00:00Z\"");
        }
    },
    /** Text after its end. */
    TRAILING {
        @Override
        byte[] spoil(byte[] json) {
            return bytes(text(json) + "}");
        }
    },
    /** Whole, but of a kind that nobody knows. */
    UNKNOWN_TYPE {
        @Override
        byte[] spoil(byte[] json) {
            return json;
        }

        @Override
        String kindHeader() {
            return "mystery";
        }
    };

    /** The value that is published instead of this one. */
    abstract byte[] spoil(byte[] json);

    /** The record's header {@code kind}; null for none, which means a transaction. */
    String kindHeader() {
        return null;
    }

    /** The reason code of the contracts, such as {@code not_utf8}. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this reason, written with {@code _} or {@code -}. */
    static Optional<Malformation> of(String reason) {
        String wanted = reason.toLowerCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values()).filter(kind -> kind.reason().equals(wanted)).findFirst();
    }

    private static byte[] withAmount(byte[] json, String value) {
        return bytes(text(json).replaceFirst("\"amount\":[-0-9.]+", "\"amount\":" + value));
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
