// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.streampane.contract.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Transactions of one client that match a pattern of fraud. Contract {@code alert/v1}; the Kafka key is the client.
 *
 * @param id job, pattern, client and where the first transaction lay: the same transactions give the same id in every run
 * @param generation the number of the job's run that says this, from 1
 * @param pattern its name, kebab-case
 * @param score how far beyond the threshold, 0 to 1, 3 decimals
 * @param reason why, for people; one sentence
 * @param start event time of the first transaction
 * @param end event time of the last
 * @param transactions those that matched, in order
 * @param watermark the operator's watermark when it raised the alert; null when there is none
 */
public record Alert(
        String id,
        String job,
        int generation,
        String pattern,
        String client,
        BigDecimal score,
        String reason,
        Instant start,
        Instant end,
        List<Evidence> transactions,
        Instant watermark,
        String jobVersion)
        implements Output {

    /**
     * A transaction that matched.
     *
     * @param merchant null where the transaction had none
     * @param latitude degrees north; null, like the longitude, where the transaction had no place
     * @param longitude degrees east
     */
    public record Evidence(
            String topic,
            int partition,
            long offset,
            Instant time,
            BigDecimal amount,
            String merchant,
            BigDecimal latitude,
            BigDecimal longitude) {}

    @Override
    public Channel channel() {
        return Channel.ALERTS;
    }

    @Override
    public byte[] key() {
        return client.getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON of contract {@code alert/v1}. */
    @Override
    public byte[] value() {
        return Json.object(json -> {
            json.writeStringField("id", id);
            json.writeStringField("job", job);
            json.writeNumberField("generation", generation);
            json.writeStringField("pattern", pattern);
            json.writeStringField("client", client);
            json.writeNumberField("score", score);
            json.writeStringField("reason", reason);
            Json.instant(json, "start", start);
            Json.instant(json, "end", end);
            json.writeArrayFieldStart("transactions");
            for (Evidence transaction : transactions) {
                write(transaction, json);
            }
            json.writeEndArray();
            Json.instant(json, "watermark", watermark);
            json.writeStringField("jobVersion", jobVersion);
        });
    }

    private static void write(Evidence transaction, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("topic", transaction.topic());
        json.writeNumberField("partition", transaction.partition());
        json.writeNumberField("offset", transaction.offset());
        Json.instant(json, "ts", transaction.time());
        json.writeNumberField("amount", transaction.amount());
        if (transaction.merchant() != null) {
            json.writeStringField("merchant", transaction.merchant());
        }
        if (transaction.latitude() != null) {
            json.writeNumberField("lat", transaction.latitude());
            json.writeNumberField("lon", transaction.longitude());
        }
        json.writeEndObject();
    }
}
