// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import dev.streampane.contract.PublishedResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The delays from the closing of a window until a {@code read_committed} consumer had its first result.
 *
 * <p>A window closes at its end plus the job's out-of-orderness bound. Only first results (FINAL)
 * of windows that closed during the measurement count. The delay is taken from this machine's clock
 * at the moment the reader has the record, so producers and reader must share that clock.
 *
 * @param delays ascending, in milliseconds
 */
public record Visibility(List<Long> delays) {

    private static final String TOPIC = "window-results";
    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * Reads for {@code time}.
     *
     * @param outOfOrderness the bound of each job; results of other jobs do not count
     * @param progress takes progress messages
     */
    public static Visibility measure(
            String bootstrapServers, Duration time, Map<String, Duration> outOfOrderness, Consumer<String> progress) {
        List<Long> delays = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = CommittedLog.reader(bootstrapServers, TOPIC, "read_committed")) {
            consumer.seekToEnd(consumer.assignment());
            consumer.assignment().forEach(consumer::position);
            Instant start = Instant.now();
            long begin = System.nanoTime();
            for (long passed = 0; passed < time.toNanos(); passed = System.nanoTime() - begin) {
                progress.accept("%d of %d s, %,d first results"
                        .formatted(Duration.ofNanos(passed).toSeconds(), time.toSeconds(), delays.size()));
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Instant read = Instant.now();
                    PublishedResult.read(CommittedLog.json(record))
                            .filter(result -> result.status().equals("FINAL"))
                            .filter(result -> outOfOrderness.containsKey(result.job()))
                            .map(result -> result.end().plus(outOfOrderness.get(result.job())))
                            .filter(closed -> closed.isAfter(start))
                            .ifPresent(closed ->
                                    delays.add(Duration.between(closed, read).toMillis()));
                }
            }
        }
        Collections.sort(delays);
        return new Visibility(List.copyOf(delays));
    }

    /** The delay, in milliseconds, that {@code percent}, which is above zero, of the results do not exceed; only when there are any. */
    public long percentile(int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * delays.size());
        return delays.get(rank - 1);
    }
}
