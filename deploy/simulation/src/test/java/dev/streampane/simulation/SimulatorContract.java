// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.LocalKafka;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A running simulator against the broker of {@link BrokerResource}. */
public abstract class SimulatorContract {

    protected static final ObjectMapper JSON = new ObjectMapper();
    protected static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String PATH = "/api/v1/simulator";

    protected LocalKafka kafka;

    Path journal;

    private final String prefix;
    private final String kind;
    private final String topic;
    private final String sender;

    /**
     * @param prefix of the names of settings and metrics
     * @param kind of the records, in metrics
     * @param topic of the records
     * @param sender field of a record that is its key
     */
    protected SimulatorContract(String prefix, String kind, String topic, String sender) {
        this.prefix = prefix;
        this.kind = kind;
        this.topic = topic;
        this.sender = sender;
    }

    /** Holds a record's headers to what the simulator gives it. */
    protected abstract void checkHeaders(ConsumerRecord<byte[], byte[]> message, JsonNode json);

    @AfterEach
    void resume() {
        put("{\"state\":\"RUNNING\",\"rate\":400}");
    }

    @Test
    void shouldTellHealthAndMetricsOnAPortOfTheirOwnAlone() {
        for (String path : List.of("/q/health", "/q/health/live", "/q/health/started", "/q/metrics")) {
            management().get(path).then().statusCode(200);
            given().get(path).then().statusCode(404);
            management().header("Host", "evil.example").get(path).then().statusCode(421);
        }
        for (String path : List.of(PATH, "/q/openapi")) {
            given().get(path).then().statusCode(200);
            management().get(path).then().statusCode(404);
        }
    }

    @Test
    void shouldTakeNoRequestForAnotherHostAndSayWhatIsTooLarge() {
        given().header("Host", "evil.example")
                .contentType("application/json")
                .body("{\"rate\":1}")
                .put(PATH)
                .then()
                .statusCode(421)
                .contentType("application/problem+json");
        given().contentType("application/json")
                .body("{\"x\":\"" + "x".repeat(65_536) + "\"}")
                .put(PATH)
                .then()
                .statusCode(413)
                .contentType("application/problem+json")
                .body("status", equalTo(413));
        given().get(PATH).then().statusCode(200).header("X-Content-Type-Options", "nosniff");
    }

    @Test
    protected void shouldHoldEveryJournalledRecordInTheTopicOnce() throws Exception {
        // Given
        awaitAcknowledged(state().getLong("acknowledged") + 500);

        // When
        Map<String, JsonNode> journalled = journalled();
        List<ConsumerRecord<byte[], byte[]>> records = topic();

        // Then
        Map<String, ConsumerRecord<byte[], byte[]>> byPlace = new HashMap<>();
        records.forEach(r -> byPlace.put(r.partition() + "/" + r.offset(), r));
        assertThat(journalled).hasSizeGreaterThan(500);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        journalled.forEach((place, line) -> {
            ConsumerRecord<byte[], byte[]> found = byPlace.get(place);
            assertThat(found).as(place).isNotNull();
            assertThat(HexFormat.of().formatHex(sha256.digest(found.value())))
                    .isEqualTo(line.get("sha256").textValue());
            assertThat(found.key() == null ? null : new String(found.key(), UTF_8))
                    .isEqualTo(line.get("key").textValue());
        });
    }

    @Test
    void shouldKeyRecordsBySenderAndLetTheBrokerStampThem() throws Exception {
        awaitAcknowledged(100);

        for (ConsumerRecord<byte[], byte[]> message : topic()) {
            assertThat(message.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
            if (!TopicReader.isHeartbeat(message)) {
                JsonNode json = JSON.readTree(message.value());
                assertThat(new String(message.key(), UTF_8))
                        .isEqualTo(json.get(sender).textValue());
                checkHeaders(message, json);
            } else {
                assertThat(message.key()).isNull();
            }
        }
    }

    @Test
    void shouldWriteHeartbeatsToEveryPartitionAfterEarlierRecordsAlsoWhilePaused() throws Exception {
        // Given
        awaitAcknowledged(200);
        put("{\"state\":\"PAUSED\"}");
        long sent = awaitQuiet();
        int heartbeats = state().getInt("heartbeats.acknowledged");

        // When
        await().atMost(PATIENCE).until(() -> state().getInt("heartbeats.acknowledged") >= heartbeats + 12);

        // Then
        assertThat(state().getLong("sent")).isEqualTo(sent);
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> partitions =
                topic().stream().collect(groupingBy(ConsumerRecord::partition));
        assertThat(partitions).hasSize(4);
        long dropped = state().getLong("heartbeats.dropped");
        for (List<ConsumerRecord<byte[], byte[]>> records : partitions.values()) {
            Instant last = null;
            long missing = 0;
            for (ConsumerRecord<byte[], byte[]> message : records) {
                Instant time =
                        Instant.parse(JSON.readTree(message.value()).get("ts").textValue());
                if (TopicReader.isHeartbeat(message)) {
                    assertThat(time.getNano()).isZero();
                    if (last != null) {
                        assertThat(time).isAfter(last);
                        missing += Duration.between(last, time).toSeconds() - 1;
                    }
                    last = time;
                } else if (last != null) {
                    assertThat(time).isAfterOrEqualTo(last);
                }
            }
            assertThat(missing).as("those that were dropped at most").isLessThanOrEqualTo(dropped);
        }
    }

    @Test
    void shouldPauseResumeAndChangeTheRate() throws Exception {
        // When
        put("{\"state\":\"PAUSED\"}").body("state", is("PAUSED"));
        long sent = awaitQuiet();
        long resumed = System.nanoTime();
        put("{\"state\":\"RUNNING\",\"rate\":2000}")
                .body("state", is("RUNNING"))
                .body("rate", is(2000));

        // Then: it has sent more than at the rate of before, 400, with what plays scenarios
        await().atMost(PATIENCE)
                .until(() ->
                        state().getLong("sent") - sent > 400 + 500 * (System.nanoTime() - resumed) / 1_000_000_000);
    }

    @Test
    void shouldInjectFaultsWhenTold() {
        // Given
        int before = state().getInt("injected.SILENT");

        // When
        put("{\"faults\":{\"silent\":{\"probability\":1,\"by\":\"1ms\"}}}")
                .body("faults.silent.by", equalTo("PT0.001S"));

        // Then
        await().atMost(PATIENCE).until(() -> state().getInt("injected.SILENT") > before + 50);
        put("{\"faults\":{\"silent\":{\"probability\":0}}}");
    }

    @Test
    void shouldCountNoFaultsWhilePaused() throws Exception {
        // Given
        put("{\"state\":\"PAUSED\"}");
        awaitQuiet();
        put("{\"faults\":{\"silent\":{\"probability\":1,\"by\":\"1ms\"}}}");
        int before = state().getInt("injected.SILENT");

        // When
        int heartbeats = state().getInt("heartbeats.acknowledged");
        await().atMost(PATIENCE).until(() -> state().getInt("heartbeats.acknowledged") >= heartbeats + 12);

        // Then
        assertThat(state().getInt("injected.SILENT")).isEqualTo(before);
        put("{\"state\":\"RUNNING\"}");
        await().atMost(PATIENCE).until(() -> state().getInt("injected.SILENT") > before);
        put("{\"faults\":{\"silent\":{\"probability\":0}}}");
    }

    @Test
    void shouldAnswerAWrongRequestWithAProblemThatNamesTheFieldAndChangeNothing() {
        given().contentType(ContentType.JSON)
                .body("{\"state\":\"PAUSED\",\"rate\":-1}")
                .put(PATH)
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", is(400))
                .body("instance", is(PATH))
                .body("detail", containsString("rate -1 is not allowed; allowed is a whole number"))
                .body("violations.field", hasItem("rate"));
        assertThat(state().getString("state")).isEqualTo("RUNNING");
    }

    @Test
    void shouldAnswerEveryErrorWithAProblem() {
        problem(given().contentType(ContentType.JSON).body("{\"rate\":1,\"rate\":2}"), "PUT", PATH, 400);
        problem(given().contentType(ContentType.JSON).body("{\"rate\":1}}"), "PUT", PATH, 400);
        problem(given().contentType(ContentType.JSON).body("{"), "PUT", PATH, 400);
        problem(given().contentType(ContentType.JSON).body(""), "PUT", PATH, 400);
        problem(given().contentType(ContentType.XML).body("<rate/>"), "PUT", PATH, 415);
        problem(given(), "DELETE", PATH, 405).header("Allow", "GET, HEAD, PUT, OPTIONS");
        problem(given(), "GET", "/api/v1/nothing", 404);
        problem(given().accept(ContentType.XML), "GET", PATH, 406);
    }

    @Test
    void shouldDescribeItselfAndShowItsNumbers() {
        when().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("paths.'/api/v1/simulator'.put.responses.400.description", containsString("problem"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(management().get("/q/metrics").asString())
                        .containsPattern(prefix + "_records_acknowledged_total\\{kind=\"" + kind + "\"} [1-9]")
                        .containsPattern(prefix + "_records_sent_total\\{kind=\"heartbeat\"} [1-9]")
                        .contains(prefix + "_acknowledgement_age_seconds", prefix + "_buffer_bytes"));
    }

    @Test
    void shouldCountRequestsUnderNoMethodOrPathThatClientsMakeUp() {
        // When
        given().request("MADEUP", PATH);
        given().header("Host", "evil.example").get("/made/up");

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(management().get("/q/metrics").asString())
                        .containsPattern("http_server_requests_seconds_count\\{.*method=\"OTHER\".*}")
                        .containsPattern("http_server_requests_seconds_count\\{.*uri=\"UNKNOWN\".*}")
                        .containsPattern("http_server_requests_seconds_count\\{.*uri=\"" + PATH + "\".*}")
                        .doesNotContain("MADEUP", "/made/up"));
    }

    private static ValidatableResponse problem(RequestSpecification request, String method, String path, int status) {
        return request.request(method, path)
                .then()
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", is(status));
    }

    protected static ValidatableResponse put(String json) {
        return given().contentType(ContentType.JSON).body(json).put(PATH).then().statusCode(200);
    }

    protected static JsonPath state() {
        return when().get(PATH).then().statusCode(200).extract().jsonPath();
    }

    protected static void awaitAcknowledged(long count) {
        await().atMost(PATIENCE).until(() -> state().getLong("acknowledged") >= count);
    }

    /** Waits until a pause has reached the last record, and returns the number sent. */
    protected static long awaitQuiet() {
        return awaitQuiet("", "sent");
    }

    /**
     * Waits until a pause has reached the last record of a topic, and returns the number sent. A record that was taken before the pause may
     * come to the buffer after it; the next heartbeat comes behind it.
     *
     * @param topic what the names of its numbers begin with
     */
    protected static long awaitQuiet(String topic, String counter) {
        await().atMost(PATIENCE).until(() -> state().getLong(topic + "waiting") == 0);
        long heartbeats = state().getLong(topic + "heartbeats.sent");
        await().atMost(PATIENCE).until(() -> state().getLong(topic + "heartbeats.sent") > heartbeats);
        return state().getLong(topic + counter);
    }

    private Map<String, JsonNode> journalled() throws IOException {
        Map<String, JsonNode> lines = new HashMap<>();
        for (String line : Files.readAllLines(journal)) {
            JsonNode entry = JSON.readTree(line);
            String place = entry.get("partition") + "/" + entry.get("offset");
            assertThat(lines.put(place, entry)).as(place).isNull();
        }
        return lines;
    }

    protected List<ConsumerRecord<byte[], byte[]>> topic() {
        return TopicReader.read(kafka.bootstrapServers(), topic);
    }

    /** A request to where health and metrics are. */
    protected static RequestSpecification management() {
        return given().port(Integer.getInteger(BrokerResource.MANAGEMENT_PORT));
    }
}
