// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.EventStream;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever writes the topics chooses how they are compressed: every codec of the Kafka client is read. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class CodecsIT {

    private static final int RESULTS = 50;

    @TestHTTPResource("/api/v1/stream")
    URI stream;

    @RealServers.Running
    LocalKafka kafka;

    @BeforeEach
    void awaitReady() {
        Served.awaitReady();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldReadWhatWasWrittenWithTheCodec(CompressionType codec) {
        // Given
        String job = "codec-" + codec.name;
        List<String> results = IntStream.range(0, RESULTS)
                .mapToObj(n -> result(job, "k", SIX.plusSeconds(60L * n)))
                .toList();
        try (EventStream events = EventStream.open(URI.create(stream + "?job=" + job), null)) {
            // When
            double rate = write(codec, results);
            // Then
            assertThat(rate < 0.5).as("compressed to %s", rate).isEqualTo(codec.id > 0);
            await().untilAsserted(() -> assertThat(events.data("window")).hasSize(RESULTS));
            assertThat(events.data("window")).containsExactlyElementsOf(results);
        }
    }

    /** Writes them in one batch; the share of its bytes that is left after compression. */
    private double write(CompressionType codec, List<String> results) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "compression.type",
                codec.name,
                "batch.size",
                1 << 20,
                "linger.ms",
                1_000);
        try (KafkaProducer<byte[], byte[]> producer = Log.producer(settings)) {
            results.forEach(
                    result -> producer.send(new ProducerRecord<>("window-results", 0, null, result.getBytes(UTF_8))));
            producer.flush();
            return producer.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("compression-rate-avg"))
                    .filter(metric -> metric.getKey().group().equals("producer-metrics"))
                    .mapToDouble(metric -> (double) metric.getValue().metricValue())
                    .findFirst()
                    .orElseThrow();
        }
    }
}
