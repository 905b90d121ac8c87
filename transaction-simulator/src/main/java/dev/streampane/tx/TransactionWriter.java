// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.simulation.Hundredths;
import dev.streampane.simulation.JsonText;
import java.time.ZoneId;

/**
 * Writes transactions as UTF-8 JSON, byte for byte the same for the same input.
 *
 * <pre>
 * JSON    {"client":"3","ts":"2026-11-20T06:00:00.000Z","amount":120.00,"merchant":"Bakery","lat":52.51839,"lon":13.40500}
 * LEGACY  {"client":3,"amount":120,"ts":"2024-05-12 02:11:37"}
 * </pre>
 *
 * JSON amounts always have two decimals, LEGACY amounts only if they are not whole. LEGACY times are cut to whole seconds. Not safe for
 * use by several threads at once.
 */
final class TransactionWriter {

    private final TransactionFormat format;
    private final JsonText text = new JsonText();
    private final JsonText.Seconds legacySeconds;

    /**
     * @param zone zone of the LEGACY times; JSON times are always UTC
     */
    TransactionWriter(TransactionFormat format, ZoneId zone) {
        this.format = format;
        this.legacySeconds = new JsonText.Seconds("uuuu-MM-dd HH:mm:ss", zone);
    }

    byte[] write(Transaction transaction) {
        return (format == TransactionFormat.LEGACY ? legacy(transaction) : json(transaction))
                .toString()
                .getBytes(UTF_8);
    }

    private StringBuilder json(Transaction transaction) {
        StringBuilder json = new StringBuilder(160).append("{\"client\":");
        JsonText.appendString(json, transaction.client());
        json.append(",\"ts\":\"");
        text.appendTime(json, transaction.eventTimeMillis());
        json.append("\",\"amount\":");
        JsonText.appendFixed(json, transaction.amountHundredths(), Hundredths.DECIMALS);
        json.append(",\"merchant\":");
        JsonText.appendString(json, transaction.merchant());
        json.append(",\"lat\":");
        JsonText.appendFixed(json, transaction.place().latitude(), Transaction.Place.DECIMALS);
        json.append(",\"lon\":");
        JsonText.appendFixed(json, transaction.place().longitude(), Transaction.Place.DECIMALS);
        return json.append('}');
    }

    private StringBuilder legacy(Transaction transaction) {
        StringBuilder json = new StringBuilder(80).append("{\"client\":");
        json.append(transaction.client()).append(",\"amount\":");
        long amount = transaction.amountHundredths();
        if (amount % 100 == 0) {
            json.append(amount / 100);
        } else {
            JsonText.appendFixed(json, amount, Hundredths.DECIMALS);
        }
        json.append(",\"ts\":\"").append(legacySeconds.of(transaction.eventTimeMillis()));
        return json.append("\"}");
    }
}
