// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.streams;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.bench.tutorial.TutorialJob.Average;
import dev.streampane.bench.tutorial.TutorialJob.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * Averages per device and minute in Kafka Streams: windowed aggregation with suppression, in-memory stores, exactly_once_v2, two threads.
 * The settings follow its pages "Configure a Streams Application" and "Memory Management".
 */
public final class StreamsJob {

    private StreamsJob() {}

    /**
     * Runs until it is killed.
     *
     * @param args bootstrap servers, topic of the readings, topic of the results, folder for state
     */
    public static void main(String[] args) {
        var settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "streams-" + args[2]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64 << 20);
        settings.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        settings.put("auto.offset.reset", "earliest");

        var builder = new StreamsBuilder();
        builder.stream(
                        args[1],
                        Consumed.with(Serdes.String(), serde(Reading.class))
                                .withTimestampExtractor(
                                        (record, partitionTime) -> Instant.parse(((Reading) record.value()).ts)
                                                .toEpochMilli()))
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofSeconds(5)))
                .aggregate(
                        Average::new,
                        (device, reading, sum) -> {
                            sum.count++;
                            sum.temperature += reading.temperature;
                            sum.humidity += reading.humidity;
                            return sum;
                        },
                        Materialized.with(Serdes.String(), serde(Average.class)))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
                .toStream()
                .map((window, average) -> {
                    average.device = window.key();
                    average.start = window.window().start();
                    average.temperature /= average.count;
                    average.humidity /= average.count;
                    return KeyValue.pair(window.key(), average);
                })
                .to(args[2], Produced.with(Serdes.String(), serde(Average.class)));
        var streams = new KafkaStreams(builder.build(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    private static <T> Serde<T> serde(Class<T> type) {
        var mapper = new ObjectMapper();
        return Serdes.serdeFrom(
                (topic, value) -> {
                    try {
                        return mapper.writeValueAsBytes(value);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                (topic, bytes) -> {
                    try {
                        return bytes == null ? null : mapper.readValue(bytes, type);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
