// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.record;
import static dev.streampane.results.Fixtures.rejectHeaders;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Topics;
import dev.streampane.results.log.LogReaders;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class RejectsIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DEAD = "dead-letters";
    private static final String LATE = "late-records";
    private static final String RECORDS = "/api/v1/records?topic=";

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    Log log;

    @TestHTTPResource("/")
    URI root;

    @Inject
    LogReaders readers;

    @Inject
    ResultsConfig config;

    @Test
    void shouldRefuseOneListMoreThanAPrincipalMayReadAtOnce() {
        // Given: nobody reads the log
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(config.catchUpReaders());
        for (int reader = 0; reader < config.catchUpReaders(); reader++) {
            readers.layout(DEAD).subscribe().with(layout -> {
                free.countDown();
                await().until(() -> busy.getCount() == 0);
            });
        }
        HttpRequest request =
                HttpRequest.newBuilder(root.resolve("api/v1/dead-letters")).build();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try {
            await().until(() -> free.getCount() == 0);
            // When
            for (int n = 0; n <= config.query().maxScans() / 2; n++) {
                answers.add(HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            // Then
            await().until(() ->
                    answers.stream().filter(CompletableFuture::isDone).count() == 1);
        } finally {
            busy.countDown();
        }
        assertThat(answers.stream().map(answer -> answer.join().statusCode()).sorted())
                .startsWith(200)
                .endsWith(200, 503)
                .containsOnlyOnce(503);
    }

    @Test
    void shouldFilterByEachWordOfThePlaceAndByAppendTime() throws IOException {
        // Given
        letters("filtered", "reason", "type", "device-readings", 0, 10);
        letters("filtered", "reason", "range", "device-readings", 1, 11);
        letters("filtered", "reason", "type", "transactions", 1, 12);
        // Then
        String path = "/api/v1/dead-letters?job=filtered&order=asc";
        ok(path).body("items.input.offset", contains(10, 11, 12));
        ok(path + "&reason=type").body("items.input.offset", contains(10, 12));
        ok(path + "&topic=device-readings").body("items.input.offset", contains(10, 11));
        ok(path + "&partition=1").body("items.input.offset", contains(11, 12));
        ok(path + "&partition=1&topic=transactions&reason=type").body("items.input.offset", contains(12));
        ok(path + "&reason=future").body("items", hasSize(0));
        ok("/api/v1/dead-letters?job=nobody")
                .body("items", hasSize(0))
                .body("next", nullValue())
                .body("truncated", equalTo(false));
        // When: the second one's append time is a bound
        JsonNode second = page("filtered").at("/items/1");
        Instant at = Instant.parse(second.get("appended").asText());
        // Then
        ok(path + "&from=" + at).body("items[0].input.offset", equalTo(11));
        ok(path + "&to=" + at).body("items.input.offset", contains(10));
        ok(path + "&to=" + at.plusMillis(1)).body("items.input.offset[-1]", equalTo(11));
        ok(path + "&from=2000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z").body("items", hasSize(3));
        ok(path + "&from=9999-01-01T00:00:00Z").body("items", hasSize(0));
        ok(path + "&to=1970-01-01T00:00:01Z").body("items", hasSize(0));
    }

    @Test
    void shouldLeadToTheAuditAndToTheWindow() {
        // Given
        letters("booked", "reason", "type", "device-readings", 3, 1203);
        AuditLine.Key key = new AuditLine.Key("booked", 1, "device-readings", "t", 3);
        log.put(
                "audit",
                null,
                "booked/device-readings/3",
                TestLine.of(key, 1200, 1290).rejected(91).json());
        // When
        String audit = ok("/api/v1/dead-letters?job=booked")
                .body("items[0].generation", equalTo(1))
                .body("items[0].message", equalTo("an example"))
                .body("items[0].input.topic", equalTo("device-readings"))
                .body("items[0].input.appended", equalTo("2026-11-20T06:00:00.012Z"))
                .body("items[0].malformed", hasSize(0))
                .extract()
                .path("items[0].links.books");
        // Then
        assertThat(audit).isEqualTo("/api/v1/audit?job=booked&topic=device-readings&partition=3&offset=1203");
        await().untilAsserted(() -> ok(audit).body("items", hasSize(1)).body("items[0].rejected", equalTo(91)));
    }

    private static ProducerRecord<byte[], byte[]> refused(String topic, String id) {
        return record(
                DEAD,
                1,
                Map.of(
                        "job", "index-results",
                        "generation", "1",
                        "reason", "index-refused",
                        "message", "400 strict_dynamic_mapping_exception",
                        "id", id,
                        "topic", topic,
                        "partition", "0",
                        "offset", "1203"));
    }

    @Test
    void shouldLeadFromARefusedResultToItsWindow() {
        // When
        log.begin()
                .add(refused("audit", "J5fTxkq1SUmG9qfJGKkT8w~0~42"))
                .add(refused("alerts", "fraud-detection~small-then-large~7~transactions-0-12"))
                .add(refused("window-results", "a~tumbling-1m~d%2Fe~20261120T060000.000Z~20261120T060100.000Z"))
                .commit();
        // Then
        request("/api/v1/dead-letters?job=index-results&reason=index-refused")
                .then()
                .statusCode(200)
                .body(
                        "items[0].links.window",
                        equalTo(
                                "/api/v1/windows/a%7Etumbling-1m%7Ed%252Fe%7E20261120T060000.000Z%7E20261120T060100.000Z"))
                .body("items[0].links.books", equalTo("/api/v1/audit?topic=window-results&partition=0&offset=1203"))
                .body("items[1].links.window", nullValue())
                .body("items[2].links.window", nullValue());
    }

    @Test
    void shouldLeadFromALateRecordToTheWindowsThatItMissed() {
        // Given
        Map<String, String> headers = new TreeMap<>(rejectHeaders("tardy", "spec", "sliding(10m,1m)"));
        headers.put("event-time", "2026-11-20T06:00:30Z");
        log.begin().add(record(LATE, 0, headers)).commit();
        // Then
        request("/api/v1/late?job=tardy&spec=sliding(10m,%201m)")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].spec", equalTo("sliding(10m,1m)"))
                .body("items[0].eventTime", equalTo("2026-11-20T06:00:30Z"))
                .body(
                        "items[0].links.windows",
                        equalTo("/api/v1/windows?job=tardy&spec=sliding%2810m%2C1m%29&key=device1"
                                + "&from=2026-11-20T05%3A50%3A30.001Z&to=2026-11-20T06%3A00%3A30.001Z"));
        ok("/api/v1/late?job=tardy&spec=tumbling(1m)").body("items", hasSize(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sliding(10m,1m); 1969-12-31T23:51:00Z",
                "calendar(week,UTC); 1969-12-29T00:00:00Z",
                "calendar(month,Europe/Berlin); 1969-12-31T23:00:00Z",
                "tumbling(366d,offset=1d); 1969-01-01T00:00:00Z"
            })
    void shouldLeadToWindowsThatBeginBefore1970(String spec, Instant start) throws IOException {
        // Given
        String job = "old-" + spec.replaceAll("[^a-z0-9]+", "-") + "x";
        log.put("window-results", 1, "device1", result(job, "device1", start).replace("tumbling(1m)", spec));
        Map<String, String> headers = new TreeMap<>(rejectHeaders(job, "spec", spec));
        headers.put("event-time", "1970-01-01T00:00:12Z");
        log.begin().add(record(LATE, 0, headers)).commit();
        // When
        JsonNode late = JSON.readTree(given().get("/api/v1/late?job=" + job).asString());
        // Then
        String link = late.at("/items/0/links/windows").asText();
        assertThat(link).as("%s", late).contains("&from=19");
        await().untilAsserted(() -> request(link).then().statusCode(200).body("items", hasSize(1)));
    }

    @Test
    void shouldShowHostileBytesSafely() throws IOException {
        // Given: 100 headers of other names beside the contract's, one of which is there twice
        String text = "\u0000\u001b[31m</script>\u202e\u2028\u200bé😀\udb40\udc41";
        ProducerRecord<byte[], byte[]> hostile = record(DEAD, 0, rejectHeaders("hostile", "reason", "type"));
        hostile.headers().remove("message").add("message", bytes("m" + text));
        IntStream.range(0, 100).forEach(n -> hostile.headers().add("x" + n, bytes("secret")));
        hostile.headers().add("generation", bytes("2"));
        ProducerRecord<byte[], byte[]> value =
                new ProducerRecord<>(DEAD, 0, null, bytes("k" + text), bytes("v" + text));
        hostile.headers().forEach(value.headers()::add);
        log.begin().add(value).commit();
        // When
        String raw = given().get("/api/v1/dead-letters?job=hostile").asString();
        // Then
        assertThat(raw.codePoints().filter(Character::isISOControl)).isEmpty();
        assertThat(raw).doesNotContain("<", "\u202e", "\u2028", "\u200b", "\udb40\udc41", "secret");
        assertThat(raw).contains("\\u202e", "\\u003c/script\\u003e", "é😀", "\\udb40\\udc41");
        JsonNode item = JSON.readTree(raw).at("/items/0");
        assertThat(item.at("/value/text").asText()).isEqualTo("v" + text);
        assertThat(item.at("/value/base64").binaryValue()).isEqualTo(bytes("v" + text));
        assertThat(item.at("/key/text").asText()).isEqualTo("k" + text);
        assertThat(item.at("/message").asText()).isEqualTo("m" + text);
        assertThat(item.get("generation").isNull()).isTrue();
        assertThat(item.get("malformed")).hasToString("[\"generation\"]");
    }

    @Test
    void shouldCutLongValuesAndSayHowLongTheyAre() throws IOException {
        // Given
        byte[] noText = new byte[1_000_000];
        java.util.Arrays.fill(noText, (byte) 0xff);
        byte[] twoByteCharacters = bytes("x" + "é".repeat(3_000));
        for (byte[] value : new byte[][] {noText, twoByteCharacters, new byte[0], null}) {
            ProducerRecord<byte[], byte[]> one = new ProducerRecord<>(DEAD, 0, null, null, value);
            rejectHeaders("long", "reason", "too_big")
                    .forEach((name, header) -> one.headers().add(name, bytes(header)));
            log.begin().add(one).commit();
        }
        // When
        JsonNode items = page("long").get("items");
        // Then
        assertThat(items.at("/0/value/bytes").asInt()).isEqualTo(1_000_000);
        assertThat(items.at("/0/value/cut").asBoolean()).isTrue();
        assertThat(items.at("/0/value/text").isNull()).isTrue();
        assertThat(Base64.getDecoder().decode(items.at("/0/value/base64").asText()))
                .hasSize(4_096);
        assertThat(items.at("/1/value/text").asText()).isEqualTo("x" + "é".repeat(2_047));
        assertThat(items.at("/1/value/bytes").asInt()).isEqualTo(6_001);
        assertThat(items.at("/2/value").toString())
                .isEqualTo("{\"bytes\":0,\"cut\":false,\"text\":\"\",\"base64\":\"\"}");
        assertThat(items.at("/3/value").isNull()).isTrue();
        assertThat(items.at("/3/key").isNull()).isTrue();
    }

    @Test
    void shouldShowAnInputNewestFirstWithoutAHoleWhileRecordsAreAdded() throws Exception {
        // Given
        Random random = new Random(11);
        String topic = input("whole");
        IntStream.range(0, 40).forEach(n -> readings(topic, random));
        List<String> all = committed(topic, one -> true);
        List<String> ofOne = committed(topic, one -> one.partition() == 1);
        List<String> heartbeats = committed(topic, one -> header(one, "kind").equals("heartbeat"));
        // When
        List<String> data = committed(topic, one -> !header(one, "kind").equals("heartbeat"));
        List<String> shownData = shown(RECORDS + topic + "&kind=data&limit=9", () -> {});
        List<String> shownHeartbeats = shown(RECORDS + topic + "&kind=heartbeat&limit=3", () -> {});
        List<String> shownOfOne = shown(RECORDS + topic + "&partition=1&limit=4", () -> {});
        List<String> within = ofOne.subList(2, 7);
        long first = offset(within.get(4));
        long last = offset(within.get(0));
        List<String> shownWithin =
                shown(RECORDS + topic + "&partition=1&limit=2&first=" + first + "&last=" + last, () -> {});
        List<String> shownAtOne = shown(RECORDS + topic + "&first=" + first + "&last=" + first, () -> {});
        List<String> shown = shown(RECORDS + topic + "&kind=all&limit=7", () -> readings(topic, random));
        // Then
        assertThat(shown).hasSizeGreaterThan(40).isEqualTo(all);
        assertThat(shownOfOne).hasSizeGreaterThan(8).isEqualTo(ofOne);
        assertThat(shownWithin).isEqualTo(within);
        assertThat(shownAtOne)
                .contains("1-" + first)
                .isEqualTo(all.stream().filter(place -> offset(place) == first).toList());
        assertThat(shownHeartbeats).hasSizeGreaterThan(8).isEqualTo(heartbeats);
        assertThat(shownData).hasSizeGreaterThan(8).isEqualTo(data);
    }

    @Test
    void shouldLeadFromARecordToTheAuditThatCoversIt() throws Exception {
        // Given
        String topic = input("covered");
        ProducerRecord<byte[], byte[]> reading =
                new ProducerRecord<>(topic, 1, null, bytes("k\u202e"), new byte[] {(byte) 0xff});
        reading.headers().add("kind", bytes("reading")).add("x", bytes("secret"));
        log.begin().add(reading).commit();
        // When
        String raw = given().get(RECORDS + topic).asString();
        // Then
        JsonNode item = JSON.readTree(raw).at("/items/0");
        assertThat(raw).doesNotContain("\u202e", "secret");
        assertThat(place(item)).isEqualTo("1-0");
        assertThat(item.get("kind").asText()).isEqualTo("reading");
        assertThat(item.at("/key/text").asText()).isEqualTo("k\u202e");
        assertThat(item.at("/value/text").isNull()).isTrue();
        assertThat(item.at("/value/base64").asText()).isEqualTo("/w==");
        ok(item.at("/links/books").asText())
                .body("items.topic", contains(topic))
                .body("items.partition", contains(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-topic", DEAD, "audit", "__consumer_offsets"})
    void shouldReadNoTopicThatTheAuditDoesNotNameAsAnInput(String topic) {
        // Given
        await().until(() -> given().get("/api/v1/audit").path("loaded"));
        // Then
        answer(404, RECORDS + topic)
                .body("type", equalTo("/problems/unknown-input"))
                .body("violations.parameter", contains("topic"));
    }

    private void letters(String job, String name, String cause, String topic, int partition, long offset) {
        Map<String, String> headers = new TreeMap<>(rejectHeaders(job, name, cause));
        headers.put("topic", topic);
        headers.put("partition", Integer.toString(partition));
        headers.put("offset", Long.toString(offset));
        log.begin().add(record(DEAD, partition, headers)).commit();
        // Append times are milliseconds: the next one gets a later one.
        Instant now = Instant.now();
        await().pollInterval(Duration.ofMillis(2)).until(() -> Instant.now().isAfter(now.plusMillis(2)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RequestSpecification spec() {
        return given().urlEncodingEnabled(false);
    }

    private static io.restassured.response.Response request(String target) {
        return spec().get(target);
    }

    private static JsonNode page(String job) throws IOException {
        return JSON.readTree(request("/api/v1/dead-letters?order=asc&job=" + job)
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    private static long offset(String place) {
        return Long.parseLong(place.substring(place.indexOf('-') + 1));
    }

    private static String place(JsonNode item) {
        return item.get("partition") + "-" + item.get("offset");
    }

    /** A new topic that the audit of a job names. */
    private String input(String name) throws Exception {
        String topic = "input-" + name;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.anew(admin, topic, 4);
        }
        AuditLine.Key key = new AuditLine.Key("reader", 1, topic, "t", 1);
        log.put(
                "audit",
                null,
                "reader/%s/1".formatted(topic),
                TestLine.of(key, 0, 9).json());
        await().until(() -> given().get(RECORDS + topic).statusCode() == 200);
        return topic;
    }

    private void readings(String topic, Random random) {
        log.begin();
        for (int n = random.nextInt(5); n >= 0; n--) {
            String kind = random.nextInt(3) == 0 ? "heartbeat" : "reading";
            log.add(record(topic, random.nextInt(4), Map.of("kind", kind)));
        }
        if (random.nextInt(3) == 0) {
            log.abort();
        } else {
            log.commit();
        }
    }

    /** The places on all pages of a list. */
    private static List<String> shown(String path, Runnable betweenPages) throws IOException {
        List<String> shown = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = JSON.readTree(
                    request(path + after).then().statusCode(200).extract().asString());
            page.get("items").forEach(item -> shown.add(place(item)));
            after = page.hasNonNull("next") ? "&after=" + page.get("next").asText() : "";
            betweenPages.run();
        } while (!after.isEmpty());
        return shown;
    }

    private static String header(ConsumerRecord<byte[], byte[]> one, String name) {
        return Optional.ofNullable(one.headers().lastHeader(name))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .orElse("");
    }

    /** What a plain consumer reads now, newest first. */
    private List<String> committed(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        Comparator<ConsumerRecord<byte[], byte[]>> byTime = Comparator.comparing(ConsumerRecord::timestamp);
        Comparator<ConsumerRecord<byte[], byte[]>> byOffset = Comparator.comparing(ConsumerRecord::offset);
        return TopicRecords.all(kafka.bootstrapServers(), topic, "read_committed").stream()
                .filter(wanted)
                .sorted(byTime.reversed()
                        .thenComparing(ConsumerRecord::partition)
                        .thenComparing(byOffset.reversed()))
                .map(one -> one.partition() + "-" + one.offset())
                .toList();
    }
}
