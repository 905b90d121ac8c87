// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes results of weather-average to the log, minute by minute, the keys in turn; each result has one {@link #MARK}. */
final class Results implements AutoCloseable {

    static final String TOPIC = "window-results";

    /** A byte that occurs exactly once in a result, and nowhere else in the event that carries it. */
    static final byte MARK = '^';

    private static final int KEYS = 1_000;

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final KafkaProducer<byte[], byte[]> producer;
    private long next;

    Results(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Announces the results' generation, so that results-api knows that a complete result in its memory is the newest revision. */
    void announce() throws IOException {
        Path run = Checkout.root().resolve("deploy/schemas/job-run/v1/examples/weather-average.json");
        producer.send(new ProducerRecord<>("job-runs", "weather-average/1".getBytes(UTF_8), Files.readAllBytes(run)));
        producer.flush();
    }

    /** Writes the next results, and waits until they are in the log. */
    void write(long results) {
        for (long end = next + results; next < end; next++) {
            producer.send(new ProducerRecord<>(
                    TOPIC, key(next).getBytes(UTF_8), result(next).getBytes(UTF_8)));
        }
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }

    /** The id of the n-th result. */
    static String id(long n) {
        Instant start = start(n);
        return "weather-average~tumbling-1m~%s~%s~%s"
                .formatted(key(n), ID_TIME.format(start), ID_TIME.format(start.plusSeconds(60)));
    }

    private static String key(long n) {
        return "device" + n % KEYS;
    }

    private static Instant start(long n) {
        return Instant.ofEpochMilli(Readings.START + n / KEYS * Readings.WINDOW);
    }

    private static String result(long n) {
        Instant start = start(n);
        Instant end = start.plusSeconds(60);
        return """
                {"id":"%s","job":"weather-average","spec":"tumbling(1m)","key":"%s",\
                "window":{"kind":"tumbling","start":"%s","end":"%s","zone":"UTC"},\
                "generation":1,"rev":1,"status":"FINAL","cause":"watermark","complete":true,\
                "values":{"avg_temp":22.630000,"avg_hum":58.402000,"min_temp":22.590000,"max_temp":22.670000,\
                "min_hum":58.340000,"max_hum":58.440000},"sums":{"temp":"1357800000","hum":"3504120000"},\
                "count":60,"late":0,"minEventTime":"%s","maxEventTime":"%s","watermark":"%s",\
                "inputs":[{"topic":"device-readings","partition":%d,"first":%d,"last":%d}],"jobVersion":"1.0.0%c"}""".formatted(
                        id(n),
                        key(n),
                        start,
                        end,
                        start,
                        start.plusSeconds(59),
                        end,
                        n % Readings.PARTITIONS,
                        n * 60,
                        n * 60 + 59,
                        MARK);
    }
}
