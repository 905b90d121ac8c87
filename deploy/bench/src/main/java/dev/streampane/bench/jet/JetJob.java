// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.jet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.jet.aggregate.AggregateOperation;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.kafka.KafkaSinks;
import com.hazelcast.jet.kafka.KafkaSources;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.WindowDefinition;
import dev.streampane.bench.tutorial.TutorialJob.Average;
import dev.streampane.bench.tutorial.TutorialJob.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Averages per device and minute in Hazelcast Jet: one member with two cooperative threads, two subtasks per vertex, exactly once with a
 * snapshot every 500 ms. The settings follow its pages "Fault Tolerance" and "Apache Kafka Connector".
 */
public final class JetJob {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int THREADS = 2;
    private static final long OUT_OF_ORDERNESS_MILLIS = 5_000;
    private static final long WINDOW_MILLIS = 60_000;
    private static final long SNAPSHOT_MILLIS = 500;

    private JetJob() {}

    /**
     * Runs until it is killed.
     *
     * @param args bootstrap servers, topic of the readings, topic of the results
     */
    public static void main(String[] args) {
        var config = new Config();
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(THREADS);
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");

        var pipeline = Pipeline.create();
        pipeline.readFrom(KafkaSources.<byte[], byte[], Reading>kafka(
                        consumer(args[0]), record -> read(record.value()), args[1]))
                .withTimestamps(reading -> Instant.parse(reading.ts).toEpochMilli(), OUT_OF_ORDERNESS_MILLIS)
                .setLocalParallelism(THREADS)
                .groupingKey(reading -> reading.device)
                .window(WindowDefinition.tumbling(WINDOW_MILLIS))
                .aggregate(AggregateOperation.withCreate(Average::new)
                        .<Reading>andAccumulate(JetJob::add)
                        .andCombine(JetJob::combine)
                        .andExportFinish(average -> average))
                .setLocalParallelism(THREADS)
                .writeTo(KafkaSinks.kafka(
                        producer(args[0]),
                        args[2],
                        result -> (byte[]) null,
                        result -> write(result.key(), result.start(), result.result())))
                .setLocalParallelism(THREADS);

        Hazelcast.newHazelcastInstance(config)
                .getJet()
                .newJob(
                        pipeline,
                        new JobConfig()
                                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                                .setSnapshotIntervalMillis(SNAPSHOT_MILLIS));
    }

    private static Properties consumer(String bootstrapServers) {
        var settings = new Properties();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
        settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
        settings.put("auto.offset.reset", "earliest");
        return settings;
    }

    private static Properties producer(String bootstrapServers) {
        var settings = new Properties();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("key.serializer", ByteArraySerializer.class.getName());
        settings.put("value.serializer", ByteArraySerializer.class.getName());
        return settings;
    }

    private static void add(Average sum, Reading reading) {
        sum.count++;
        sum.temperature += reading.temperature;
        sum.humidity += reading.humidity;
    }

    private static void combine(Average sum, Average other) {
        sum.count += other.count;
        sum.temperature += other.temperature;
        sum.humidity += other.humidity;
    }

    private static Reading read(byte[] value) {
        try {
            return JSON.readValue(value, Reading.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] write(String device, long start, Average sum) {
        sum.device = device;
        sum.start = start;
        sum.temperature /= sum.count;
        sum.humidity /= sum.count;
        try {
            return JSON.writeValueAsBytes(sum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
