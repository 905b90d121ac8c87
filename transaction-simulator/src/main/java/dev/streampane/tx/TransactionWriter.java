// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes transactions and heartbeats as UTF-8 JSON, byte for byte the same for the same input.
 *
 * <pre>
 * JSON    {"client":"3","ts":"2026-11-20T06:00:00.000Z","amount":120.00,"merchant":"Bakery","lat":52.51839,"lon":13.40500}
 * LEGACY  {"client":3,"amount":120,"ts":"2024-05-12 02:11:37"}
 * </pre>
 *
 * JSON amounts always have two decimals, LEGACY amounts only when they are not whole; LEGACY cuts the milliseconds off. Not safe for use by several threads at once.
 */
final class TransactionWriter {

    private static final DateTimeFormatter ISO_SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter LEGACY_SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final TransactionFormat format;
    private final SecondText isoSeconds = new SecondText(ISO_SECONDS.withZone(ZoneOffset.UTC));
    private final SecondText legacySeconds;

    /**
     * @param zone zone of the LEGACY times; JSON is always UTC
     */
    TransactionWriter(TransactionFormat format, ZoneId zone) {
        this.format = format;
        this.legacySeconds = new SecondText(LEGACY_SECONDS.withZone(zone));
    }

    byte[] write(Transaction transaction) {
        return (format == TransactionFormat.LEGACY ? legacy(transaction) : json(transaction))
                .toString()
                .getBytes(UTF_8);
    }

    private StringBuilder json(Transaction transaction) {
        StringBuilder json = new StringBuilder(160).append("{\"client\":");
        appendString(json, transaction.client());
        json.append(",\"ts\":\"");
        appendIso(json, transaction.eventTimeMillis());
        json.append("\",\"amount\":");
        appendFixed(json, transaction.amountHundredths(), Hundredths.DECIMALS);
        json.append(",\"merchant\":");
        appendString(json, transaction.merchant());
        json.append(",\"lat\":");
        appendFixed(json, transaction.place().latitude(), Transaction.Place.DECIMALS);
        json.append(",\"lon\":");
        appendFixed(json, transaction.place().longitude(), Transaction.Place.DECIMALS);
        return json.append('}');
    }

    private StringBuilder legacy(Transaction transaction) {
        StringBuilder json = new StringBuilder(80).append("{\"client\":");
        json.append(transaction.client()).append(",\"amount\":");
        long amount = transaction.amountHundredths();
        if (amount % 100 == 0) {
            json.append(amount / 100);
        } else {
            appendFixed(json, amount, Hundredths.DECIMALS);
        }
        json.append(",\"ts\":\"").append(legacySeconds.of(transaction.eventTimeMillis()));
        return json.append("\"}");
    }

    /** The contract heartbeat/v1, in every format: {@code {"ts":"2026-11-20T06:00:00.000Z"}}. */
    byte[] writeHeartbeat(long eventTimeMillis) {
        StringBuilder json = new StringBuilder(40).append("{\"ts\":\"");
        appendIso(json, eventTimeMillis);
        return json.append("\"}").toString().getBytes(UTF_8);
    }

    private void appendIso(StringBuilder json, long millis) {
        json.append(isoSeconds.of(millis)).append('.');
        appendPadded(json, Math.floorMod(millis, 1000), 100);
        json.append('Z');
    }

    private static void appendFixed(StringBuilder json, long units, int decimals) {
        if (units < 0) {
            json.append('-');
        }
        long scale = 1;
        for (int i = 0; i < decimals; i++) {
            scale *= 10;
        }
        long magnitude = Math.abs(units);
        json.append(magnitude / scale).append('.');
        appendPadded(json, magnitude % scale, scale / 10);
    }

    private static void appendPadded(StringBuilder json, long number, long highestDigit) {
        for (long digit = highestDigit; digit > 0; digit /= 10) {
            json.append((char) ('0' + number / digit % 10));
        }
    }

    /** Appends a JSON string with its quotes; control characters become {@code \\u00XX}. */
    static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00")
                        .append(Character.forDigit(c >> 4, 16))
                        .append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Formats the second that a moment lies in, once per second. */
    private static final class SecondText {
        private final DateTimeFormatter formatter;
        private long second = Long.MIN_VALUE;
        private String text;

        SecondText(DateTimeFormatter formatter) {
            this.formatter = formatter;
        }

        String of(long millis) {
            long wanted = Math.floorDiv(millis, 1000L);
            if (wanted != second) {
                second = wanted;
                text = formatter.format(Instant.ofEpochSecond(wanted));
            }
            return text;
        }
    }
}
