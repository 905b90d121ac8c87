// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Journal;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Generation 1 read offsets 0 to 99 of one partition, generation 2 offsets 10 to 199 and has closed all up to 06:05
 * before its newest line.
 */
class GenerationRetractionIT {

    private static final String JOB = "weather-average";
    private static final String INPUT = "device-readings";
    private static final String RESULTS = "window-results";
    private static final String OWN = "own-results";
    private static final List<String> TOPICS = List.of(INPUT, "audit", "own-audit", RESULTS, OWN, Generations.TOPIC);

    /** That the next run names. */
    private static String auditTopic;

    @RegisterExtension
    static final Journal journal = new Journal();

    @BeforeEach
    void createTopics() {
        journal.create(TOPICS, 1);
        auditTopic = "audit";
        run(1);
        line(1, journal.id(INPUT), 0, 99, null, "06:03");
        run(2);
        line(2, journal.id(INPUT), 10, 150, null, "06:05");
        line(2, journal.id(INPUT), 151, 199, "06:05", "06:06");
    }

    @AfterEach
    void deleteTopics() {
        journal.delete(TOPICS);
    }

    @ParameterizedTest(name = "memory for {0} bytes of results")
    @ValueSource(longs = {0, Long.MAX_VALUE})
    void shouldRetractWhatTheNewGenerationHasReadAndClosedAndNotMadeAndNothingElse(long mostBytes) {
        // Given
        result("not-made", 1, 1, "06:02", 10, 40);
        result("not-made", 1, 2, "06:02", 10, 50);
        result("made", 1, 1, "06:02", 10, 50);
        result("made", 2, 1, "06:02", 10, 50);
        result("closed-just-now", 1, 1, "06:05", 20, 99);
        result("closed-by-the-newest-line-alone", 1, 1, "06:06", 20, 99);
        result("read-in-part", 1, 1, "06:02", 9, 50);
        result("read-in-part-by-its-newest-revision", 1, 1, "06:02", 10, 50);
        result("read-in-part-by-its-newest-revision", 1, 2, "06:02", 10, 200);
        total("global-every-30s", 1, "06:02", 10, 50);

        // When
        GenerationRetraction.Outcome outcome = supersession().retract(mostBytes);
        journal.awaitMarkers(RESULTS);

        // Then
        assertThat(outcome.generation()).isEqualTo(2);
        assertThat(outcome.retracted()).containsExactly("closed-just-now", "not-made");
        assertThat(outcome.covered()).isEqualTo(2);
        List<JsonNode> rows = rows();
        assertThat(rows.subList(10, rows.size()))
                .extracting(row -> row.path("id").asText())
                .containsExactlyInAnyOrder("closed-just-now", "not-made");
        List<Long> offsets = TopicRecords.all(journal.bootstrapServers(), RESULTS, "read_committed").stream()
                .map(ConsumerRecord::offset)
                .toList();
        assertThat(offsets.get(11) - offsets.get(10))
                .as("a marker ends the transaction of each pass")
                .isEqualTo(mostBytes == 0 ? 2 : 1);
        assertThat(rows.subList(10, rows.size())).extracting(JsonNode::toString).contains("""
                        {"id":"closed-just-now","job":"weather-average","spec":"tumbling(1m)","key":"d1",\
                        "window":{"kind":"tumbling","start":"2026-11-20T06:00:00Z","end":"2026-11-20T06:05:00Z","zone":"UTC"},\
                        "generation":2,"rev":1,"status":"RETRACTED","cause":"superseded","complete":true,\
                        "values":{},"sums":{},"count":0,"late":0,"minEventTime":null,"maxEventTime":null,\
                        "watermark":null,"inputs":[],"jobVersion":"1.0.0"}""");
    }

    @Test
    void shouldFindNothingLeftTheSecondTime() {
        // Given
        result("not-made", 1, 1, "06:02", 10, 40);
        supersession().retract();

        // When
        GenerationRetraction.Outcome outcome = supersession().retract();

        // Then
        assertThat(outcome.retracted()).isEmpty();
        assertThat(outcome.covered()).isEqualTo(1);
        assertThat(rows()).hasSize(2);
    }

    @Test
    void shouldPassOverRecordsOfSomebodyElse() {
        // Given
        journal.write("audit", "somebody", "hello");
        journal.write(RESULTS, "somebody", "hello");
        journal.write("audit", "somebody", "{\"job\":\"weather-average\"}");
        result("not-made", 1, 1, "06:02", 10, 40);

        // When Then
        assertThat(supersession().retract().retracted()).containsExactly("not-made");
    }

    @Test
    void shouldLeaveResultsOfATopicThatWasMadeAnewUnderTheSameName() {
        // Given
        line(1, "another-topic-of-that-name", 0, 99, null, "06:03");
        result("not-made", 1, 1, "06:02", 10, 40);

        // When Then
        assertThat(supersession().retract().retracted()).isEmpty();
    }

    @Test
    void shouldLeaveResultsOfWhatWasReadBeforeTheStateThatTheNewGenerationBeganWith() {
        // Given: the line of offsets 100 to 120 was open in the state
        run(3);
        journal.write(
                "audit",
                JOB + "/" + INPUT + "/0",
                unsent(3, journal.id(INPUT), 100, 120, "06:03", "06:04")
                        .readBy(2)
                        .json());
        line(3, journal.id(INPUT), 121, 198, "06:05", "06:06");
        line(3, journal.id(INPUT), 199, 210, "06:05", "06:06");
        result("taken-over", 2, 1, "06:02", 110, 120);
        result("taken-over-in-part", 2, 1, "06:02", 120, 130);
        result("read-again", 2, 1, "06:02", 121, 130);

        // When Then
        assertThat(supersession().retract().retracted()).containsExactly("read-again");
    }

    @Test
    void shouldSeeWhatTheNewGenerationMadeInEachOfItsTopics() {
        // Given
        journal.write(Generations.TOPIC, JOB + "/2", """
                {"job":"%s","generation":2,"jobId":"a1","specs":["tumbling(1m)"],"settings":{},
                 "started":"2026-11-20T06:00:00Z","jobVersion":"1.0.0",
                 "changes":[{"started":"2026-11-20T07:00:00Z","settings":{"results-topic":"%s"}}]}""".formatted(JOB, OWN));
        result("not-made", 1, 1, "06:02", 10, 40);
        result("made", 1, 1, "06:02", 10, 50);
        journal.write(OWN, "d1", json("made", "tumbling(1m)", 2, 1, "06:02", 10, 50));

        // When Then
        assertThat(supersession().retract().retracted()).containsExactly("not-made");
    }

    @Test
    void shouldHavePassedWhenTheOlderGenerationsClockIsClosed() {
        // When Then
        assertThat(supersession().hasPassed()).isTrue();

        // Given
        line(1, journal.id(INPUT), 100, 110, null, "06:05:01");

        // When Then
        assertThat(supersession().hasPassed()).isFalse();
    }

    @Test
    void shouldReadTheAuditsOfAllGenerations() {
        // Given
        result("not-made", 1, 1, "06:02", 10, 40);
        auditTopic = "own-audit";
        run(3);
        line(3, journal.id(INPUT), 0, 150, null, "06:05");

        // When
        GenerationRetraction behind = supersession();

        // Then
        assertThat(behind.hasPassed()).isFalse();
        assertThat(behind.retract().retracted()).isEmpty();

        // Given
        line(3, journal.id(INPUT), 151, 199, "06:06", "06:07");

        // When
        GenerationRetraction past = supersession();

        // Then
        assertThat(past.hasPassed()).isTrue();
        assertThat(past.retract().retracted()).containsExactly("not-made");
    }

    @Test
    void shouldHaveClosedNothingWhileAPartitionHasNoLine() {
        // Given
        run(3);
        result("not-made", 1, 1, "06:02", 10, 40);

        // When
        GenerationRetraction.Outcome outcome = supersession().retract();

        // Then
        assertThat(outcome.generation()).isEqualTo(3);
        assertThat(outcome.closed()).isEmpty();
        assertThat(outcome.retracted()).isEmpty();
    }

    private static GenerationRetraction supersession() {
        return GenerationRetraction.of(journal.bootstrapServers(), JOB).orElseThrow();
    }

    private static List<JsonNode> rows() {
        List<JsonNode> rows = new ArrayList<>();
        try (var admin = Topics.admin(journal.bootstrapServers());
                CommittedLog log = new CommittedLog(admin, Topics.client(journal.bootstrapServers()), RESULTS)) {
            log.readToEnd(record -> rows.add(Json.read(record.value())));
        }
        return rows;
    }

    private static void result(String id, int generation, int rev, String end, long first, long last) {
        result(id, "tumbling(1m)", generation, rev, end, first, last);
    }

    /** One that a new generation need not tell, as its watermark may leap over the multiple. */
    private static void total(String id, int generation, String end, long first, long last) {
        result(id, "global(every=30s)", generation, 1, end, first, last);
    }

    private static void result(String id, String spec, int generation, int rev, String end, long first, long last) {
        journal.write(RESULTS, "d1", json(id, spec, generation, rev, end, first, last));
    }

    private static String json(String id, String spec, int generation, int rev, String end, long first, long last) {
        return """
                {"id":"%s","job":"%s","spec":"%s","key":"d1",
                 "window":{"kind":"%s","start":"2026-11-20T06:00:00Z","end":"%s","zone":"UTC"},
                 "generation":%d,"rev":%d,"status":"%s","cause":"watermark","complete":true,
                 "values":{"avg_temp":1.5},"sums":{"temp":"1500000"},"count":3,"late":0,
                 "minEventTime":"2026-11-20T06:00:00Z","maxEventTime":"2026-11-20T06:00:01Z",
                 "watermark":"2026-11-20T06:09:00Z",
                 "inputs":[{"topic":"%s","partition":0,"first":%d,"last":%d}],"jobVersion":"0.9"}""".formatted(
                        id,
                        JOB,
                        spec,
                        spec.substring(0, spec.indexOf('(')),
                        time(end),
                        generation,
                        rev,
                        rev == 1 ? "FINAL" : "REVISED",
                        INPUT,
                        first,
                        last);
    }

    /** Its clock is the horizon that it leaves behind. */
    private static void line(int generation, String topicId, long first, long last, String before, String after) {
        TestLine line = unsent(generation, topicId, first, last, before, after);
        journal.write(auditTopic, JOB + "/" + INPUT + "/0", line.json());
    }

    private static TestLine unsent(int generation, String topicId, long first, long last, String before, String after) {
        Instant left = Instant.parse(time(after));
        return TestLine.of(new AuditLine.Key(JOB, generation, INPUT, topicId, 0), first, last)
                .counted("tumbling(1m)", 0)
                .horizon(before == null ? null : Instant.parse(time(before)), left)
                .clock(null, left);
    }

    private static String time(String clock) {
        return String.format(Locale.ROOT, "2026-11-20T%s%sZ", clock, clock.length() == 5 ? ":00" : "");
    }

    private static void run(int generation) {
        journal.write(Generations.TOPIC, JOB + "/" + generation, """
                {"job":"%s","generation":%d,"jobId":"a1","specs":["tumbling(1m)"],
                 "settings":{"audit-topic":"%s"},"started":"2026-11-20T06:00:00Z","jobVersion":"1.0.0"}""".formatted(JOB, generation, auditTopic));
    }
}
