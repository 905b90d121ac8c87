// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Topics in memory, in pieces of two records. */
@Vetoed
final class FakeLog extends LogReaders {

    private static final ResultsConfig CONFIG = Settings.defaults();
    private static final int PIECE = 2;

    private final Map<String, List<TreeMap<Long, ConsumerRecord<byte[], byte[]>>>> topics = new HashMap<>();
    private final Map<String, long[]> beginnings = new HashMap<>();
    private long read;

    FakeLog() {
        super(null, CONFIG);
    }

    /** A topic with so many partitions, all of them empty. */
    FakeLog topic(String name, int partitions) {
        List<TreeMap<Long, ConsumerRecord<byte[], byte[]>>> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TreeMap<>());
        }
        topics.put(name, all);
        beginnings.put(name, new long[partitions]);
        return this;
    }

    /** The offset of the next record. */
    long end(String topic, int partition) {
        TreeMap<Long, ?> records = topics.get(topic).get(partition);
        return records.isEmpty() ? beginnings.get(topic)[partition] : records.lastKey() + 1;
    }

    /**
     * Adds a record behind the last one.
     *
     * @param appended when it was appended; null: it does not say
     * @return its offset
     */
    long add(String topic, int partition, String key, String value, String kind, Instant appended) {
        long offset = end(topic, partition);
        RecordHeaders headers = new RecordHeaders();
        if (kind != null) {
            headers.add("kind", kind.getBytes(StandardCharsets.UTF_8));
        }
        put(
                topic,
                partition,
                offset,
                appended == null ? 0 : appended.toEpochMilli(),
                appended == null ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value,
                headers);
        return offset;
    }

    /** Puts something else at an offset. */
    void replace(String topic, int partition, long offset, String value) {
        ConsumerRecord<byte[], byte[]> old = topics.get(topic).get(partition).get(offset);
        put(topic, partition, offset, old.timestamp(), old.timestampType(), old.key(), value, old.headers());
    }

    private void put(
            String topic,
            int partition,
            long offset,
            long timestamp,
            TimestampType timestampType,
            byte[] key,
            String value,
            Headers headers) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<byte[], byte[]> one = new ConsumerRecord<>(
                topic, partition, offset, timestamp, timestampType, 0, 0, key, bytes, headers, Optional.empty());
        topics.get(topic).get(partition).put(offset, one);
    }

    /** Forgets what lies below an offset. */
    void expire(String topic, int partition, long beginning) {
        topics.get(topic).get(partition).headMap(beginning).clear();
        beginnings.get(topic)[partition] = beginning;
    }

    /** How many records were read of all topics. */
    long read() {
        return read;
    }

    @Override
    public LogReaders telling(Runnable whenBegun) {
        return this;
    }

    @Override
    public Uni<TopicLayout> layout(String topic) {
        return Uni.createFrom().item(now(topic));
    }

    private TopicLayout now(String topic) {
        var partitions = topics.getOrDefault(topic, List.of());
        long[] ends = new long[partitions.size()];
        for (int partition = 0; partition < ends.length; partition++) {
            ends[partition] = end(topic, partition);
        }
        return new TopicLayout(
                topic,
                partitions.isEmpty() ? "" : id(topic),
                beginnings.getOrDefault(topic, new long[0]).clone(),
                ends);
    }

    /** The id of a topic. */
    static String id(String topic) {
        return "id-of-" + topic;
    }

    @Override
    public Uni<long[]> offsetsAt(String topic, Instant appended) {
        long[] offsets = now(topic).ends();
        for (int partition = 0; partition < offsets.length; partition++) {
            for (ConsumerRecord<?, ?> record : topics.get(topic).get(partition).values()) {
                if (record.timestamp() >= appended.toEpochMilli()) {
                    offsets[partition] = Math.min(offsets[partition], record.offset());
                }
            }
        }
        return Uni.createFrom().item(offsets);
    }

    @Override
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        long beginning = beginnings.get(topic)[partition];
        if (from < beginning) {
            return Uni.createFrom().item(new Chunk(List.of(), beginning, true));
        }
        List<ConsumerRecord<byte[], byte[]>> records =
                topics.get(topic).get(partition).subMap(from, end).values().stream()
                        .limit(PIECE)
                        .toList();
        read += records.size();
        long next =
                records.size() < PIECE ? end : records.get(records.size() - 1).offset() + 1;
        return Uni.createFrom().item(new Chunk(records, next, false));
    }
}
