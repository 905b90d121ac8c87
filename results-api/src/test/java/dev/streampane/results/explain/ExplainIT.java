// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.oneOf;
import static org.hamcrest.Matchers.startsWith;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.Store;
import dev.streampane.results.Topics;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.tail.Forgetting;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One minute of one device, its audit lines and its result, as a job would have written them: on a topic of its own per test, in the hour before.
 * Temperatures 10, 20, 30 and 40, of which 30 comes after the window's end; one record too late, one that is no JSON, one from the future; and
 * an aborted transaction in partition 1.
 */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class ExplainIT {

    private static final String JOB = "weather-average";
    private static final Instant START =
            Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.HOURS);
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    Log log;

    @RealServers.Running
    Store store;

    @Inject
    TailFeeds feeds;

    private final String name = "explain-" + UUID.randomUUID();
    private final String id =
            "%s~tumbling-1m~%s~%s~%s".formatted(JOB, name, ID_TIME.format(START), ID_TIME.format(at(60)));
    private KafkaProducer<byte[], byte[]> producer;
    private Admin admin;
    private String topicId;
    private Instant audited = Instant.now();

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    @BeforeEach
    void writeInputs() throws Exception {
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        topicId = Topics.anew(admin, name, 2);
        producer = Log.producer(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        reading(0, name, at(1), 10);
        reading(0, name, at(30), 20);
        reading(0, "other", at(31), 99);
        heartbeat(0, at(60));
        reading(0, name, at(61), 5);
        heartbeat(0, at(70));
        reading(0, name, at(50), 30);
        heartbeat(0, at(126));
        reading(0, name, at(59), 77);
        send(0, "{", null);
        reading(0, name, Instant.now().plusSeconds(900), 1);
        heartbeat(0, at(130));
        reading(1, name, at(20), 40);
        producer.flush();
        log.begin().add(name, 1, null, "{}").abort();
        heartbeat(1, at(130));
        producer.flush();
    }

    @AfterEach
    void close() {
        producer.close();
        admin.close();
    }

    @Test
    void shouldSayEqualWhenAllThreeSayTheSame() throws Exception {
        // Given
        lines();
        store(result(4, 1), publish(result(4, 1)));
        // Then
        explain()
                .statusCode(200)
                .header("Streampane-Position", startsWith("window-results~"))
                .header("Cache-Control", "no-store")
                .body("verdict", equalTo("equal"))
                .body("settling", equalTo(false))
                .body("scope", equalTo("window"))
                .body("findings", empty())
                .body("differences", empty())
                .body("read.records", equalTo(14))
                .body("read.counted", equalTo(6))
                .body("read.late", equalTo(1))
                .body("read.rejected", equalTo(2))
                .body("read.heartbeats", equalTo(5))
                .body("read.unguarded", equalTo(0))
                .body("read.corrected", equalTo(0))
                .body("read.inWindow", equalTo(4))
                .body("read.otherKeys", equalTo(1))
                .body("read.otherWindows", equalTo(1))
                .body("lines.first", contains(0, 0))
                .body("lines.last", contains(11, 3))
                .body("lines.agrees", contains(true, true))
                .body("recomputed.count", equalTo(4))
                .body("recomputed.sums.temp", equalTo("100000000"))
                .body("recomputed.complete", equalTo(true))
                .body("unchecked", contains("jobVersion", "window.zone"));
        given().head("/api/v1/windows/" + id + "/explain").then().statusCode(200);
        String position = explain().extract().path("position");
        ok("/api/v1/windows/" + id + "/explain?atLeast=" + position).body("verdict", equalTo("equal"));
        String later = position.replaceAll("(window-results~[^~]+~)[0-9.]+", "$1999999.0.0.0");
        answer(504, "/api/v1/windows/" + id + "/explain?atLeast=" + later).body("type", equalTo("/problems/not-yet"));
    }

    @Test
    void shouldSeeThatARecordHasTheIdOfAnotherKeysWindow() throws Exception {
        // Given: the id of another device, and everything else of this one
        lines();
        String others = id.replace(name, name + "-2");
        String forged = result(4, 1).replace(id, others);
        store(others, forged, publish(forged));
        // Then
        ok("/api/v1/windows/" + others + "/explain")
                .body("id", equalTo(others))
                .body("verdict", equalTo("different"))
                .body("findings", contains("log: differs from the inputs"))
                .body("differences.field", contains("id"))
                .body("differences.recomputed", contains(id));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "1, 2, `\"complete\":true`, `\"complete\":true`, ``",
                "0, 1, `\"complete\":true`, `\"complete\":false`, differs from the inputs",
                "0, 2, `\"rev\":2`, `\"rev\":2`, REVISED revision 2 of generation 77 is the first of its window",
                "1, 2, `\"rev\":2`, `\"rev\":3`, REVISED revision 3 of generation 77 follows revision 1 of generation 77",
                "1, 2, `\"REVISED\"`, `\"FINAL\"`, `is FINAL, which only revision 1 may be, but has 2`",
                "1, 2, `\"late-record\"`, `\"watermark\"`, is REVISED because of 'watermark'",
                "1, 2, `\"generation\":77`, `\"generation\":78`, REVISED revision 2 of generation 78 follows revision 1 of generation 77"
            })
    void shouldSeeWhatIsForgedOrMissingInTheLog(int before, int rev, String sound, String forged, String finding) {
        // Given
        lines();
        if (before == 1) {
            publish(beforeTheLateRecord());
        }
        String result = result(4, rev).replace(sound, forged);
        store(result, publish(result));
        // Then
        explain()
                .statusCode(200)
                .body("verdict", equalTo(finding.isEmpty() ? "equal" : "different"))
                .body("findings", finding.isEmpty() ? empty() : hasItem("log: " + finding))
                .body("unchecked", hasItems("jobVersion", "window.zone"))
                .body("unchecked", everyItem(oneOf("generation", "jobVersion", "window.zone")));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "77, superseded, `log: RETRACTED revision 1 of generation 77 follows revision 1 of generation 77`",
                "78, `merged\",\"mergedInto\":\"longer`, log: is RETRACTED because of 'merged'"
            })
    void shouldSeeThatASoundWindowIsRetracted(int generation, String cause, String finding) {
        // Given
        lines();
        publish(result(4, 1));
        String retraction = superseded(generation).replace("superseded", cause);
        store(retraction, publish(retraction));
        // Then
        explain().statusCode(200).body("verdict", equalTo("different")).body("findings", hasItem(finding));
    }

    /** Between the revisions of a window, in the partition that it is in. */
    @Test
    void shouldReadPastANumberThatIsTooLarge() {
        // Given
        lines();
        publish(beforeTheLateRecord());
        publish("{\"id\":1e99999999999}");
        store(result(4, 2), publish(result(4, 2)));
        // Then
        explain().statusCode(200).body("verdict", equalTo("equal"));
    }

    @Test
    void shouldClaimNothingOfARetractionWhoseRunsAreNotKnown() {
        // Given: job-runs has neither generation
        publish(result(4, 1));
        store(superseded(78), publish(superseded(78)));
        // Then
        explain()
                .statusCode(200)
                .body("verdict", equalTo("retracted"))
                .body(
                        "summary",
                        equalTo("This window was retracted because of 'superseded', which could not be checked."))
                .body("findings", empty())
                .body("unchecked", contains("cause", "generation", "jobVersion"));
    }

    /** What the command writes of the window if that generation did not make it. */
    private String superseded(int generation) {
        JobRun run = new JobRun(JOB, generation, "j", List.of("tumbling(1m)"), Map.of(), START, "1.0.0");
        byte[] json = PublishedResult.read(RecordJson.read(bytes(result(4, 1))))
                .orElseThrow()
                .supersededBy(run);
        return new String(json, StandardCharsets.UTF_8);
    }

    @Test
    void shouldReadPastATransactionThatIsOpenBehindTheInputs() throws Exception {
        // Given
        lines();
        store(result(4, 1), publish(result(4, 1)));
        log.begin().add(name, 0, null, "{}").flush();
        // Then
        explain().statusCode(200).body("verdict", equalTo("equal"));
        log.abort();
    }

    @Test
    void shouldRefuseWhatIsTooMuchWithTheCommandThatDoesIt() throws Exception {
        // Given: more heartbeats than may be read
        for (int i = 0; i < 200_001; i++) {
            heartbeat(0, at(130));
        }
        reading(0, name, at(200), 7);
        producer.flush();
        line(0, 200_013, 200_005, 5, 1, 2, at(200));
        line(1, 3, 1, 1, 0, 0, at(130));
        String wide = result(4, 1).replace("\"last\":6}", "\"last\":200013}");
        store(wide, publish(wide));
        // Then
        String command = "streampane replay weather-average --generation 77 --compare --from %s --to %s"
                .formatted(at(0), at(60));
        explain()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/too-much-to-explain"))
                .body("command", equalTo(command))
                .body("detail", containsString(command));
    }

    @Test
    void shouldAnswerFromTheLogWhileElasticsearchDoesNotHaveTheWindow() throws Exception {
        // Given
        lines();
        publish(result(4, 1));
        // Then
        await().untilAsserted(() -> explain().statusCode(200).body("verdict", equalTo("equal")));
        explain().body("findings", contains("document: is not in Elasticsearch yet"));
    }

    @Test
    void shouldSayThatADocumentIsMissingThatWasDeletedThoughMemoryHasTheWindow() throws Exception {
        // Given
        lines();
        long offset = publish(result(4, 1));
        store(result(4, 1), offset);
        await().until(() -> Served.position().offsets()[0] > offset);
        store.acknowledge(Served.position());
        explain().body("verdict", equalTo("equal")).body("findings", empty());
        // Then
        assertSaidToBeMissingOnceDeleted();
    }

    @Test
    void shouldSayThatADocumentIsMissingThatWasDeletedWhenOnlyTheHistoryHasTheWindow() throws Exception {
        // Given
        lines();
        long offset = publish(result(4, 1));
        store(result(4, 1), offset);
        put(document("history", id + "~77~1"), result(4, 1), offset);
        await().until(() -> Served.position().offsets()[0] > offset);
        Forgetting.all(feeds.tail(), "window-results");
        store.acknowledge(Served.position());
        // Then
        assertSaidToBeMissingOnceDeleted();
    }

    private void assertSaidToBeMissingOnceDeleted() {
        store.send("DELETE", document() + "?refresh=true", "");
        explain()
                .statusCode(200)
                .body("verdict", equalTo("different"))
                .body("findings", contains("document: is missing from Elasticsearch; the log has the window"))
                .body("recomputed.count", equalTo(4));
    }

    /** The job's second revision has left memory while nothing indexed it. */
    @Test
    void shouldNotAccuseALogWhoseNewestRevisionIsNotIndexedYet() throws Exception {
        // Given: a window that was closed a while ago
        audited = Instant.now().minusSeconds(45);
        Topics.setTimestamps(admin, "audit", "CreateTime");
        try {
            lines();
        } finally {
            Topics.setTimestamps(admin, "audit", "LogAppendTime");
        }
        String first = beforeTheLateRecord();
        store(first, publish(first));
        long second = publish(result(4, 2));
        await().until(() -> Served.position().offsets()[0] > second);
        Forgetting.all(feeds.tail(), "window-results");
        // Then
        explain()
                .statusCode(200)
                .body("verdict", equalTo("equal"))
                .body(
                        "findings",
                        contains(
                                "log: may have a newer revision, of more records, that Elasticsearch does not show yet"));
    }

    /** The window of the readings that came before its end. */
    private String beforeTheLateRecord() {
        return result(3, 1)
                .replace("\"avg_temp\":25.000000", "\"avg_temp\":23.333333")
                .replace("\"temp\":\"100000000\",\"hum\":\"200000000\"", "\"temp\":\"70000000\",\"hum\":\"150000000\"")
                .replace("\"late\":1", "\"late\":0")
                .replace(at(50).toString(), at(30).toString())
                .replace("\"last\":6}", "\"last\":1}");
    }

    @Test
    void shouldOnlyBeReadAndAsJsonOfWindowsAndPositionsThatThereAre() {
        // Given: a store that is not behind, for one that is cannot say of a window that there is none
        store.acknowledge(Served.position());
        store.refresh();
        // Then
        given().post("/api/v1/windows/x/explain").then().statusCode(405);
        answer(given().accept("text/csv"), 406, "/api/v1/windows/x/explain");
        answer(400, "/api/v1/windows/x/explain?atLeast=garbage");
        for (String other : List.of("x", "%00", "weather-average~tumbling-1m~%25%25~20261120T060000.000Z~x")) {
            answer(given().urlEncodingEnabled(false), 404, "/api/v1/windows/" + other + "/explain")
                    .contentType("application/problem+json");
        }
    }

    private ValidatableResponse explain() {
        return given().get("/api/v1/windows/" + id + "/explain").then();
    }

    private void lines() {
        line(0, 11, 4, 5, 1, 2, at(130));
        line(1, 3, 1, 1, 0, 0, at(130));
    }

    /** The line over all of a partition up to {@code last}. */
    private void line(
            int partition, long last, int heartbeats, int counted, int late, int rejected, Instant clockAfter) {
        String line = TestLine.of(new AuditLine.Key(JOB, 77, name, topicId, partition), 0, last)
                .rejected(rejected)
                .heartbeats(heartbeats)
                .counted("tumbling(1m)", counted)
                .late(late)
                .horizon(null, clockAfter.minusSeconds(65))
                .windows(new WindowCount(at(60), Math.max(1, counted - 1)))
                .clock(null, clockAfter)
                .json();
        byte[] key = bytes(JOB + "/" + name + "/" + partition);
        log.begin()
                .add(new ProducerRecord<>("audit", null, audited.toEpochMilli(), key, bytes(line)))
                .commit();
    }

    private String result(int count, int rev) {
        return """
               {"id":"%s","job":"%s","spec":"tumbling(1m)","key":"%s",\
               "window":{"kind":"tumbling","start":"%s","end":"%s","zone":"UTC"},\
               "generation":77,"rev":%d,"status":"%s","cause":"%s","complete":true,\
               "values":{"avg_temp":25.000000,"avg_hum":50.000000,"min_temp":10.000000,"max_temp":40.000000,\
               "min_hum":50.000000,"max_hum":50.000000},"sums":{"temp":"100000000","hum":"200000000"},\
               "count":%d,"late":1,"minEventTime":"%s","maxEventTime":"%s","watermark":null,\
               "inputs":[{"topic":"%s","partition":0,"first":0,"last":6},\
               {"topic":"%s","partition":1,"first":0,"last":0}],"jobVersion":"1.0.0"}""".formatted(
                        id,
                        JOB,
                        name,
                        START,
                        at(60),
                        rev,
                        rev == 1 ? "FINAL" : "REVISED",
                        rev == 1 ? "watermark" : "late-record",
                        count,
                        at(1),
                        at(50),
                        name,
                        name);
    }

    /** Commits a result; its offset in partition 0. */
    private long publish(String result) {
        return log.place("window-results", 0, name, result).offset();
    }

    private void store(String result, long offset) {
        store(id, result, offset);
    }

    private void store(String id, String result, long offset) {
        put(document("results", id), result, offset);
    }

    private void put(String path, String result, long offset) {
        String document = result.substring(0, result.lastIndexOf('}'))
                + ",\"@timestamp\":\"%s\",\"client\":\"%s\",\"log\":{\"epoch\":\"%s\",\"partition\":0,\"offset\":%d}}"
                        .formatted(at(60), name, Served.position().id(), offset);
        store.send("PUT", path + "?refresh=true", document);
    }

    private String document() {
        return document("results", id);
    }

    private static String document(String index, String id) {
        return "/window-%s-%s-%s/_doc/%s"
                .formatted(index, JOB, START.toString().substring(0, 7).replace('-', '.'), id);
    }

    private void reading(int partition, String device, Instant time, int temperature) {
        send(
                partition,
                "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%d,\"humidity\":50}"
                        .formatted(device, time, temperature),
                null);
    }

    private void heartbeat(int partition, Instant time) {
        send(partition, "{\"ts\":\"" + time + "\"}", "heartbeat");
    }

    private void send(int partition, String value, String kind) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(name, partition, null, bytes(value));
        if (kind != null) {
            record.headers().add("kind", bytes(kind));
        }
        producer.send(record);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
