// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static java.util.stream.Collectors.joining;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.Brokers;
import dev.streampane.pipeline.kafka.KafkaSources.InputTopic;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes records from Kafka. Each record gives at least one element, so that the offsets that go downstream are all offsets that were
 * read.
 *
 * <p>After a restore, Kafka's source also reads partitions in state whose topics no option names any more. Their first record makes the job
 * fail, because skipped records are not read again and hold the watermark back; a job that may do without such records skips them.
 */
final class DecodeRecords<T> implements KafkaRecordDeserializationSchema<Decoded<T>> {

    private static final Logger LOG = LoggerFactory.getLogger(DecodeRecords.class);
    private static final String KIND = "kind";
    private static final String LEFT_OUT = "";

    private final Decoder<T> decoder;
    private final List<InputTopic> topics;
    private final Properties kafka;
    private final boolean leavesOut;
    private transient Map<String, String> topicIds;
    private transient Map<TopicPartition, Long> nextOffsets;
    private transient TopicPartition partition;
    private transient String topicId;
    private transient long next;

    /**
     * @param leavesOut whether records of a topic that is not among {@code topics} are skipped
     */
    DecodeRecords(Decoder<T> decoder, List<InputTopic> topics, Properties kafka, boolean leavesOut) {
        this.decoder = decoder;
        this.topics = List.copyOf(topics);
        this.kafka = kafka;
        this.leavesOut = leavesOut;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        open(context.getMetricGroup());
    }

    /** Must be called first. */
    void open(MetricGroup metrics) {
        topicIds = new HashMap<>();
        nextOffsets = new HashMap<>();
        decoder.open(metrics);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded<T>> out) {
        if (partition == null
                || record.partition() != partition.partition()
                || !record.topic().equals(partition.topic())) {
            goOnWith(new TopicPartition(record.topic(), record.partition()));
        }
        // unknown, or the topic has been created again, or may have been
        if (topicId == null || record.offset() < next || record.offset() == 0) {
            topicId = topicId(record.topic());
            topicIds.put(record.topic(), topicId);
        }
        next = record.offset() + 1;
        if (!topicId.equals(LEFT_OUT)) {
            decoder.decode(fetched(record, topicId), out);
        }
    }

    private void goOnWith(TopicPartition other) {
        if (partition != null) {
            nextOffsets.put(partition, next);
        }
        partition = other;
        next = nextOffsets.getOrDefault(other, 0L);
        topicId = topicIds.get(other.topic());
    }

    @Override
    public TypeInformation<Decoded<T>> getProducedType() {
        return decoder.type();
    }

    static Fetched fetched(ConsumerRecord<byte[], byte[]> record, String topicId) {
        Header kind = record.headers().lastHeader(KIND);
        return new Fetched(
                record.topic(),
                topicId,
                record.partition(),
                record.offset(),
                record.timestampType() == TimestampType.LOG_APPEND_TIME ? record.timestamp() : Fetched.NO_APPEND_TIME,
                record.key(),
                record.value(),
                kind == null || kind.value() == null ? null : new String(kind.value(), StandardCharsets.UTF_8));
    }

    /** The id of a topic, which is requested once per topic and run, and again if offsets go back or begin at 0. */
    private String topicId(String topic) {
        Optional<InputTopic> input =
                topics.stream().filter(asked -> asked.name().equals(topic)).findFirst();
        if (input.isEmpty()) {
            return leftOut(topic);
        }
        try (Brokers brokers = Brokers.connect(kafka)) {
            return brokers.topic(input.get().option(), topic).topicId().toString();
        }
    }

    private String leftOut(String topic) {
        if (!leavesOut) {
            throw new SuppressRestartsException(
                    BadOptionException.notAllowed(
                            joined(", --", InputTopic::option),
                            joined(", ", InputTopic::name),
                            topic
                                    + ", which the job's state has read; another topic requires a start without state and a new --generation"));
        }
        LOG.warn(
                "Skipping records of a topic that is in the job's state but in no option, topic={} asked={}",
                topic,
                topics);
        return LEFT_OUT;
    }

    private String joined(String separator, Function<InputTopic, String> part) {
        return topics.stream().map(part).collect(joining(separator));
    }
}
