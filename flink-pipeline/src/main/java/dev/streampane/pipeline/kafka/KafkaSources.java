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

/** Sources that read what is committed, and only that, with the clock of each partition kept apart. */
public final class KafkaSources {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSources.class);

    public static final String UID = "kafka-source";

    private static final String PARTITION_DISCOVERY_MS = "10000";

    /** Fetches fewer times than Kafka's 500, and leaves fewer records for the collector to move than 5,000. */
    private static final String MAX_POLL_RECORDS = "2000";

    /** So few that they are decoded from the cache that they were fetched into, and so many that polls cost little. */
    private static final String MAX_POLL_DECODED = "1000";

    private KafkaSources() {}

    /**
     * A topic to read.
     *
     * @param option name of the option that names it
     */
    public record InputTopic(String option, String name) implements Serializable {

        /** The topic that an option names by itself. */
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
     * Records of the topics, decoded in the source, so that watermarks are those of the partitions: by their clocks in a
     * job with event times, none in others.
     *
     * <p>Records of jobs with event times that are one row each are decoded ahead of the task; a message of thousands of rows, or a document, is
     * decoded when its turn comes, for it takes many times its bytes.
     *
     * <p>Runs at {@code min(--parallelism, partitions)}, for a reader without a partition would hold time back; what gives the verdicts
     * must take the same parallelism. A partition that is added later is found within 10 s and read from its start.
     * In BATCH mode it ends where the partitions end at the start; a replay reads what its plan says.
     *
     * @throws dev.streampane.pipeline.job.BadOptionException when a topic does not exist or the brokers do not answer
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
     * Not where each reader fails by itself, or nobody waits for the slowest of them, as in the archive: of the jobs with event times the one
     * without {@code --commit-pause}.
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
     * The ends of the partitions as readers of what is committed see them: unlike {@link OffsetsInitializer#latest}, which has a batch wait for
     * transactions that are open. And a start with state whose next records were deleted since goes on with the first that is left, and does not pass
     * over all of them.
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
                                "What is behind an open transaction does not count as there, partition={} end={} of={}",
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

    /** Has the source read what the plan says, and that alone; the number of its partitions. */
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

    /** The number of partitions; says when a topic cannot tell future times. */
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

    /** The consumer's properties. State owns the offsets; the group only names the reader. */
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
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return properties;
    }

    /** The same, completed as the connector's builder does for its own readers, and like them never at the end when records are gone. */
    private static Properties consumer(Properties properties) {
        Properties complete = new Properties();
        complete.putAll(properties);
        complete.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return complete;
    }
}
