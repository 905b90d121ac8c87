// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.streampane.simulation.BrokerResource;
import dev.streampane.simulation.SimulatorContract;
import dev.streampane.simulation.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
        value = BrokerResource.class,
        initArgs = {@ResourceArg(name = "prefix", value = "iot"), @ResourceArg(name = "iot.devices.count", value = "40")
        })
class IotSimulatorIT extends SimulatorContract {

    IotSimulatorIT() {
        super("iot", "reading", "device-readings", "device");
    }

    @Override
    protected void checkHeaders(ConsumerRecord<byte[], byte[]> message, JsonNode reading) {
        assertThat(message.headers()).isEmpty();
    }

    @Test
    void shouldLoseNothingAcknowledgedAndCountDropsWhenTheBrokerIsKilled() throws Exception {
        // Given
        awaitAcknowledged(state().getLong("acknowledged") + 100);
        management().get("/q/health/ready").then().statusCode(200);

        // When
        kafka.kill();

        // Then
        await().atMost(PATIENCE).until(() -> state().getString("broker").equals("AWAY"));
        management().get("/q/health/ready").then().statusCode(503).body("status", is("DOWN"));
        management().get("/q/health/live").then().statusCode(200);
        await().atMost(PATIENCE).until(() -> state().getLong("dropped") > 1000);
        assertThat(state().getInt("bufferedBytes")).isLessThanOrEqualTo(64 * 1024);
        long acknowledged = state().getLong("acknowledged");
        kafka.restart();
        await().atMost(PATIENCE)
                .untilAsserted(() -> management().get("/q/health/ready").then().statusCode(200));
        awaitAcknowledged(acknowledged + 300);
        assertThat(state().getLong("failed")).isZero();
        shouldHoldEveryJournalledRecordInTheTopicOnce();
        put("{\"state\":\"PAUSED\"}");
        long sent = awaitQuiet();
        awaitAcknowledged(sent);
        assertThat(topic().stream().filter(message -> !TopicReader.isHeartbeat(message)))
                .as("nothing is there twice")
                .hasSize((int) sent);
    }

    @Test
    void shouldPublishRowsAndTheirHeartbeatsToEveryPartitionOfTheirTopic() throws Exception {
        // Given
        put("{\"tags\":{\"rate\":500}}").body("tags.rate", is(500));
        await().atMost(PATIENCE).until(() -> state().getLong("tags.messages.acknowledged") > 100);
        put("{\"state\":\"PAUSED\"}");
        long sent = awaitQuiet("tags.", "messages.sent");
        int heartbeats = state().getInt("tags.heartbeats.acknowledged");

        // When
        await().atMost(PATIENCE).until(() -> state().getInt("tags.heartbeats.acknowledged") >= heartbeats + 8);

        // Then
        assertThat(state().getLong("tags.messages.sent")).isEqualTo(sent);
        assertThat(state().getString("tags.topic")).isEqualTo("time-series");
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> partitions =
                TopicReader.read(kafka.bootstrapServers(), "time-series").stream()
                        .collect(groupingBy(ConsumerRecord::partition));
        assertThat(partitions).hasSize(4);
        long rows = 0;
        long old = 0;
        for (List<ConsumerRecord<byte[], byte[]>> records : partitions.values()) {
            Instant heartbeat = Instant.MIN;
            for (ConsumerRecord<byte[], byte[]> message : records) {
                assertThat(message.key()).isNull();
                assertThat(message.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
                if (TopicReader.isHeartbeat(message)) {
                    heartbeat = Instant.parse(
                            JSON.readTree(message.value()).get("ts").textValue());
                    assertThat(heartbeat.getNano()).isZero();
                    continue;
                }
                assertThat(message.headers()).isEmpty();
                for (CsvRecord row : CsvReader.builder().ofCsvRecord(new String(message.value(), UTF_8))) {
                    rows++;
                    assertThat(row.getField(1)).matches("pu136mod-n[ids]-0[0-3][0-9]");
                    old += Instant.parse(row.getField(0)).isBefore(heartbeat) ? 1 : 0;
                }
            }
        }
        assertThat(rows).isBetween(100L, state().getLong("tags.rows"));
        assertThat(old).isBetween(1L, state().getLong("tags.oldRows"));
    }

    @Test
    void shouldShowTheNumbersOfRows() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(management().get("/q/metrics").asString())
                        .containsPattern("iot_records_acknowledged_total\\{kind=\"rows\"} [1-9]")
                        .containsPattern("iot_rows_total [1-9]"));
    }
}
