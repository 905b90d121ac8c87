// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.testing.TestSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingTaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows of a minute, B 5 s, L 1 min. Times are seconds after 06:00:00; records are appended at their event times. */
class IntakeTest {

    private static final int MAX_PARALLELISM = 8;
    private static final long START = FetchedRecords.APPEND_TIME;
    private static final TestSettings SETTINGS = TestSettings.of("weather-average");

    private static final Duration L = Duration.ofMinutes(1);
    private static final Duration B_LATER = Duration.ofSeconds(30);

    private final List<Task> tasks = new ArrayList<>();

    private record Task(
            OneInputStreamOperatorTestHarness<Decoded<String>, Counted<String>> harness,
            InterceptingOperatorMetricGroup metrics) {

        void read(int partition, long offset, long second) throws Exception {
            admit(Decoded.value(fetched(partition, offset, second), "a value", time(second)));
        }

        void heartbeat(int partition, long offset, long second) throws Exception {
            admit(Decoded.heartbeat(fetched(partition, offset, second), time(second)));
        }

        void reject(int partition, long offset) throws Exception {
            admit(Decoded.rejected(fetched(partition, offset, 0), RejectReason.NOT_JSON, "not JSON"));
        }

        void admit(Decoded<String> decoded) throws Exception {
            harness.processElement(decoded, decoded.eventTime());
        }

        OperatorSubtaskState checkpoint(long id) throws Exception {
            harness.getOperator().prepareSnapshotPreBarrier(id);
            return harness.snapshot(id, id);
        }

        List<AuditLine> lines() {
            return ReadOutputs.lines(reports());
        }

        List<AuditCorrection> corrections() {
            return ReadOutputs.corrections(reports());
        }

        private List<Output> reports() {
            var reports = harness.getSideOutput(Intake.REPORTS);
            return reports == null
                    ? List.of()
                    : reports.stream().map(StreamRecord::getValue).toList();
        }

        long counter(String name) {
            return ((Counter) metrics.get(name)).getCount();
        }

        List<Counted<String>> counted() {
            return harness.extractOutputValues();
        }
    }

    private static long time(long second) {
        return START + second * 1000;
    }

    private static Fetched fetched(int partition, long offset, long second) {
        return fetched(FetchedRecords.TOPIC_ID, partition, offset, time(second));
    }

    private static Fetched fetched(String topicId, int partition, long offset, long appendTime) {
        byte[] value = "{}".getBytes(StandardCharsets.UTF_8);
        return new Fetched("inputs", topicId, partition, offset, appendTime, null, value, null);
    }

    private Task start(TestSettings settings) throws Exception {
        return start(settings, 1, 0, null);
    }

    private Task start(TestSettings settings, int parallelism, int subtask, OperatorSubtaskState state)
            throws Exception {
        var metrics = new InterceptingOperatorMetricGroup();
        var environment = new MockEnvironmentBuilder()
                .setMaxParallelism(MAX_PARALLELISM)
                .setParallelism(parallelism)
                .setSubtaskIndex(subtask)
                .setMetricGroup(new InterceptingTaskMetricGroup() {
                    @Override
                    public InternalOperatorMetricGroup getOrAddOperator(
                            OperatorID id, String name, Map<String, String> variables) {
                        return metrics;
                    }
                });
        var harness = new OneInputStreamOperatorTestHarness<Decoded<String>, Counted<String>>(
                new Intake<String>(settings.intake(), false), environment.build());
        harness.setup(Counted.type(Types.STRING).createSerializer(new SerializerConfigImpl()));
        var task = new Task(harness, metrics);
        tasks.add(task);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return task;
    }

    private List<Task> restore(TestSettings settings, int parallelism, OperatorSubtaskState... states)
            throws Exception {
        OperatorSubtaskState state = AbstractStreamOperatorTestHarness.repackageState(states);
        var restored = new ArrayList<Task>();
        for (int subtask = 0; subtask < parallelism; subtask++) {
            restored.add(start(
                    settings,
                    parallelism,
                    subtask,
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, states.length, parallelism, subtask)));
        }
        return restored;
    }

    private Task restoreOne(TestSettings settings, OperatorSubtaskState... states) throws Exception {
        return restore(settings, 1, states).get(0);
    }

    private static List<AuditLine> lines(List<Task> tasks) {
        return tasks.stream().flatMap(task -> task.lines().stream()).toList();
    }

    @AfterEach
    void close() throws Exception {
        for (Task task : tasks) {
            task.harness().close();
        }
    }

    @Test
    void shouldTellTheAuditOfOnePartition() throws Exception {
        // Given
        Task task = start(SETTINGS);
        task.heartbeat(0, 2, 0);
        task.read(0, 3, 10);
        task.read(0, 4, 59);
        task.reject(0, 7);
        task.heartbeat(0, 8, 125);
        task.read(0, 9, 30);
        task.read(0, 10, 60);

        // When
        task.checkpoint(1);

        // Then
        assertThat(task.lines())
                .singleElement()
                .extracting(line -> new String(line.json(), StandardCharsets.UTF_8))
                .asString()
                .startsWith("""
                        {"kind":"line","job":"weather-average","generation":1,"topic":"inputs","topicId":"3wQ9gkVQTeS5FEOdKvs_-A","partition":0,\
                        "first":0,"last":10,"records":7,"rows":7,"rejected":1,"heartbeats":2,"unguarded":0,"holes":[[0,1],[5,6]],\
                        "specs":[{"spec":"tumbling(1m)","counted":3,"late":1,"horizonBefore":null,"horizonAfter":"2026-11-20T06:01:00Z",\
                        "windows":[{"end":"2026-11-20T06:01:00Z","counted":2},{"end":"2026-11-20T06:02:00Z","counted":1}]}],\
                        "clockBefore":null,"clockAfter":"2026-11-20T06:02:05Z","restored":false,""");
    }

    @Test
    void shouldCountARecordOnceThatIsLateForSeveralSpecifications() throws Exception {
        // Given
        Task task = start(SETTINGS.windows("tumbling(1m);tumbling(2m)"));
        task.read(0, 0, 10);
        task.heartbeat(0, 1, 1000);
        // When
        task.read(0, 2, 20);
        // Then
        assertThat(task.counter("late")).isEqualTo(2);
        assertThat(task.counter("lateRecords")).isEqualTo(1);
        assertThat(task.counter("counted")).isEqualTo(1);
    }

    private static Instant at(long second) {
        return Instant.ofEpochMilli(time(second));
    }

    /** It need not have begun with the earliest record, whatever the options of this start say. */
    @Test
    void shouldBeginAPartitionWithItsFirstRecordWhenRestored() throws Exception {
        // Given
        Task before = start(SETTINGS.fromLatest());
        before.read(0, 700, 0);
        Task task = restoreOne(SETTINGS, before.checkpoint(1));
        task.read(1, 500, 0);

        // When
        task.checkpoint(2);

        // Then
        assertThat(task.lines())
                .filteredOn(line -> line.key().partition() == 1)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.first()).isEqualTo(500);
                    assertThat(line.holes()).isEmpty();
                });
    }

    @Test
    void shouldBeginWithTheFirstRecordWhenStartedAtTheEndOfTheTopic() throws Exception {
        // Given
        Task task = start(SETTINGS.fromLatest());
        task.read(0, 500, 0);

        // When
        task.checkpoint(1);

        // Then
        assertThat(task.lines()).singleElement().extracting(AuditLine::first).isEqualTo(500L);
    }

    @Test
    void shouldWriteLinesAtTheFirstCheckpointAfterTheIntervalAndAtTheEnd() throws Exception {
        // Given
        Task task = start(SETTINGS.auditInterval(Duration.ofSeconds(10)));
        task.read(0, 0, 0);
        task.harness().setProcessingTime(9_999);
        task.checkpoint(1);
        int before = task.lines().size();

        // When
        task.harness().setProcessingTime(10_000);
        task.checkpoint(2);
        int after = task.lines().size();
        task.read(0, 1, 1);
        task.checkpoint(3);
        task.harness().getOneInputOperator().finish();

        // Then
        assertThat(before).isZero();
        assertThat(after).isEqualTo(1);
        assertThat(task.lines()).extracting(AuditLine::first).containsExactly(0L, 1L);
    }

    @Test
    void shouldGoOnWritingLinesWhenTheClockIsSetBack() throws Exception {
        // Given
        Task task = start(SETTINGS.auditInterval(Duration.ofSeconds(10)));
        task.harness().setProcessingTime(3_600_000);
        task.read(0, 0, 0);
        task.checkpoint(1);
        task.read(0, 1, 1);

        // When
        task.harness().setProcessingTime(5_000);
        task.checkpoint(2);
        task.read(0, 2, 2);
        task.harness().setProcessingTime(15_000);
        task.checkpoint(3);

        // Then
        assertThat(task.lines()).extracting(AuditLine::last).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldCloseLineThatGrowsLarge() throws Exception {
        // Given
        Task task = start(SETTINGS.auditInterval(Duration.ofDays(1)));

        // When
        for (int minute = 0; minute < 500; minute++) {
            task.read(0, minute, minute * 60L);
        }
        task.read(0, 500, 500 * 60L);

        // Then
        assertThat(task.lines()).singleElement().extracting(AuditLine::last).isEqualTo(499L);
    }

    /** A month of one tag, a value a minute, in one message of a job with as many specifications as there can be. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellOfOneMessageInLinesThatABrokerTakes(boolean restored) throws Exception {
        // Given
        String windows = IntStream.rangeClosed(1, IntakeSettings.MAX_SPECS)
                .mapToObj(minutes -> "tumbling(" + minutes + "m)")
                .collect(Collectors.joining(";"));
        TestSettings settings = SETTINGS.windows(windows).auditInterval(Duration.ofDays(1));
        Task task = start(settings);
        task.read(0, 0, 0);
        Fetched message = fetched(0, 1, 50_000 * 60L);
        for (int row = 0; row < 40_000; row++) {
            Fetched one = message.row(row, message.value());
            // every hundredth is late, every other hundredth no value
            task.admit(
                    row % 100 == 50
                            ? Decoded.rejected(one, RejectReason.MISSING, "2 fields")
                            : Decoded.value(one, "", time(row % 100 == 99 ? 0 : row * 60L)));
        }
        // When
        if (restored) {
            task = restoreOne(settings, task.checkpoint(1));
            task.checkpoint(2);
        } else {
            task.read(0, 2, 50_000 * 60L);
        }
        // Then
        List<AuditLine> lines = task.lines();
        assertThat(lines).allMatch(line -> line.json().length < 60_000);
        assertThat(lines).extracting(AuditLine::restored).containsOnly(restored);
        assertThat(lines.get(0))
                .returns(0L, AuditLine::first)
                .returns(1L, AuditLine::last)
                .returns(2L, AuditLine::records);
        assertThat(lines.subList(1, lines.size())).isNotEmpty().allSatisfy(line -> assertThat(line)
                .returns(2L, AuditLine::first)
                .returns(1L, AuditLine::last)
                .returns(0L, AuditLine::records)
                .returns(Optional.of(at(39_998 * 60L)), AuditLine::clockBefore)
                .returns(Optional.of(at(39_998 * 60L)), AuditLine::clockAfter));
        assertThat(lines).allSatisfy(IntakeTest::addsUp);
        assertThat(lines.stream().mapToLong(AuditLine::rows).sum()).isEqualTo(40_001);
        assertThat(lines.stream().mapToLong(AuditLine::rejected).sum()).isEqualTo(400);
        for (int spec = 0; spec < IntakeSettings.MAX_SPECS; spec++) {
            int index = spec;
            var counted = new TreeMap<Instant, Long>();
            lines.forEach(line -> line.specs().get(index).windows().stream()
                    .forEach(w -> counted.merge(w.end(), w.counted(), Long::sum)));
            long size = (spec + 1) * 60_000L;
            var expected = new TreeMap<Instant, Long>();
            expected.put(Instant.ofEpochMilli(time(0) / size * size + size), 1L);
            for (int row = 0; row < 40_000; row++) {
                if (row % 100 != 50 && row % 100 != 99) {
                    long end = time(row * 60L) / size * size + size;
                    expected.merge(Instant.ofEpochMilli(end), 1L, Long::sum);
                }
            }
            assertThat(counted).as("tumbling(%dm)", spec + 1).isEqualTo(expected);
        }
    }

    private static void addsUp(AuditLine line) {
        long holes = line.holes().stream().mapToLong(OffsetRange::size).sum();
        assertThat(line.last() - line.first() + 1).isEqualTo(line.records() + holes);
        for (AuditLine.SpecCounts spec : line.specs()) {
            assertThat(spec.counted() + spec.late() + line.rejected() + line.heartbeats())
                    .isEqualTo(line.rows());
            assertThat(spec.windows().stream().mapToLong(WindowCount::counted).sum())
                    .isEqualTo(spec.counted());
        }
    }

    @Test
    void shouldSendRestoredLinesOnceWhoeverReadsOn() throws Exception {
        // Given
        TestSettings rare = SETTINGS.auditInterval(Duration.ofDays(1));
        Task first = start(rare, 2, 0, null);
        Task second = start(rare, 2, 1, null);
        first.read(0, 0, 0);
        first.read(2, 0, 0);
        second.read(1, 0, 0);
        second.read(3, 0, 0);

        // When partition 0 is read on and the others are not
        List<Task> restored = restore(rare, 3, first.checkpoint(1), second.checkpoint(1));
        restored.get(2).read(0, 1, 1);
        OperatorSubtaskState[] states = new OperatorSubtaskState[3];
        for (int subtask = 0; subtask < 3; subtask++) {
            states[subtask] = restored.get(subtask).checkpoint(2);
        }
        List<Task> again = restore(rare, 1, states);
        again.get(0).checkpoint(3);

        // Then
        assertThat(lines(restored))
                .allMatch(AuditLine::restored)
                .extracting(line -> line.key().partition())
                .containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(lines(again)).singleElement().satisfies(line -> {
            assertThat(line.key().partition()).isZero();
            assertThat(line.first()).isEqualTo(1);
            assertThat(line.clockBefore()).contains(at(0));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTellWhichOlderGenerationReadARestoredLine(int generation) throws Exception {
        // Given
        TestSettings rare = SETTINGS.auditInterval(Duration.ofDays(1));
        Task before = start(rare);
        before.read(0, 0, 0);

        // When
        List<Task> after = restore(rare.generation(generation), 1, before.checkpoint(1));
        after.get(0).checkpoint(2);

        // Then
        assertThat(lines(after)).singleElement().satisfies(line -> {
            assertThat(line.key().generation()).isEqualTo(generation);
            assertThat(line.readBy()).isEqualTo(generation == 1 ? Optional.empty() : Optional.of(1));
        });
    }

    @Test
    void shouldBelieveTheEntryThatHasSeenMost() throws Exception {
        // Given both subtasks know partition 0 from a restore, and one reads on
        Task before = start(SETTINGS);
        before.read(0, 0, 0);
        List<Task> both = restore(SETTINGS, 2, before.checkpoint(1));
        both.get(1).heartbeat(0, 1, 125);
        OperatorSubtaskState stale = both.get(0).checkpoint(2);
        OperatorSubtaskState fresh = both.get(1).checkpoint(2);

        // When
        Task after = restoreOne(SETTINGS, stale, fresh);
        after.read(0, 2, 59);
        after.read(0, 3, 60);

        // Then
        assertThat(after.counted()).extracting(Counted::offset).containsExactly(3L);
    }

    @Test
    void shouldRefuseTopicThatWasMadeAnew() throws Exception {
        // Given
        Task before = start(SETTINGS);
        before.read(0, 0, 0);
        Task after = restoreOne(SETTINGS, before.checkpoint(1));
        var anew = Decoded.value(fetched("AAAAAAAAAAAAAAAAAAAAAA", 0, 1, time(0)), "a value", time(0));

        // Then
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> after.admit(anew))
                .havingCause()
                .withMessageStartingWith("topic inputs was deleted and recreated: its id was");
    }

    @Test
    void shouldRefuseOffsetsThatGoBack() throws Exception {
        // Given
        Task task = start(SETTINGS);
        task.read(0, 5, 0);

        // Then
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> task.read(0, 5, 0))
                .havingCause()
                .withMessageStartingWith("partition inputs-0 went back to offset 5 after 5");
    }

    @Test
    void shouldRefuseStateOfHigherGeneration() throws Exception {
        // Given
        Task second = start(SETTINGS.generation(2));
        second.read(0, 0, 0);
        OperatorSubtaskState state = second.checkpoint(1);

        // Then
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> restore(SETTINGS.generation(1), 1, state))
                .havingCause()
                .withMessageContaining("written by generation 2")
                .withMessageContaining("start with --generation 2 or higher");
        assertThat(restore(SETTINGS.generation(3), 1, state)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tumbling(1m);tumbling(1h)", "tumbling(1h)", "tumbling(1m)"})
    void shouldRefuseStateOfOtherWindows(String windows) throws Exception {
        // Given the first half of an hour
        TestSettings two = SETTINGS.windows("tumbling(1m);all:tumbling(1m)");
        Task before = start(two);
        before.heartbeat(0, 0, 0);
        OperatorSubtaskState state = before.checkpoint(1);

        // Then
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> restore(SETTINGS.windows(windows), 1, state))
                .havingCause()
                .withMessage("--windows of weather-average is "
                        + windows
                        + ", and the state has tumbling(1m);all:tumbling(1m): windows may"
                        + " not change with state; give those of the state, or start a new"
                        + " generation without state");
        assertThat(restore(SETTINGS.windows("all:tumbling(1m);tumbling(1m)"), 1, state))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"3600, 60, 120", "0, 120, 3720"})
    void shouldCloseMoreAndNeverLessWhenLatenessChangesBySavepoint(long lateness, long closed, long closedLater)
            throws Exception {
        // Given the window that ends at 60 s is closed
        Task before = start(SETTINGS);
        before.heartbeat(0, 0, 125);

        // When
        Task after =
                restoreOne(SETTINGS.bounds(Duration.ofSeconds(5), Duration.ofSeconds(lateness)), before.checkpoint(1));
        after.read(0, 1, closed - 1);
        after.read(0, 2, closed);
        after.heartbeat(0, 3, 3_730);
        after.read(0, 4, closedLater - 1);
        after.read(0, 5, closedLater);

        // Then
        assertThat(after.counted()).extracting(Counted::offset).containsExactly(2L, 5L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldGoOnAtTheTimeThatAllTasksHadReached(int parallelism) throws Exception {
        // Given
        Task slow = start(SETTINGS, 2, 0, null);
        Task fast = start(SETTINGS, 2, 1, null);
        slow.harness().processWatermark(time(60));
        fast.harness().processWatermark(time(90));

        // When
        List<Task> restored = restore(SETTINGS, parallelism, slow.checkpoint(1), fast.checkpoint(1));
        for (Task task : restored) {
            task.harness().processWatermark(time(30));
            task.harness().processWatermark(time(61));
        }

        // Then
        assertThat(restored).allSatisfy(task -> assertThat(watermarks(task)).containsExactly(time(60), time(61)));
    }

    @Test
    void shouldGoOnAtATimeThatLeavesOpenWhatIsCountedWhenLatenessShrinksAsOutOfOrdernessGrows() throws Exception {
        // Given C is at 120 s, W at 115 s, H at 55 s; the window that ends at 100 s is kept
        var before = SETTINGS.windows("tumbling(10s)");
        Task task = start(before);
        task.heartbeat(0, 0, 120);
        task.harness().processWatermark(time(115) - 1);
        OperatorSubtaskState grown =
                restoreOne(before.bounds(B_LATER, L), task.checkpoint(1)).checkpoint(2);

        // When
        Task atOnce = restoreOne(before.bounds(B_LATER, Duration.ZERO), task.checkpoint(3));
        Task inSteps = restoreOne(before.bounds(B_LATER, Duration.ZERO), grown);
        atOnce.read(0, 1, 91);
        inSteps.read(0, 1, 91);

        // Then
        assertThat(List.of(atOnce, inSteps)).allSatisfy(after -> {
            assertThat(after.counted()).hasSize(1);
            assertThat(watermarks(after)).allSatisfy(time -> assertThat(time).isLessThan(time(100) - 1));
        });
    }

    /** Those that a partition that is new could open again. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10, 50, 60})
    void shouldGoOnAtATimeThatLeavesClosedWhatIsForgotten(long lateness) throws Exception {
        // Given windows that end at 55 s are forgotten
        Task before = start(SETTINGS);
        before.harness().processWatermark(time(115) - 1);

        // When
        Task after = restoreOne(SETTINGS.bounds(B_LATER, Duration.ofSeconds(lateness)), before.checkpoint(1));

        // Then
        assertThat(watermarks(after)).singleElement().satisfies(time -> assertThat(time)
                .isBetween(time(55) - 1 + lateness * 1000, time(115) - 1));
    }

    /** A larger L would open them again for a partition that has no horizon, and tell them as if for the first time. */
    @Test
    void shouldTakeBackWhatIsCountedInForgottenWindowsWhenLatenessGrows() throws Exception {
        // Given windows that end at 55 s are forgotten
        var settings = SETTINGS.windows("tumbling(5s);session(10s);sliding(10s,5s);global(count=3)");
        Task before = start(settings);
        before.harness().processWatermark(time(115) - 1);

        // When
        Task after = restoreOne(
                settings.bounds(Duration.ofSeconds(5), Duration.ofHours(1)),
                restoreOne(settings, before.checkpoint(1)).checkpoint(2));
        after.read(0, 0, 44);
        after.read(0, 1, 45);
        after.read(0, 2, 50);
        after.read(0, 3, 55);

        // Then
        assertThat(after.counted()).extracting(Counted::countedBy).containsExactly(0b1000L, 0b1000L, 0b1010L, 0b1111L);
        assertThat(after.corrections())
                .extracting(AuditCorrection::spec, AuditCorrection::offset, AuditCorrection::windowEnd)
                .containsExactly(
                        tuple("tumbling(5s)", 0L, at(45)),
                        tuple("session(10s)", 0L, at(54)),
                        tuple("sliding(10s,5s)", 0L, at(45)),
                        tuple("tumbling(5s)", 1L, at(50)),
                        tuple("session(10s)", 1L, at(55)),
                        tuple("sliding(10s,5s)", 1L, at(50)),
                        tuple("tumbling(5s)", 2L, at(55)),
                        tuple("sliding(10s,5s)", 2L, at(55)));
        assertThat(after.counter("droppedAfterCounting")).isEqualTo(8);
        assertThat(after.checkpoint(3)).isNotNull();
        assertThat(after.lines()).singleElement().satisfies(line -> assertThat(line.specs())
                .extracting(AuditLine.SpecCounts::counted)
                .containsOnly(4L));
    }

    @Test
    void shouldNotWaitForIdleTasksAfterRestore() throws Exception {
        // Given
        Task idle = start(SETTINGS, 2, 0, null);
        Task active = start(SETTINGS, 2, 1, null);
        idle.harness().processWatermark(time(60));
        idle.harness().processWatermarkStatus(WatermarkStatus.IDLE);
        active.harness().processWatermark(time(90));
        OperatorSubtaskState whileOneIsActive = active.checkpoint(1);
        active.harness().processWatermarkStatus(WatermarkStatus.IDLE);

        // When
        Task one = restoreOne(SETTINGS, idle.checkpoint(1), whileOneIsActive);
        Task none = restoreOne(SETTINGS, idle.checkpoint(2), active.checkpoint(2));

        // Then
        assertThat(watermarks(one)).containsExactly(time(90));
        assertThat(watermarks(none)).containsExactly(time(90));
    }

    @Test
    void shouldGoOnAfterTheEndOfTimeOfDrainedJob() throws Exception {
        // Given
        Task drained = start(SETTINGS);
        drained.harness().processWatermark(Watermark.MAX_WATERMARK);

        // When
        Task task = restoreOne(SETTINGS, drained.checkpoint(1));

        // Then
        assertThat(watermarks(task)).isEmpty();
    }

    private static List<Long> watermarks(Task task) {
        return task.harness().getOutput().stream()
                .filter(Watermark.class::isInstance)
                .map(mark -> ((Watermark) mark).getTimestamp())
                .toList();
    }

    @Test
    void shouldMarkWindowsThatBeganBeforeWhatWasRead() throws Exception {
        // Given a partition that is read from the middle, first event time 30 s, B 5 s
        Task task = start(SETTINGS.windows("tumbling(10s)"));
        task.heartbeat(0, 100, 30);

        // When
        task.read(0, 101, 34);
        task.read(0, 102, 40);
        task.read(1, 0, 1);

        // Then
        assertThat(task.counted())
                .extracting(Counted::completeFrom)
                .containsExactly(time(35), time(35), Long.MIN_VALUE);
    }

    /** What was not read may have been in time and end at the append time, whatever the first record's own time is. */
    @Test
    void shouldMarkWindowsThatBeganBeforeTheFirstRecordWasAppended() throws Exception {
        // Given a partition that is read from the middle, where a late record comes first
        Task task = start(SETTINGS.windows("tumbling(10s)"));
        task.admit(Decoded.value(fetched(0, 100, 100), "late", time(30)));

        // When
        task.read(0, 101, 101);
        task.read(0, 102, 111);

        // Then
        assertThat(task.counted()).extracting(Counted::completeFrom).containsOnly(time(105));
    }

    @Test
    void shouldMarkRecordsOfWindowsWhoseEndHasPassed() throws Exception {
        // Given
        Task task = start(SETTINGS);
        task.heartbeat(0, 0, 64);
        task.read(0, 1, 59);
        task.heartbeat(0, 2, 65);

        // When
        task.read(0, 3, 59);

        // Then
        assertThat(task.counted()).extracting(Counted::passed).containsExactly(time(59), time(60));
    }

    @Test
    void shouldTakeEventTimeAloneWithoutAppendTimes() throws Exception {
        // Given
        Task task = start(SETTINGS);
        task.admit(Decoded.value(
                fetched(FetchedRecords.TOPIC_ID, 0, 0, Fetched.NO_APPEND_TIME), "a value", time(100_000)));

        // When
        task.checkpoint(1);

        // Then
        assertThat(task.lines()).singleElement().satisfies(line -> {
            assertThat(line.unguarded()).isEqualTo(1);
            assertThat(line.rejected()).isZero();
            assertThat(line.clockAfter()).contains(at(100_000));
        });
    }

    @Test
    void shouldRejectOnlyWhatIsMoreThanTheSkewAhead() throws Exception {
        // Given
        Task task = start(SETTINGS);

        // When
        task.admit(Decoded.value(fetched(0, 0, 0), "a value", time(300)));
        task.admit(Decoded.value(fetched(0, 1, 0), "a value", time(300) + 1));
        task.admit(Decoded.heartbeat(fetched(0, 2, 0), time(301)));
        task.checkpoint(1);

        // Then
        assertThat(task.counted()).extracting(Counted::offset).containsExactly(0L);
        assertThat(task.lines().get(0).rejected()).isEqualTo(2);
        assertThat(task.lines().get(0).clockAfter()).contains(at(0));
    }

    @Test
    void shouldGoOnMarkingWindowsThatBeganBeforeWhatWasReadAfterARestore() throws Exception {
        Task before = start(SETTINGS);
        before.heartbeat(0, 100, 30);
        Task after = restoreOne(SETTINGS, before.checkpoint(1));
        after.read(0, 101, 34);
        assertThat(after.counted()).extracting(Counted::completeFrom).containsExactly(time(35));
    }
}
