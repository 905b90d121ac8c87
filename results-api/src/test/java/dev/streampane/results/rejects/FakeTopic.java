// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A topic in memory that gives a few records at a time, as many as chance has it; offsets without records are markers or aborted. */
@Vetoed
class FakeTopic extends LogReaders {

    private static final ResultsConfig CONFIG = Settings.defaults();

    private final Random random;
    private final List<List<ConsumerRecord<byte[], byte[]>>> partitions = new ArrayList<>();
    private final long[] ends;
    private int reads;

    FakeTopic(int count, Random random) {
        super(null, CONFIG);
        this.random = random;
        this.ends = new long[count];
        for (int partition = 0; partition < count; partition++) {
            partitions.add(new ArrayList<>());
        }
    }

    /** Appends a record, or leaves an offset without one. */
    void append(int partition, long time, Optional<Map<String, String>> headers) {
        long offset = ends[partition]++;
        headers.ifPresent(texts -> partitions.get(partition).add(of(partition, offset, time, "k", texts)));
    }

    static ConsumerRecord<byte[], byte[]> of(
            int partition, long offset, long time, String key, Map<String, String> headers) {
        RecordHeaders bytes = new RecordHeaders();
        headers.forEach((name, text) -> bytes.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return new ConsumerRecord<>(
                "dead-letters",
                partition,
                offset,
                time,
                TimestampType.LOG_APPEND_TIME,
                1,
                1,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                "v".getBytes(StandardCharsets.UTF_8),
                bytes,
                Optional.empty());
    }

    /** All records of all partitions. */
    List<ConsumerRecord<byte[], byte[]>> all() {
        return partitions.stream().flatMap(List::stream).toList();
    }

    int reads() {
        return reads;
    }

    @Override
    public Uni<TopicLayout> layout(String topic) {
        return Uni.createFrom().item(new TopicLayout(topic, "id", new long[ends.length], ends.clone()));
    }

    @Override
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        reads++;
        int most = 1 + random.nextInt(20);
        List<ConsumerRecord<byte[], byte[]>> records = partitions.get(partition).stream()
                .filter(one -> one.offset() >= from && one.offset() < end)
                .limit(most)
                .toList();
        long next =
                records.size() < most ? end : records.get(records.size() - 1).offset() + 1;
        return Uni.createFrom().item(new Chunk(records, next, false));
    }

    @Override
    public Uni<long[]> offsetsAt(String topic, Instant appended) {
        long[] offsets = ends.clone();
        for (int partition = 0; partition < offsets.length; partition++) {
            for (ConsumerRecord<byte[], byte[]> one : partitions.get(partition)) {
                if (one.timestamp() >= appended.toEpochMilli()) {
                    offsets[partition] = one.offset();
                    break;
                }
            }
        }
        return Uni.createFrom().item(offsets);
    }
}
