// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.contract.Output.Channel;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Transactions of one client that match a pattern of fraud. Contract {@code alert/v1}; the Kafka key is the client.
 *
 * @param id job, pattern, client, and topic, partition and offset of the first transaction: the same transactions give the same id in every run
 * @param generation the number of the job's run that raised the alert, from 1
 * @param pattern the name of the pattern, kebab-case
 * @param score how far the transactions are beyond the threshold, 0 to 1, 3 decimals
 * @param reason the reason for people, one sentence
 * @param start event time of the first transaction
 * @param end event time of the last transaction
 * @param transactions the transactions that matched, ordered by event time
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
        String jobVersion) {

    /**
     * A transaction that matched.
     *
     * @param merchant null where the transaction had none
     * @param latitude degrees north; null, like the longitude, where the transaction had no place
     * @param longitude degrees east
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Evidence(
            String topic,
            int partition,
            long offset,
            @JsonProperty("ts") Instant time,
            BigDecimal amount,
            String merchant,
            @JsonProperty("lat") BigDecimal latitude,
            @JsonProperty("lon") BigDecimal longitude) {}

    /** The alert as a Kafka record. */
    public Output output() {
        return new Output(Channel.ALERTS, client.getBytes(StandardCharsets.UTF_8), Json.of(this));
    }
}
