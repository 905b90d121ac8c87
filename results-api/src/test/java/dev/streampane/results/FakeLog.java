// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

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
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Topics in memory, which give a few records at a time; offsets without records are markers or aborted. */
@Vetoed
public class FakeLog extends LogReaders {

    private static final ResultsConfig CONFIG = Settings.defaults();

    private final Map<String, List<TreeMap<Long, ConsumerRecord<byte[], byte[]>>>> topics = new HashMap<>();
    private final Map<String, long[]> beginnings = new HashMap<>();
    private final Map<String, long[]> ends = new HashMap<>();
    private final IntSupplier piece;
    private int reads;

    /** @param piece how many records a read brings at most */
    public FakeLog(IntSupplier piece) {
        super(null, CONFIG);
        this.piece = piece;
    }

    /** A topic with so many partitions, all of them empty. */
    public FakeLog topic(String name, int partitions) {
        List<TreeMap<Long, ConsumerRecord<byte[], byte[]>>> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TreeMap<>());
        }
        topics.put(name, all);
        beginnings.put(name, new long[partitions]);
        ends.put(name, new long[partitions]);
        return this;
    }

    /**
     * Adds a record without headers behind the last one.
     *
     * @param appended when it was appended; null: it does not say
     * @return its offset
     */
    public long add(String topic, int partition, String key, String value, Instant appended) {
        return add(topic, partition, key, value, Map.of(), appended);
    }

    /** The same with headers. */
    public long add(
            String topic, int partition, String key, String value, Map<String, String> headers, Instant appended) {
        long offset = ends.get(topic)[partition]++;
        RecordHeaders bytes = new RecordHeaders();
        headers.forEach((name, text) -> bytes.add(name, utf8(text)));
        put(
                topic,
                partition,
                offset,
                appended == null ? 0 : appended.toEpochMilli(),
                appended == null ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME,
                key == null ? null : utf8(key),
                value,
                bytes);
        return offset;
    }

    /** Leaves an offset without a record. */
    public void skip(String topic, int partition) {
        ends.get(topic)[partition]++;
    }

    /** Puts something else at an offset. */
    public void replace(String topic, int partition, long offset, String value) {
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
        byte[] bytes = utf8(value);
        ConsumerRecord<byte[], byte[]> one = new ConsumerRecord<>(
                topic,
                partition,
                offset,
                timestamp,
                timestampType,
                key == null ? -1 : key.length,
                bytes.length,
                key,
                bytes,
                headers,
                Optional.empty());
        topics.get(topic).get(partition).put(offset, one);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Forgets what lies below an offset. */
    public void expire(String topic, int partition, long beginning) {
        topics.get(topic).get(partition).headMap(beginning).clear();
        beginnings.get(topic)[partition] = beginning;
    }

    /** All records of all partitions of a topic. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return topics.get(topic).stream()
                .flatMap(partition -> partition.values().stream())
                .toList();
    }

    /** How often something was read. */
    public int reads() {
        return reads;
    }

    @Override
    public LogReaders onStart(Runnable whenBegun) {
        return this;
    }

    @Override
    public LogReaders of(String principal) {
        return this;
    }

    @Override
    public Uni<TopicLayout> layout(String topic) {
        return Uni.createFrom()
                .item(new TopicLayout(
                        topic,
                        topics.containsKey(topic) ? id(topic) : "",
                        beginnings.getOrDefault(topic, new long[0]).clone(),
                        ends.getOrDefault(topic, new long[0]).clone()));
    }

    /** The id of a topic. */
    public static String id(String topic) {
        return "id-of-" + topic;
    }

    @Override
    public Uni<long[]> offsetsAt(TopicLayout topic, Instant appended) {
        long[] offsets = topic.ends().clone();
        for (int partition = 0; partition < offsets.length; partition++) {
            for (ConsumerRecord<?, ?> record :
                    topics.get(topic.name()).get(partition).values()) {
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
        reads++;
        int most = piece.getAsInt();
        List<ConsumerRecord<byte[], byte[]>> records =
                topics.get(topic).get(partition).subMap(from, end).values().stream()
                        .limit(most)
                        .toList();
        long next =
                records.size() < most ? end : records.get(records.size() - 1).offset() + 1;
        return Uni.createFrom().item(new Chunk(records, next, false));
    }
}
