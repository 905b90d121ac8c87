// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.RecordDecoder;
import dev.streampane.pipeline.intake.ClockWatermarks;
import dev.streampane.pipeline.intake.ReplayPlan;
import dev.streampane.pipeline.job.Brokers;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sources that read only committed records, with a separate clock per partition. */
public final class KafkaSources {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSources.class);

    public static final String UID = "kafka-source";

    private static final String PARTITION_DISCOVERY_MS = "10000";

    /** Fewer polls than with Kafka's default of 500, and fewer records for the garbage collector to move than with 5,000. */
    private static final String MAX_POLL_RECORDS = "2000";

    /** Few enough that records are decoded while they are in the CPU cache, and enough that polls cost little. */
    private static final String MAX_POLL_DECODED = "1000";

    /**
     * A quarter of Kafka's default. A poll goes on with the same partition until what was fetched of it is used up, so this limits how far its event
     * time gets ahead of other partitions, whose records are then kept in window state until the slowest partition has caught up.
     */
    private static final String MAX_PARTITION_FETCH_BYTES = "262144";

    private KafkaSources() {}

    /**
     * A topic to read.
     *
     * @param option name of the option that names the topic
     */
    public record InputTopic(String option, String name) implements Serializable {

        /** The topic that is the value of an option. */
        public static InputTopic of(JobConfig config, JobOption<String> option) {
            return new InputTopic(option.name(), config.get(option));
        }
    }

    /** Records of {@code --input-topic}; see {@link #of(StreamExecutionEnvironment, JobConfig, List, Decoder)}. */
    public static <T> SingleOutputStreamOperator<Decoded<T>> of(
            StreamExecutionEnvironment env, JobConfig config, Decoder<T> decoder) {
        return of(env, config, List.of(InputTopic.of(config, JobOption.INPUT_TOPIC)), decoder);
    }

    /**
     * Records of the topics, decoded in the source, so that each partition has its own watermarks: from its clock in a job with event
     * times, none in other jobs.
     *
     * <p>In jobs with event times, records that are one row each are decoded ahead of the task. A message of thousands of rows, or a
     * document, is decoded when the task reaches it, because decoded it takes many times its bytes.
     *
     * <p>Runs at {@code min(--parallelism, partitions)}, because a reader without a partition would hold the watermark back; the operator
     * that gives the verdicts must have the same parallelism. A partition that is added later is found within 10 s and read from its start.
     * In BATCH mode the source ends where the partitions end at the start; a replay reads the offsets of its plan.
     *
     * @throws dev.streampane.pipeline.job.BadOptionException if a topic does not exist or the brokers do not answer
     */
    public static <T> SingleOutputStreamOperator<Decoded<T>> of(
            StreamExecutionEnvironment env, JobConfig config, List<InputTopic> topics, Decoder<T> decoder) {
        int partitions = lookAt(topics, config);
        boolean withTime = config.has(JobOption.OUT_OF_ORDERNESS);
        boolean ahead = withTime && decoder instanceof RecordDecoder;
        var decode = new DecodeRecords<>(decoder, topics, config.kafka(), config.leavesTopicsOut());
        Properties properties = properties(config, ahead ? MAX_POLL_DECODED : MAX_POLL_RECORDS);
        KafkaSourceBuilder<Decoded<T>> source = KafkaSource.<Decoded<T>>builder()
                .setStartingOffsets(start(config))
                .setDeserializer(decode)
                .setProperties(properties);
        if (config.isReplay()) {
            partitions = replay(source, config.replay());
        } else {
            source.setTopics(topics.stream().map(InputTopic::name).toList());
            if (config.isBatch()) {
                source.setBounded(new CommittedEnds(config.kafka()));
            }
        }
        KafkaSource<Decoded<T>> kafka = source.build();
        return env.fromSource(
                        reassigning(
                                ahead ? new DecodingKafkaSource<>(kafka, decode, consumer(properties)) : kafka,
                                withTime && config.has(JobOption.COMMIT_PAUSE)),
                        withTime ? new ClockWatermarks<>(config.intake()) : WatermarkStrategy.noWatermarks(),
                        UID,
                        decoder.type())
                .setParallelism(Math.min(config.get(JobOption.PARALLELISM), partitions))
                .uid(UID);
    }

    /**
     * Reassigns the partitions of restored state, except where each reader fails by itself or where nobody waits for the slowest one, as in
     * the archive: of the jobs with event times, it is the one without {@code --commit-pause}.
     */
    private static <T> Source<T, KafkaPartitionSplit, KafkaSourceEnumState> reassigning(
            Source<T, KafkaPartitionSplit, KafkaSourceEnumState> source, boolean waitsForAll) {
        return waitsForAll && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED
                ? new ReassigningKafkaSource<>(source)
                : source;
    }

    static OffsetsInitializer start(JobConfig config) {
        return config.get(JobOption.START_FROM).equals("earliest")
                ? OffsetsInitializer.earliest()
                : new CommittedEnds(config.kafka());
    }

    /**
     * The ends of the partitions as {@code read_committed} readers see them; with {@link OffsetsInitializer#latest} a batch would wait for
     * open transactions. If the next records of a start with state have been deleted, it continues with the first one that is left, and
     * does not skip all of them.
     */
    @SuppressWarnings("deprecation") // OffsetResetStrategy: as the interface has it
    private record CommittedEnds(Properties kafka) implements OffsetsInitializer {
        @Override
        public Map<TopicPartition, Long> getPartitionOffsets(
                Collection<TopicPartition> partitions, PartitionOffsetsRetriever offsets) {
            try (Brokers brokers = Brokers.connect(kafka)) {
                Map<TopicPartition, Long> ends = brokers.committedEnds(partitions);
                offsets.endOffsets(partitions).forEach((partition, end) -> {
                    if (ends.get(partition) < end) {
                        LOG.warn(
                                "Records after an open transaction are not in the input, partition={} end={} of={}",
                                partition,
                                ends.get(partition),
                                end);
                    }
                });
                return ends;
            }
        }

        @Override
        public OffsetResetStrategy getAutoOffsetResetStrategy() {
            return OffsetResetStrategy.EARLIEST;
        }
    }

    /** Makes the source read the offsets of the plan only; returns the number of its partitions. */
    private static <T> int replay(KafkaSourceBuilder<Decoded<T>> source, ReplayPlan plan) {
        Map<TopicPartition, Long> first = new HashMap<>();
        Map<TopicPartition, Long> end = new HashMap<>();
        for (ReplayPlan.PartitionRange range : plan.ranges()) {
            var partition = new TopicPartition(range.topic(), range.partition());
            first.put(partition, range.first());
            end.put(partition, range.last() + 1);
        }
        source.setPartitions(new HashSet<>(first.keySet()))
                .setStartingOffsets(OffsetsInitializer.offsets(first))
                .setBounded(OffsetsInitializer.offsets(end));
        return first.size();
    }

    /** The number of partitions; warns if a topic has no append times, so that event times in the future are not rejected. */
    private static int lookAt(List<InputTopic> topics, JobConfig config) {
        int partitions = 0;
        try (Brokers brokers = Brokers.connect(config.kafka())) {
            for (InputTopic topic : topics) {
                partitions +=
                        brokers.topic(topic.option(), topic.name()).partitions().size();
                if (config.has(JobOption.SKEW)
                        && !brokers.hasAppendTime(topic.name()).orElse(true)) {
                    LOG.warn(
                            "Topic has no LogAppendTime, so that times in the future are not rejected (audit: unguarded), topic={}",
                            topic.name());
                }
            }
        }
        if (config.get(JobOption.PARALLELISM) > partitions) {
            LOG.info(
                    "Source has a subtask per partition, topics={} partitions={} parallelism={}",
                    topics.stream().map(InputTopic::name).toList(),
                    partitions,
                    config.get(JobOption.PARALLELISM));
        }
        return partitions;
    }

    /** The consumer's properties. The offsets are in Flink's state; the group id only names the reader. */
    private static Properties properties(JobConfig config, String pollRecords) {
        Properties properties = config.kafka();
        properties.putIfAbsent(ConsumerConfig.GROUP_ID_CONFIG, "flink-pipeline-" + config.job());
        properties.putIfAbsent(
                KafkaSourceOptions.CLIENT_ID_PREFIX.key(), properties.getProperty(ConsumerConfig.GROUP_ID_CONFIG));
        properties.putIfAbsent(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.putIfAbsent(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.putIfAbsent(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.putIfAbsent(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false");
        properties.putIfAbsent(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), PARTITION_DISCOVERY_MS);
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, pollRecords);
        properties.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_PARTITION_FETCH_BYTES);
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return properties;
    }

    /** The same, completed as the connector's builder does for its own readers; like those, it never continues at the end if records are gone. */
    private static Properties consumer(Properties properties) {
        Properties complete = (Properties) properties.clone();
        complete.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return complete;
    }
}
