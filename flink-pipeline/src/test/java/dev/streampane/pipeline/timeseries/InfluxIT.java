// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.MiniFlink;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real InfluxDB 1.x makes of the lines: of those of the contract, and of those that the job writes to its topic. */
class InfluxIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MINUTE_END = 1_715_472_060_000_000_000L;

    private static InfluxServer influx;

    @BeforeAll
    static void start(@TempDir Path data) throws IOException {
        influx = InfluxServer.start(data);
    }

    @AfterAll
    static void stop() {
        if (influx != null) {
            influx.close();
        }
    }

    /** Each example in a measurement of its own series, read back as {@code decoded.json} says. */
    @Test
    void shouldReadTheContractsExamplesAsTheContractSays() {
        ContractFiles files = ContractFiles.of("line-protocol");
        for (String file : files.names("examples").toList()) {
            // Given
            influx.query("DROP SERIES FROM tags");
            Map<String, Object> expected = new TreeMap<>();
            for (JsonNode point : files.decoded().get(file)) {
                JsonNode field = point.get("fields").iterator().next();
                expected.put(
                        point.at("/tags/name").textValue() + "@"
                                + point.get("time").longValue(),
                        field.isTextual() ? field.textValue() : (Object) field.doubleValue());
            }

            // When
            String refusal = influx.write(files.bytes(file));

            // Then
            assertThat(refusal).as(file).isEmpty();
            assertThat(stored()).as(file).isEqualTo(expected);
        }
    }

    @Test
    void shouldStoreWhatTheJobSaysOfNumbersAndTexts(@TempDir Path directory) throws Exception {
        // Given
        influx.query("DROP SERIES FROM tags");
        LocalKafka kafka = SharedKafka.empty();
        try (KafkaLog log = new KafkaLog(kafka.bootstrapServers());
                MiniFlink flink = MiniFlink.start()) {
            flink.start(
                    new TimeSeriesSpeedJob(),
                    JobConfig.of(
                            TimeSeriesSpeedJob.NAME,
                            "--bootstrap-servers=" + kafka.bootstrapServers(),
                            "--checkpoint-interval=200ms",
                            "--state-dir=" + directory.resolve("state")));

            // When
            log.write(
                    "time-series",
                    0,
                    null,
                    "2024-05-12T00:00:10Z,pu136mod-ni-001,41\r\n"
                            + "2024-05-12T00:00:20Z,pu136mod-ni-001,44\r\n"
                            + "2024-05-12T00:00:20Z,\"in, out = \\ \"\"é\"\"\",-0.0000015\r\n"
                            + "2024-05-12T00:00:20Z,pu136mod-ns-021,off\r\n"
                            + "nonsense\r\n"
                            + "2024-05-12T00:00:40Z,pu136mod-ns-021,\"on, \"\"warm\"\" \\ \\\"\r\n");
            log.write("time-series", 1, null, "2024-05-12T00:00:30Z,pu136mod-ns-021,between\r\n");
            heartbeats(log, "2024-05-12T00:01:05.001Z");
            await().until(() -> lines(log) >= 3);
            log.write("time-series", 1, null, "2024-05-12T00:00:50Z,pu136mod-ni-001,50\r\n");
            await().until(() -> lines(log) >= 4);
            heartbeats(log, "2024-05-12T00:16:06Z");
            log.write("time-series", 1, null, "2024-05-12T00:00:50Z,pu136mod-ni-001,99\r\n");
            await().until(() -> log.committed("late-records").size() == 1);

            // Then
            List<ConsumerRecord<byte[], byte[]>> messages = log.committed("telegraf");
            assertThat(messages).allMatch(message -> message.key() == null);
            assertThat(messages)
                    .map(message -> new String(message.value(), UTF_8))
                    .anyMatch(lines -> lines.contains(" value=") && lines.contains(" text="));
            for (ConsumerRecord<byte[], byte[]> message : messages) {
                assertThat(influx.write(message.value())).isEmpty();
            }
            assertThat(stored())
                    .isEqualTo(Map.of(
                            "pu136mod-ni-001@" + MINUTE_END,
                            45.0,
                            "in, out = \\ \"é\"@" + MINUTE_END,
                            -0.000002,
                            "pu136mod-ns-021@" + MINUTE_END,
                            "on, \"warm\" \\ \\"))
                    .isEqualTo(results(log));
            assertThat(log.committed("dead-letters")).singleElement().satisfies(letter -> {
                assertThat(new String(letter.value(), UTF_8)).isEqualTo("nonsense");
                assertThat(letter.headers().lastHeader("row").value())
                        .asString()
                        .isEqualTo("4");
            });
        }
    }

    private static void heartbeats(KafkaLog log, String time) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            log.write("time-series", partition, null, "{\"ts\":\"" + time + "\"}", "heartbeat");
        }
    }

    private static long lines(KafkaLog log) {
        return log.committedValues("telegraf").stream().flatMap(String::lines).count();
    }

    /** What the server holds: each name and time with its number or text. */
    private static Map<String, Object> stored() {
        Map<String, Object> stored = new TreeMap<>();
        for (JsonNode row : influx.query("SELECT \"name\", \"value\", \"text\" FROM tags")) {
            Object value = row.get(3).isNull()
                    ? (Object) row.get(2).doubleValue()
                    : row.get(3).asText();
            stored.put(row.get(1).textValue() + "@" + row.get(0).longValue(), value);
        }
        return stored;
    }

    /** The same of the last revisions among the results. */
    private static Map<String, Object> results(KafkaLog log) throws IOException {
        Map<String, Object> results = new TreeMap<>();
        Map<String, Integer> revisions = new HashMap<>();
        for (String text : log.committedValues("window-results")) {
            JsonNode result = JSON.readTree(text);
            String place = result.get("key").textValue()
                    + "@"
                    + Instant.parse(result.at("/window/end").textValue()).getEpochSecond()
                    + "000000000";
            if (revisions.merge(place, result.get("rev").intValue(), Math::max)
                    == result.get("rev").intValue()) {
                JsonNode last = result.at("/values/last");
                results.put(
                        place,
                        last.isMissingNode()
                                ? (Object) result.at("/values/avg_value").doubleValue()
                                : last.textValue());
            }
        }
        return results;
    }
}
