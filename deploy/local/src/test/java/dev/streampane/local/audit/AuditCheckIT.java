// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.local.audit.AuditReport.Finding;
import dev.streampane.local.audit.AuditReport.Verdict;
import dev.streampane.local.log.Journal;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit of one partition with the readings 0 to 9: 7 counted, 1 late, 1 rejected, 1 heartbeat. */
class AuditCheckIT {

    private static final String JOB = "weather-average";
    private static final String INPUT = "device-readings";
    private static final String PARTITIONED = "two-partitions";
    private static final List<String> TOPICS =
            List.of(INPUT, "audit", "own-audit", "window-results", "late-records", "dead-letters", Generations.TOPIC);
    private static final String SPEC = "tumbling(1m)";
    private static final String CLOSED = "2026-11-20T06:01:00Z";
    private static final String CLOCK = "2026-11-20T06:02:05Z";

    /** That the run names. */
    private static String auditTopic;

    @RegisterExtension
    static final Journal journal = new Journal();

    @BeforeEach
    void createTopics() {
        journal.create(TOPICS, 1);
        journal.create(List.of(PARTITIONED), 2);
        auditTopic = "audit";
        run(1);
        for (int offset = 0; offset < 10; offset++) {
            journal.write(INPUT, "d1", "reading " + offset);
        }
    }

    @AfterEach
    void deleteTopics() {
        journal.delete(TOPICS);
        journal.delete(List.of(PARTITIONED));
    }

    @Test
    void shouldBeBalancedWhenEveryRecordIsAccountedFor() {
        // Given
        writeMatchingAudit();

        // When, Then
        assertThat(assertBalanced().counts())
                .containsEntry("lines", 2L)
                .containsEntry("records", 10L)
                .containsEntry("counted", 7L)
                .containsEntry("late", 1L)
                .containsEntry("rejected", 1L)
                .containsEntry("heartbeats", 1L)
                .containsEntry("balanced", 1L)
                .containsEntry("unaudited", 0L);
    }

    @Test
    void shouldCountTheOffsetsOfAPartitionThatNothingHasRead() {
        // Given
        writeMatchingAudit();
        journal.grow(INPUT, 2);
        journal.write(INPUT, 1, "d2", "reading 0", Map.of());

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Verdict.SETTLING);
        assertThat(report.count("unaudited")).isEqualTo(1);
    }

    @Test
    void shouldPutLinesOfSeveralSubtasksInTheOrderOfTheirOffsets() {
        // Given
        line(1, 5, 9, counts(5, 3, 1, 0, 1), CLOCK, CLOCK, CLOSED);
        line(1, 0, 4, counts(5, 4, 0, 1, 0), null, CLOCK, CLOSED);
        putAside("dead-letters", 1, 4);
        putAside("late-records", 1, 6);
        result(1, 1, "d1", 7);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldAddTheRestOfALineToItWhereverItLies() {
        // Given a message whose windows took three lines, two of them sent after the next line
        line(1, 0, 4, counts(5, 4, 0, 1, 0), null, CLOCK, CLOSED);
        rest(5, 2, 0);
        line(1, 5, 9, counts(5, 3, 1, 0, 1), CLOCK, CLOCK, CLOSED);
        rest(5, 3, 1);
        rest(10, 6, 0);
        putAside("dead-letters", 1, 4);
        putAside("late-records", 1, 3);
        putAside("late-records", 1, 6);
        result(1, 1, "d1", 18);

        // When, Then
        assertThat(assertBalanced().counts())
                .containsEntry("records", 10L)
                .containsEntry("counted", 18L)
                .containsEntry("late", 2L);
    }

    private static void rest(long first, long counted, long late) {
        line(1, first, first - 1, new Counts(0, counted, late, 0, 0), CLOCK, CLOCK, CLOSED);
    }

    @Test
    void shouldCallYoungWindowsSettling() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOSED, null);
        result(1, 1, "d1", 4);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Verdict.SETTLING);
        assertThat(report.count("settling")).isEqualTo(1);
    }

    @Test
    void shouldNameLinesThatAreNotContiguous() {
        // Given
        line(1, 0, 4, counts(5, 5, 0, 0, 0), null, CLOCK, CLOSED);
        line(1, 6, 9, counts(4, 4, 0, 0, 0), CLOCK, CLOCK, CLOSED);
        result(1, 1, "d1", 9);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
        assertThat(report.findings()).extracting(Finding::check).containsExactly("lines");
        assertThat(report.findings().get(0).detail()).isEqualTo("a line ends at offset 4, the next begins at 6");
    }

    @Test
    void shouldNameARecordThatVanishedBetweenOffsetsAndVerdicts() {
        // Given
        line(1, 0, 4, counts(4, 4, 0, 0, 0), null, CLOCK, CLOSED);
        line(1, 5, 9, counts(5, 4, 0, 0, 0), CLOCK, CLOCK, CLOSED);
        result(1, 1, "d1", 8);

        // When, Then
        assertThat(checks()).containsExactly("offsets", "rows");
    }

    @Test
    void shouldNameAHoleThatHoldsARecord() {
        // Given
        writeLine(lineOf(1, 0, 9, counts(8, 8, 0, 0, 0), null, CLOCK, CLOSED)
                .hole(3, 3)
                .hole(7, 7));
        result(1, 1, "d1", 8);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).extracting(Finding::check).containsOnly("swallowed");
        assertThat(report.findings()).hasSize(2);
        assertThat(report.findings().get(1).detail()).contains("offsets 7 ");
    }

    @Test
    void shouldNameRecordsThatAGenerationFromTheStartDidNotSee() {
        // Given
        line(1, 2, 9, counts(8, 8, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 8);

        // When, Then
        assertThat(checks()).containsExactly("start");
    }

    @Test
    void shouldAcceptAbortedRecordsAndMarkersAsHoles() {
        // Given
        try (var producer = journal.transaction("somebody")) {
            producer.send(Journal.record(INPUT, 0, "d1", "aborted", Map.of()));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(Journal.record(INPUT, 0, "d1", "reading 12", Map.of()));
            producer.commitTransaction();
        }
        journal.awaitMarkers(INPUT);
        writeLine(lineOf(1, 0, 12, counts(11, 11, 0, 0, 0), null, CLOCK, CLOSED).hole(10, 11));
        result(1, 1, "d1", 11);

        // When, Then
        assertThat(assertBalanced().counts()).containsEntry("aborted", 1L).containsEntry("markers", 1L);
    }

    @Test
    void shouldNameAWindowWhoseResultsMissARecord() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 6);
        result(1, 1, "d2", 3);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).extracting(Finding::check).containsExactly("windows");
        assertThat(report.findings().get(0).detail())
                .contains(CLOSED, "10 counted by the lines, 9 by the last revisions of 2 keys");
    }

    @Test
    void shouldTakeTheLastRevisionAndNameOneThatIsRepeated() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 9);
        result(1, 2, "d1", 10);
        result(1, 2, "d1", 10);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).extracting(Finding::check).containsExactly("revisions");
        assertThat(report.count("balanced")).isEqualTo(1);
    }

    @Test
    void shouldSubtractCorrections() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        journal.write("audit", JOB, """
                {"kind":"correction","job":"%s","generation":1,"spec":"tumbling(1m)","topic":"%s",
                 "partition":0,"offset":4,"windowEnd":"%s","count":1}""".formatted(JOB, INPUT, CLOSED));
        result(1, 1, "d1", 9);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.count("corrections")).isEqualTo(1);
    }

    @Test
    void shouldNameLateAndRejectedRecordsThatAreMissingOrDoubled() {
        // Given
        line(1, 0, 4, counts(5, 4, 0, 1, 0), null, CLOCK, CLOSED);
        line(1, 5, 9, counts(5, 3, 1, 0, 1), CLOCK, CLOCK, CLOSED);
        result(1, 1, "d1", 7);
        putAside("dead-letters", 1, 4);
        putAside("dead-letters", 1, 4);

        // When, Then
        assertThat(checks()).containsExactlyInAnyOrder("doubled", "late");
    }

    @Test
    void shouldNameLateAndRejectedRecordsThatNoLineTells() {
        // Given
        writeMatchingAudit();
        putAside("late-records", 1, 7);
        putAside("dead-letters", 1, 8);

        // When, Then
        assertThat(check().findings())
                .extracting(Finding::detail)
                .containsExactlyInAnyOrder(
                        "offsets 5 to 9: 0 rejected by the lines, 1 on the topic",
                        "offsets 5 to 9: 1 late by the lines, 2 on the topic");
    }

    @Test
    void shouldJudgeNoDeadLettersOfTheIndexWhichAreAtLeastOnce() {
        // Given
        line(1, 0, 4, counts(5, 5, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 5);
        Map<String, String> headers = new HashMap<>(putAside("dead-letters", 1, 4, "none"));
        headers.put("job", "index-results");
        journal.write("dead-letters", 0, "d1", "a result", headers);
        journal.write("dead-letters", 0, "d1", "a result", headers);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldGoOnWithTheWindowsOfTheGenerationThatItWasRestoredFrom() {
        // Given
        line(1, 0, 4, counts(5, 5, 0, 0, 0), null, CLOSED, null);
        run(2);
        line(2, 5, 9, counts(5, 5, 0, 0, 0), CLOSED, CLOCK, CLOSED);
        result(1, 1, "d1", 2);
        result(2, 1, "d1", 6);
        result(1, 1, "d2", 4);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldFindWhatTheGenerationBeforePutAsideOfTheLineThatWasOpen() {
        // Given
        restoredAfter(counts(5, 5, 0, 0, 0), 5, counts(5, 3, 1, 1, 0));
        result(2, 1, "d1", 8);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldFindWhatAGenerationWithoutLinesPutAside() {
        // Given
        putAside("dead-letters", 1, 2);
        run(2);
        restoredLine(0, 9, counts(10, 9, 0, 1, 0), null);
        result(2, 1, "d1", 9);

        // When, Then
        assertBalanced();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWithTheWindowsOfAGenerationWhoseStateIsOlderThanItsFirstLine(boolean withLines) {
        // Given: a savepoint before the line, after d1's window
        if (withLines) {
            line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
            result(1, 1, "d2", 6);
        }
        result(1, 1, "d1", 4);
        run(2);
        writeLine(lineOf(2, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED).readBy(1));
        result(2, 1, "d2", 6);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldCountOnceWhatTwoGenerationsFromTheSameStateReadAgain() {
        // Given: both go on from generation 1's savepoint, in which the line from offset 5 was open
        line(1, 0, 4, counts(5, 5, 0, 0, 0), null, CLOSED, null);
        for (int generation : new int[] {2, 3}) {
            run(generation);
            writeLine(lineOf(generation, 5, 9, counts(5, 5, 0, 0, 0), CLOSED, CLOCK, CLOSED)
                    .readBy(1));
            result(generation, 1, "d1", 10);
        }

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldNameWhatNoGenerationPutAsideOfARestoredLine() {
        // Given
        restoredAfter(counts(5, 4, 0, 1, 0), 4, counts(5, 2, 2, 1, 0));
        result(2, 1, "d1", 6);

        // When, Then
        assertThat(check().findings())
                .extracting(Finding::detail)
                .containsExactly(
                        "offsets 5 to 9: 1 rejected by the lines, 0 on the topic",
                        "offsets 5 to 9: 2 late by the lines, 1 on the topic");
    }

    @Test
    void shouldAddUpTheWindowsOfAGenerationThatReadSomePartitionsOnly() {
        // Given
        partitionLine(1, 0, 0, 4, null, null);
        partitionLine(1, 1, 0, 4, null, null);
        run(2);
        partitionLine(2, 0, 5, 9, CLOSED, null);
        run(3);
        partitionLine(3, 0, 10, 14, CLOSED, CLOSED);
        partitionLine(3, 1, 5, 9, CLOSED, CLOSED);
        result(3, 1, "d1", 25);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldCountOnceWhatIsReadAgainOfAPartitionThatTheStateHadNothingOf() {
        // Given: a savepoint after offset 4 of partition 0
        partitionLine(1, 0, 0, 4, null, null);
        partitionLine(1, 0, 5, 9, CLOSED, null);
        partitionLine(1, 1, 0, 4, null, null);
        run(2);
        partitionLine(2, 0, 5, 9, CLOSED, CLOSED);
        partitionLine(2, 1, 0, 4, null, CLOSED);
        result(2, 1, "d1", 15);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldNotTakeBackWhatWasDroppedOfRecordsThatAreReadAgain() {
        // Given: a savepoint after offset 4
        partitionLine(1, 0, 0, 4, null, null);
        partitionLine(1, 0, 5, 9, CLOSED, null);
        journal.write("audit", JOB, """
                {"kind":"correction","job":"%s","generation":1,"spec":"%s","topic":"%s",
                 "partition":0,"offset":7,"windowEnd":"%s","count":1}""".formatted(JOB, SPEC, PARTITIONED, CLOSED));
        run(2);
        partitionLine(2, 0, 5, 9, CLOSED, CLOSED);
        result(2, 1, "d1", 10);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.count("corrections")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeOverWhatAnOlderGenerationToldOfAQuietPartitionWhereItGoesOn(boolean goesOn) {
        // Given
        for (int record = 0; record < 15; record++) {
            journal.write(PARTITIONED, record / 10, "d1", "reading", Map.of());
        }
        partitionLine(1, 0, 0, 4, null, null);
        partitionLine(1, 1, 0, 4, null, CLOSED);
        run(2);
        partitionLine(2, 0, goesOn ? 5 : 0, 9, goesOn ? CLOSED : null, CLOSED);
        result(2, 1, "d1", goesOn ? 15 : 10);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.count("unaudited")).isEqualTo(goesOn ? 0 : 5);
        assertThat(report.verdict()).isEqualTo(goesOn ? Verdict.BALANCED : Verdict.SETTLING);
    }

    @Test
    void shouldTakeOverWhatAnOlderGenerationToldOfAQuietPartitionWhereAJobWithoutClocksGoesOn() {
        // Given
        for (int record = 0; record < 15; record++) {
            journal.write(PARTITIONED, record / 10, "d1", "reading", Map.of());
        }
        clocklessLine(1, 0, 0, 4);
        clocklessLine(1, 1, 0, 4);
        run(2);
        clocklessLine(2, 0, 5, 9);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.count("unaudited")).isZero();
    }

    /** As word-count writes it. */
    private static void clocklessLine(int generation, int partition, long first, long last) {
        writeLine(TestLine.of(key(generation, partition), first, last).counted("none", last - first + 1));
    }

    /** All counted, in a topic of two partitions. */
    private static void partitionLine(
            int generation, int partition, long first, long last, String clockBefore, String horizon) {
        long records = last - first + 1;
        writeLine(TestLine.of(key(generation, partition), first, last)
                .counted(SPEC, records)
                .horizon(null, time(horizon))
                .windows(new WindowCount(time(CLOSED), records))
                .clock(time(clockBefore), time(CLOSED)));
    }

    private static AuditLine.Key key(int generation, int partition) {
        return new AuditLine.Key(JOB, generation, PARTITIONED, journal.id(PARTITIONED), partition);
    }

    /** As generation 2 sends it after its start from a savepoint. */
    private static void restoredLine(long first, long last, Counts counts, String clockBefore) {
        writeLine(lineOf(2, first, last, counts, clockBefore, CLOCK, CLOSED).restored());
    }

    /** A line, what generation 1 put aside of it and of the next one, and that one as generation 2 sends it. */
    private static void restoredAfter(Counts first, long rejected, Counts restored) {
        line(1, 0, 4, first, null, CLOSED, null);
        putAside("dead-letters", 1, rejected);
        putAside("late-records", 1, 6);
        run(2);
        restoredLine(5, 9, restored, CLOSED);
    }

    @Test
    void shouldNotTakeALostFirstLineForARestore() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 10);
        run(2);
        line(2, 5, 9, counts(5, 5, 0, 0, 0), CLOSED, CLOCK, CLOSED);
        result(2, 1, "d1", 10);

        // When, Then
        assertThat(checks()).containsExactly("lines", "windows");
    }

    @Test
    void shouldWaitForWhatAnOpenTransactionHides() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        try (var producer = journal.transaction("weather-average-1-0-7")) {
            producer.send(Journal.record("window-results", 0, "d1", result("d1", 1, 1, 10), Map.of()));
            producer.flush();

            // When
            AuditReport report = check();

            // Then
            assertThat(report.findings()).isEmpty();
            assertThat(report.verdict()).isEqualTo(Verdict.SETTLING);
            assertThat(report.alarms()).extracting(Finding::check).containsExactly("windows");
        }
    }

    @Test
    void shouldNameAWindowThatIsMissingThoughOlderResultsHaveExpired() {
        // Given
        result(1, 1, "old", 1);
        result(1, 2, "old", 1);
        journal.expire("window-results", 1);
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);

        // When, Then
        assertThat(checks()).containsExactly("windows");
    }

    @Test
    void shouldNotNameAWindowWhoseResultMayHaveExpired() {
        // Given
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        long written = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > written);
        result(1, 1, "d1", 4);
        result(1, 1, "d2", 6);
        journal.expire("window-results", 1);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.alarms()).extracting(Finding::check).containsExactly("windows");
    }

    @Test
    void shouldNotNameADeadLetterThatMayHaveBeenInAPartitionOfWhichNothingIsLeft() {
        // Given
        writeMatchingAudit();
        journal.grow("dead-letters", 2);
        journal.write("dead-letters", 1, "d1", "of a job that is not audited", Map.of("job", "another"));
        journal.expire("dead-letters", 1);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.alarms())
                .extracting(Finding::detail)
                .contains("offsets 0 to 4: 1 rejected by the lines, 0 on the topic");
    }

    @Test
    void shouldCountWindowsThatMayHaveCountedInLinesThatHaveExpired() {
        // Given windows of two days, one of which begins in the line that is gone
        String end = "2026-11-21T00:00:00Z";
        daysLine(0, 4, null, "2026-11-19T05:00:00Z", "2026-11-18T00:00:00Z", end, 5);
        daysLine(5, 8, "2026-11-19T05:00:00Z", "2026-11-23T05:00:00Z", end, end, 4);
        String last = "2026-11-23T00:00:00Z";
        daysLine(9, 9, "2026-11-23T05:00:00Z", "2026-11-25T00:00:00Z", last, last, 1);
        journal.write(
                "window-results",
                "d1",
                result("d1", 1, 1, 9).replace("1m", "2d").replace(CLOSED, end));
        journal.write(
                "window-results",
                "d1",
                result("d1", 1, 1, 1).replace("1m", "2d").replace(CLOSED, last));
        journal.expire("audit", 1);

        // When, Then
        AuditReport report = assertBalanced();
        assertThat(report.count("balanced")).isEqualTo(1);
        assertThat(report.count("expired")).isEqualTo(1);
    }

    private static void daysLine(
            long first, long last, String clockBefore, String clockAfter, String horizon, String end, long counted) {
        writeLine(TestLine.of(key(1), first, last)
                .heartbeats(last - first + 1 - counted)
                .counted("tumbling(2d)", counted)
                .horizon(null, time(horizon))
                .windows(new WindowCount(time(end), counted))
                .clock(time(clockBefore), time(clockAfter)));
    }

    @Test
    void shouldCountWindowsOfWhichAGenerationFromOldStateRepeatsLinesThatAreForgotten() {
        // Given
        String early = "2026-11-20T06:00:10Z";
        line(1, 0, 4, counts(5, 5, 0, 0, 0), null, early, null);
        String one = lineOf(1, 5, 5, counts(1, 1, 0, 0, 0), early, early, null).json();
        int lines = 4100;
        try (var producer = journal.transaction("lines")) {
            for (int offset = 5; offset < 5 + lines; offset++) {
                String next = one.replace("\"first\":5,\"last\":5", "\"first\":%d,\"last\":%<d".formatted(offset));
                producer.send(Journal.record("audit", 0, JOB, next, Map.of()));
            }
            producer.commitTransaction();
        }
        journal.awaitMarkers("audit");
        run(2);
        line(2, 5, 4 + lines, counts(lines, lines, 0, 0, 0), early, CLOCK, CLOSED);
        result(2, 1, "d1", 5 + lines);

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.alarms())
                .extracting(Finding::detail)
                .containsExactly("restored from state older than the kept lines");
        assertThat(report.count("expired")).isPositive();
        assertThat(report.count("balanced")).isZero();
        assertThat(report.verdict()).isEqualTo(Verdict.SETTLING);
    }

    @Test
    void shouldReadTheAuditThatTheRunNames() {
        // Given
        auditTopic = "own-audit";
        run(1);
        line(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, CLOSED);
        result(1, 1, "d1", 9);

        // When, Then
        assertThat(checks()).containsExactly("windows");
    }

    @Test
    void shouldReadTheAuditsThatStartsNameInTheOrderOfTheStarts() {
        // Given
        line(1, 0, 9, counts(10, 0, 0, 0, 10), null, CLOCK, CLOSED);
        for (int offset = 10; offset < 150; offset++) {
            auditTopic = offset < 80 ? "own-audit" : "audit";
            journal.write(INPUT, "d1", "heartbeat " + offset);
            line(1, offset, offset, counts(1, 0, 0, 0, 1), CLOCK, CLOCK, CLOSED);
        }
        journal.write(Generations.TOPIC, JOB + "/1", """
                {"job":"%s","generation":1,"jobId":"a1","specs":["tumbling(1m)"],"settings":{"start-from":"earliest"},
                 "started":"%s","jobVersion":"1.0.0","changes":[{"started":"%s",
                 "settings":{"start-from":"earliest","audit-topic":"own-audit"},"jobVersion":"1.0.0"},{"started":"%s",
                 "settings":{"start-from":"earliest","audit-topic":"audit"},"jobVersion":"1.0.0"}]}""".formatted(JOB, CLOCK, CLOCK, CLOCK));

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldBalanceRowsOfMessagesWithManyOfThem() {
        // Given
        lineOfRows(30, 26, 1, 2);
        putAsideRow("dead-letters", 4, 3);
        putAsideRow("dead-letters", 4, 17);
        putAsideRow("late-records", 6, 2);

        // When, Then
        assertBalanced();
    }

    @Test
    void shouldNameARowThatIsPutAsideTwice() {
        // Given
        lineOfRows(30, 26, 0, 3);
        putAsideRow("dead-letters", 4, 3);
        putAsideRow("dead-letters", 4, 4);
        putAsideRow("dead-letters", 4, 3);

        // When, Then
        assertThat(check().findings()).extracting(Finding::detail).contains("offset 4, row 3 is twice on dead-letters");
    }

    @Test
    void shouldNeitherCountRetractedWindowsNorWaitForThem() {
        // Given
        writeMatchingAudit();
        journal.write(
                "window-results",
                "d1",
                result("d1", 1, 1, 0).replace("tumbling(1m)", "tumbling(7m)").replace("FINAL", "RETRACTED"));

        // When, Then
        assertThat(assertBalanced().count("settling")).isZero();
    }

    @Test
    void shouldNameRecordsOfSomebodyElseAndCheckTheOthers() {
        // Given
        journal.write("audit", "somebody", "hello");
        journal.write("dead-letters", 0, "somebody", "hello", Map.of("generation", "1", "offset", "one"));
        writeMatchingAudit();
        journal.write("window-results", "somebody", "{}");
        journal.write("window-results", "somebody", null);
        journal.write("window-results", "somebody", "{\"id\":1e99999999999}");

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings())
                .extracting(Finding::check, Finding::topic, Finding::partition, Finding::detail)
                .containsExactlyInAnyOrder(
                        tuple("foreign", "audit", 0, "offset 0 holds no audit line"),
                        tuple("foreign", "dead-letters", 0, "offset 0 holds no rejected record"),
                        tuple("foreign", "window-results", 0, "offset 3 holds no result"),
                        tuple("foreign", "window-results", 0, "offset 4 holds no result"),
                        tuple("foreign", "window-results", 0, "offset 5 holds no result"));
        assertThat(report.count("balanced")).isEqualTo(1);
        assertThat(report.verdict()).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void shouldCheckEveryWindowThoughTheResultsOfOneAloneAreHeld() {
        // Given
        writeLine(lineOf(1, 0, 9, counts(10, 10, 0, 0, 0), null, CLOCK, "2026-11-20T06:02:00Z")
                .windows(
                        new WindowCount(time(CLOSED), 4),
                        new WindowCount(time("2026-11-20T06:02:00Z"), 3),
                        new WindowCount(time("2026-11-20T06:03:00Z"), 3)));
        for (int minute = 3; minute >= 1; minute--) {
            String end = CLOSED.replace("06:01", "06:0" + minute);
            journal.write("window-results", "d1", result("d1", 1, 1, 1).replace(CLOSED, end));
            journal.write("window-results", "d1", result("d1", 1, 3, 2).replace(CLOSED, end));
            journal.write("window-results", "d2", result("d2", 1, 1, 1).replace(CLOSED, end));
        }
        journal.write("window-results", "somebody", "hello");

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings())
                .extracting(Finding::check)
                .containsExactlyInAnyOrder("foreign", "revisions", "revisions", "revisions", "windows");
        assertThat(report.counts()).containsEntry("balanced", 1L).containsEntry("settling", 1L);
    }

    @Test
    void shouldNumberTheRevisionsOfSessionsThatEndTogetherById() {
        // Given
        writeMatchingAudit();
        for (String start : List.of("a", "b")) {
            journal.write(
                    "window-results",
                    "d1",
                    result("d1", 1, 1, 3)
                            .replace("tumbling(1m)", "session(30s)")
                            .replace("~x~", "~" + start + "~"));
        }

        // When
        AuditReport report = check();

        // Then
        assertThat(report.findings()).isEmpty();
    }

    /** Ten messages with many rows each, one of them a heartbeat. */
    private static void lineOfRows(long rows, long counted, long late, long rejected) {
        writeLine(TestLine.of(key(1), 0, 9)
                .rows(rows)
                .rejected(rejected)
                .heartbeats(1)
                .counted("none", counted)
                .late(late)
                .horizon(null, time(CLOSED))
                .clock(null, time(CLOCK)));
    }

    private static void putAsideRow(String topic, long offset, int row) {
        Map<String, String> headers = new HashMap<>(putAside(topic, 1, offset, "none"));
        headers.put("row", Integer.toString(row));
        journal.write(topic, 0, "d1", "row " + row, headers);
    }

    /** It is the same however much memory there is for results. */
    private static AuditReport check() {
        AuditReport report = check(Long.MAX_VALUE);
        assertThat(check(0)).isEqualTo(report);
        return report;
    }

    private static AuditReport check(long resultBytes) {
        return AuditCheck.check(Topics.client(journal.bootstrapServers()), Duration.ZERO, resultBytes);
    }

    /** The checks that found something. */
    private static List<String> checks() {
        return check().findings().stream().map(Finding::check).toList();
    }

    private static AuditReport assertBalanced() {
        AuditReport report = check();
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Verdict.BALANCED);
        return report;
    }

    private static void writeMatchingAudit() {
        line(1, 0, 4, counts(5, 4, 0, 1, 0), null, CLOCK, CLOSED);
        line(1, 5, 9, counts(5, 3, 1, 0, 1), CLOCK, CLOCK, CLOSED);
        putAside("dead-letters", 1, 4);
        putAside("late-records", 1, 6);
        result(1, 1, "d1", 5);
        result(1, 1, "d2", 1);
        result(1, 2, "d2", 2);
    }

    private record Counts(long records, long counted, long late, long rejected, long heartbeats) {}

    private static Counts counts(long records, long counted, long late, long rejected, long heartbeats) {
        return new Counts(records, counted, late, rejected, heartbeats);
    }

    private static void line(
            int generation, long first, long last, Counts counts, String before, String after, String horizon) {
        writeLine(lineOf(generation, first, last, counts, before, after, horizon));
    }

    private static void writeLine(TestLine line) {
        journal.write(auditTopic, JOB + "/" + INPUT + "/0", line.json());
    }

    private static TestLine lineOf(
            int generation, long first, long last, Counts counts, String before, String after, String horizon) {
        return TestLine.of(key(generation), first, last)
                .records(counts.records())
                .rows(last < first ? counts.counted() + counts.late() : counts.records())
                .rejected(counts.rejected())
                .heartbeats(counts.heartbeats())
                .counted(SPEC, counts.counted())
                .late(counts.late())
                .horizon(null, time(horizon))
                .windows(new WindowCount(time(CLOSED), counts.counted()))
                .clock(time(before), time(after));
    }

    private static AuditLine.Key key(int generation) {
        return new AuditLine.Key(JOB, generation, INPUT, journal.id(INPUT), 0);
    }

    private static Instant time(String text) {
        return text == null ? null : Instant.parse(text);
    }

    private static void result(int generation, int rev, String key, long count) {
        journal.write("window-results", key, result(key, generation, rev, count));
    }

    private static String result(String key, int generation, int rev, long count) {
        return """
        {"id":"%s~tumbling-1m~%s~x~y","job":"%s","spec":"tumbling(1m)","key":"%s",
         "window":{"kind":"tumbling","start":"2026-11-20T06:00:00Z","end":"%s","zone":"UTC"},
         "generation":%d,"rev":%d,"status":"FINAL","count":%d}""".formatted(JOB, key, JOB, key, CLOSED, generation, rev, count);
    }

    private static void putAside(String topic, int generation, long offset) {
        journal.write(topic, 0, "d1", "reading " + offset, putAside(topic, generation, offset, "tumbling(1m)"));
    }

    /** The headers of what is put aside. */
    private static Map<String, String> putAside(String topic, int generation, long offset, String spec) {
        boolean late = topic.equals("late-records");
        return Map.of(
                "job",
                JOB,
                "generation",
                Integer.toString(generation),
                late ? "spec" : "reason",
                late ? spec : "not_json",
                "topic",
                INPUT,
                "partition",
                "0",
                "offset",
                Long.toString(offset));
    }

    private static void run(int generation) {
        journal.write(Generations.TOPIC, JOB + "/" + generation, """
                {"job":"%s","generation":%d,"jobId":"a1","specs":["tumbling(1m)"],
                 "settings":{"start-from":"earliest","audit-topic":"%s"},"started":"%s","jobVersion":"1.0.0"}""".formatted(JOB, generation, auditTopic, CLOCK));
    }
}
