// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The one Kafka sink of a job. */
public final class KafkaSinks {

    public static final String UID = "kafka-sink";

    /** The maximum of the topics of late records and dead letters: the bytes of an input and our headers. */
    private static final String MAX_REQUEST_BYTES = "16777216";

    /** The share of one partition when many windows fire at once. */
    private static final String BATCH_BYTES = "131072";

    private KafkaSinks() {}

    /**
     * Writes all outputs of a job exactly once: one transaction per subtask and checkpoint, committed when the checkpoint is complete.
     * {@code read_committed} readers see all of them or none, at most a checkpoint interval and a commit later; if output triggers
     * checkpoints ({@link CommitOnOutput}), as soon as one is complete.
     *
     * <p>Transactional ids are {@code <job>-<generation>-<subtask>-<checkpoint>}. An open transaction holds back every
     * {@code read_committed} reader of its topics, so a new generation aborts the open transactions of older ones, except those that are
     * promised by the state it starts from. Nothing is lost in a pause shorter than {@code --transaction-timeout}. If something is lost,
     * the job fails without restart and says what ({@link LostTransactionException}), instead of continuing with a line in the log.
     *
     * <p>A replay writes its results and audit lines only, at least once, to the results topic that it was given.
     */
    public static void exactlyOnce(DataStream<Output> outputs, JobConfig config) {
        if (config.isReplay()) {
            replayed(outputs, config);
            return;
        }
        var generation = new Generation(config.job(), config.get(JobOption.GENERATION));
        KafkaSink<Output> sink = KafkaSink.<Output>builder()
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(generation.prefix())
                .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                .setKafkaProducerConfig(properties(config))
                .setRecordSerializer(records(topics(config)))
                .build();
        outputs.transform(CommitOnOutput.UID, outputs.getType(), new CommitOnOutput(config.commitPause()))
                .uid(CommitOnOutput.UID)
                .name(CommitOnOutput.UID)
                .sinkTo(new ExactlyOnceSink<>(
                        sink,
                        generation,
                        config.kafka(),
                        config.get(JobOption.TRANSACTION_TIMEOUT),
                        config.get(JobOption.JOB_RUNS_TOPIC)))
                .uid(UID)
                .name(UID);
    }

    private static void replayed(DataStream<Output> outputs, JobConfig config) {
        String topic = config.get(JobOption.RESULTS_TOPIC);
        Map<Output.Channel, String> topics = Map.of(Output.Channel.RESULTS, topic, Output.Channel.AUDIT, topic);
        KafkaSink<Output> sink = KafkaSink.<Output>builder()
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setKafkaProducerConfig(properties(config))
                .setRecordSerializer(records(topics))
                .build();
        Sink<Output> quiet = context -> new QuietlyClosedWriter<>(sink.createWriter(context));
        outputs.filter(output -> topics.containsKey(output.channel()))
                .uid("replayed")
                .name("replayed")
                .sinkTo(quiet)
                .uid(UID)
                .name(UID);
    }

    /** An output as a record of its channel's topic; Kafka chooses the partition by the key. */
    private static KafkaRecordSerializationSchema<Output> records(Map<Output.Channel, String> topics) {
        return (output, context, timestamp) -> record(topics.get(output.channel()), output);
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Output output) {
        var record = new ProducerRecord<>(topic, output.key(), output.value());
        output.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private static Map<Output.Channel, String> topics(JobConfig config) {
        Map<Output.Channel, String> topics = new EnumMap<>(Output.Channel.class);
        for (Output.Channel channel : Output.Channel.values()) {
            JobOption<String> topic = topic(channel);
            if (config.has(topic)) {
                topics.put(channel, config.get(topic));
            }
        }
        return topics;
    }

    private static JobOption<String> topic(Output.Channel channel) {
        return switch (channel) {
            case RESULTS -> JobOption.RESULTS_TOPIC;
            case PREVIEWS -> JobOption.PREVIEWS_TOPIC;
            case LATE -> JobOption.LATE_TOPIC;
            case DEAD_LETTERS -> JobOption.DEAD_LETTERS_TOPIC;
            case AUDIT -> JobOption.AUDIT_TOPIC;
            case ALERTS -> JobOption.ALERTS_TOPIC;
            case WORD_COUNTS -> JobOption.WORD_COUNTS_TOPIC;
            case TELEGRAF -> JobOption.TELEGRAF_TOPIC;
        };
    }

    private static Properties properties(JobConfig config) {
        Properties properties = config.kafka();
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(config.get(JobOption.TRANSACTION_TIMEOUT).toMillis()));
        return properties;
    }
}
