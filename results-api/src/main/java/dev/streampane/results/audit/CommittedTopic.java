// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicFollower;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicReader;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Reads a topic of JSON objects from its beginning, then follows it. Records that are not JSON objects are skipped. */
final class CommittedTopic implements TopicReader, AutoCloseable {

    private final KafkaAccess kafka;
    private final String topic;
    private final Runnable reset;
    private final Consumer<JsonNode> objects;
    private volatile TopicFollower follower;
    private volatile boolean loaded;
    private String topicId = "";
    private long[] positions = {};

    /** Calls {@code reset} if the topic turns out to be a different one, and {@code objects} with each object. */
    CommittedTopic(KafkaAccess kafka, String topic, Runnable reset, Consumer<JsonNode> objects) {
        this.kafka = kafka;
        this.topic = topic;
        this.reset = reset;
        this.objects = objects;
    }

    void follow() {
        follower = new TopicFollower(kafka, topic, this).start();
    }

    /** Whether all records have been read that the topic had at the start, or when it was found to be re-created. */
    boolean loaded() {
        return loaded;
    }

    boolean alive() {
        TopicFollower started = follower;
        return started == null || started.alive();
    }

    @Override
    public long[] start(TopicLayout layout, long[] since) {
        boolean resumable = topicId.equals(layout.topicId())
                && positions.length <= layout.partitions()
                && IntStream.range(0, positions.length)
                        .allMatch(partition -> positions[partition] <= layout.ends()[partition]);
        if (!resumable) {
            loaded = false;
            reset.run();
            positions = new long[0];
            topicId = layout.topicId();
        }
        positions = Arrays.copyOf(positions, layout.partitions());
        Arrays.setAll(positions, partition -> Math.max(positions[partition], layout.beginnings()[partition]));
        return positions.clone();
    }

    @Override
    public void cutOff() {
        topicId = "";
    }

    @Override
    public void read(ConsumerRecords<byte[], byte[]> records, long[] reached) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            positions[record.partition()] = record.offset() + 1;
            JsonNode json = RecordJson.read(record.value());
            if (json.isObject()) {
                objects.accept(json);
            }
        }
    }

    @Override
    public void caughtUp() {
        loaded = true;
    }

    @Override
    public void close() {
        TopicFollower started = follower;
        if (started != null) {
            started.close();
        }
    }
}
