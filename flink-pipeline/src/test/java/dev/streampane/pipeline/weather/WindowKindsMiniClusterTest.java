// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.LoggedLines;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import dev.streampane.pipeline.weather.RandomReadings.Written;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionInternalTimeService;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of window at once, each by verdicts of its own, against brute force over the log: any order of arrival, any parallelism, any
 * restart, and batch mode; and an audit that reconciles. {@code -Dwindows.seed=…} repeats a run that failed.
 */
class WindowKindsMiniClusterTest {

    private static final int RECORDS = 600;
    private static final int RUNS = 3;
    private static final int PARTITIONS = 3;
    private static final long DAY = 86_400_000;
    private static final Map<String, OracleWindows> KINDS = new LinkedHashMap<>();
    private static final String COUNTS = "global(count=7)";
    private static final String TOTALS = "global(every=10s)";

    static {
        KINDS.put("tumbling(10s)", OracleWindows.of(10_000, 10_000, 0));
        KINDS.put("tumbling(1m,offset=15s)", OracleWindows.of(60_000, 60_000, 15_000));
        KINDS.put("all:tumbling(1m,offset=15s)", OracleWindows.of(60_000, 60_000, 15_000));
        KINDS.put("sliding(30s,10s)", OracleWindows.of(30_000, 10_000, 0));
        KINDS.put("sliding(10s,3s)", OracleWindows.of(10_000, 3_000, 0));
        KINDS.put("all:sliding(5s,2500ms)", OracleWindows.of(5_000, 2_500, 0));
        KINDS.put("session(2s)", OracleWindows.sessions(2_000));
        KINDS.put("session(12s)", OracleWindows.sessions(12_000));
        KINDS.put("all:session(900ms)", OracleWindows.sessions(900));
        // midnight of that zone is 06:05 UTC, in the midst of the readings
        KINDS.put("calendar(day,-06:05)", OracleWindows.of(DAY, DAY, 21_900_000));
        KINDS.put("all:calendar(day,-06:05)", OracleWindows.of(DAY, DAY, 21_900_000));
    }

    private final long seed = Long.getLong("windows.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final RandomReadings readings = new RandomReadings(seed, 0, 17, 0);
    private final PartitionedLog log = new PartitionedLog(PARTITIONS);
    private final List<WindowResult> results = new ArrayList<>();
    private final List<AuditLine> lines = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();

    private TopologyRun.Setup<DeviceReading> setup(String windows) {
        return setup(TestSettings.of("weather-average").windows(windows));
    }

    private TopologyRun.Setup<DeviceReading> setup(TestSettings test) {
        var settings = test.intake();
        return new TopologyRun.Setup<>(
                WeatherAverageTopology::build, new ReadingDecoder(settings.zone()), settings, random.nextLong());
    }

    private static WeatherOracle oracle(String spec, OracleWindows windows) {
        return new WeatherOracle(windows, spec.startsWith("all:"), 5_000, 60_000, 300_000);
    }

    private int anyParallelism() {
        return 1 + random.nextInt(PARTITIONS);
    }

    private void write(int records) {
        for (int record = 0; record < records; record++) {
            log.append(readings.next());
        }
    }

    private void collect(TopologyRun job) {
        results.addAll(job.results());
        lines.addAll(job.lines());
        job.late().forEach(r -> late.add(r.spec() + ' ' + r.partition() + '/' + r.offset()));
        job.deadLetters().forEach(r -> rejected.add(r.partition() + "/" + r.offset() + ' ' + r.reason()));
        assertThat(job.deadLetters())
                .filteredOn(letter -> letter.reason().equals("not_json"))
                .allSatisfy(letter -> assertThat(letter.value()).asString().isEqualTo("{\"device\":"));
        assertThat(job.corrections()).isEmpty();
    }

    /** With lines at every checkpoint none is open at a stop; with rare ones there always is one. */
    @RepeatedTest(4)
    void shouldGiveWhatTheOraclesGive(RepetitionInfo repetition, @TempDir Path savepoints) {
        // Given
        boolean rareLines = repetition.getCurrentRepetition() % 2 == 0;
        var settings = TestSettings.of("weather-average")
                .windows(String.join(";", KINDS.keySet()) + ';' + COUNTS + ';' + TOTALS);
        var setup = setup(rareLines ? settings.auditInterval(Duration.ofHours(1)) : settings);
        List<Integer> parallelisms = IntStream.rangeClosed(1, RUNS).boxed().collect(Collectors.toList());
        Collections.shuffle(parallelisms, random);
        String state = null;

        // When
        for (int run = 1; run <= RUNS; run++) {
            int parallelism = parallelisms.get(run - 1);
            TopologyRun job = state == null ? setup.start(log, parallelism) : setup.restore(log, parallelism, state);
            int before = readings.written().size();
            write(RECORDS / RUNS);
            if (run < RUNS) {
                Set<String> due = due(before);
                assertThat(due)
                        .as("seed %d", seed)
                        .contains("tumbling(10s)", "sliding(30s,10s)", "session(2s)")
                        .contains(COUNTS, TOTALS);
                job.await(r -> specsOf(r, Status.FINAL).containsAll(due));
                state = job.stop(savepoints);
            } else {
                log.close();
                job.awaitEnd();
            }
            collect(job);
        }

        // Then
        assertResultsOfEveryKind();
        assertRevisionsFollow();
        assertPanesOfACount();
        assertRunningTotals();
        assertThat(late).as("seed %d", seed).isNotEmpty();
        assertThat(results).as("seed %d", seed).anyMatch(result -> !result.complete());
        assertThat(lines.stream().anyMatch(AuditLine::restored))
                .as("seed %d", seed)
                .isEqualTo(rareLines);
        assertAuditBalances();
    }

    @RepeatedTest(2)
    void shouldGiveTheSameAsABatch() {
        // Given
        write(RECORDS);
        log.close();

        // When
        List<String> warnings;
        try (var ignoredTimers = new LoggedLines(BatchExecutionInternalTimeService.class)) {
            collect(setup(String.join(";", KINDS.keySet()))
                    .startBatch(log, anyParallelism())
                    .awaitEnd());
            warnings = ignoredTimers.lines();
        }

        // Then
        assertThat(warnings).as("seed %d", seed).isEmpty();
        assertResultsOfEveryKind();
        assertThat(results)
                .as("seed %d", seed)
                .allMatch(result -> result.status() == Status.FINAL && result.rev() == 1);
    }

    @Test
    void shouldLookIntoOpenWindowsOfEveryKind() {
        // Given one reading, and partitions that hold time back
        var specs = new TreeSet<>(KINDS.keySet());
        specs.addAll(List.of(COUNTS, TOTALS));
        var writer = new LogWriter(log, "device-readings").reading(0, "06:00:00", "d", "20");

        // When
        TopologyRun job = setup(TestSettings.of("weather-average")
                        .windows(String.join(";", specs))
                        .preview(Duration.ofMillis(20)))
                .start(log, 2)
                .await(run -> specsOf(run, Status.EARLY).equals(specs));
        writer.close();
        job.awaitEnd();

        // Then
        assertThat(job.results())
                .filteredOn(result -> result.status() == Status.EARLY)
                .allMatch(look -> look.rev() == 0 && look.count() == 1)
                .allMatch(look -> look.output().channel() == Output.Channel.PREVIEWS);
        specs.remove(COUNTS);
        assertThat(specsOf(job, Status.FINAL)).isEqualTo(specs);
        assertThat(job.results())
                .filteredOn(result -> result.status() != Status.EARLY)
                .allMatch(result -> result.status() == Status.FINAL && result.rev() == 1);
    }

    /** The specifications of which a window must fire for the first time when the records from that one on have been read. */
    private Set<String> due(int from) {
        List<Written> all = readings.written();
        List<Written> before = all.subList(0, from);
        List<Written> read = all.subList(from, all.size());
        Set<String> due = new TreeSet<>();
        KINDS.forEach((spec, windows) -> {
            WeatherOracle oracle = oracle(spec, windows).judge(all);
            long fired = oracle.watermark(before, PARTITIONS);
            long reached = oracle.watermark(read, PARTITIONS);
            List<Long> ends = oracle.panes.keySet().stream()
                    .map(pane -> Long.parseLong(pane.split("\\.\\.")[1]))
                    .filter(end -> fired < end && end < reached)
                    .distinct()
                    .toList();
            if (!ends.isEmpty()) {
                due.add(spec);
            }
            if (spec.equals("tumbling(10s)") && ends.size() > 3) {
                due.add(TOTALS);
            }
        });
        WeatherOracle sooner = oracle(COUNTS, OracleWindows.endless()).judge(before);
        oracle(COUNTS, OracleWindows.endless()).judge(all).countsByKey.forEach((key, count) -> {
            if (count / 7 > sooner.countsByKey.getOrDefault(key, 0) / 7) {
                due.add(COUNTS);
            }
        });
        return due;
    }

    private static Set<String> specsOf(TopologyRun run, Status status) {
        return run.results().stream()
                .filter(result -> result.status() == status)
                .map(WindowResult::spec)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void assertResultsOfEveryKind() {
        var checks = new SoftAssertions();
        KINDS.forEach((spec, windows) -> {
            WeatherOracle oracle = oracle(spec, windows).judge(readings.written());
            checks.assertThat(WeatherOracle.lastRevisions(results, spec))
                    .as("%s, seed %d", spec, seed)
                    .isEqualTo(oracle.panes);
            checks.assertThat(lateOf(spec))
                    .as("late for %s, seed %d", spec, seed)
                    .containsExactlyInAnyOrderElementsOf(oracle.late);
            assertAudit(spec, oracle, checks);
        });
        checks.assertThat(rejected)
                .as("rejected, seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        oracle(COUNTS, OracleWindows.endless()).judge(readings.written()).rejected);
        checks.assertAll();
    }

    private List<String> lateOf(String spec) {
        return late.stream()
                .filter(record -> record.startsWith(spec + ' '))
                .map(record -> record.substring(spec.length() + 1))
                .toList();
    }

    /** Each specification has counts of its own; they tell windows only where those follow one another. */
    private void assertAudit(String spec, WeatherOracle oracle, SoftAssertions checks) {
        List<SpecCounts> ofSpec = lines.stream()
                .flatMap(line -> line.specs().stream())
                .filter(counts -> counts.spec().equals(spec))
                .toList();
        checks.assertThat(ofSpec.stream().mapToLong(SpecCounts::counted).sum())
                .as("counted by %s, seed %d", spec, seed)
                .isEqualTo(oracle.counted);
        checks.assertThat(ofSpec.stream().mapToLong(SpecCounts::late).sum())
                .as("late for %s, seed %d", spec, seed)
                .isEqualTo(oracle.late.size());
        checks.assertThat(ofSpec.stream()
                        .flatMap(counts -> counts.windows().stream())
                        .mapToLong(AuditLine.WindowCount::counted)
                        .sum())
                .as("counted in windows of %s, seed %d", spec, seed)
                .isEqualTo(spec.contains("tumbling") ? oracle.counted : 0);
    }

    private void assertAuditBalances() {
        lines.stream()
                .collect(Collectors.groupingBy(line -> line.key().partition()))
                .values()
                .forEach(this::assertContiguous);
        KINDS.keySet().stream().filter(spec -> spec.contains("tumbling")).forEach(spec -> assertThat(
                        countedByLines(spec))
                .as("%s, seed %d", spec, seed)
                .isEqualTo(countedByResults(spec)));
    }

    private void assertContiguous(List<AuditLine> ofPartition) {
        var sorted = new ArrayList<>(ofPartition);
        sorted.sort(Comparator.comparingLong(AuditLine::first));
        long next = 0;
        Optional<Instant> clock = Optional.empty();
        for (AuditLine line : sorted) {
            assertThat(line.first()).as("seed %d", seed).isEqualTo(next);
            assertThat(line.clockBefore()).as("seed %d", seed).isEqualTo(clock);
            long holes =
                    line.holes().stream().mapToLong(AuditLine.OffsetRange::size).sum();
            assertThat(line.last() - line.first() + 1).as("seed %d", seed).isEqualTo(line.records() + holes);
            assertThat(line.specs()).as("seed %d", seed).allSatisfy(spec -> assertThat(line.rows())
                    .isEqualTo(spec.counted() + spec.late() + line.rejected() + line.heartbeats()));
            next = line.last() + 1;
            clock = line.clockAfter();
        }
    }

    private Map<Instant, Long> countedByLines(String spec) {
        var counted = new TreeMap<Instant, Long>();
        lines.stream()
                .flatMap(line -> line.specs().stream())
                .filter(counts -> counts.spec().equals(spec))
                .flatMap(counts -> counts.windows().stream())
                .forEach(window -> counted.merge(window.end(), window.counted(), Long::sum));
        return counted;
    }

    private Map<Instant, Long> countedByResults(String spec) {
        Map<String, WindowResult> last = new TreeMap<>();
        results.stream()
                .filter(result -> result.spec().equals(spec))
                .forEach(r -> last.merge(r.id(), r, (a, b) -> a.rev() > b.rev() ? a : b));
        var counted = new TreeMap<Instant, Long>();
        last.values().forEach(r -> counted.merge(r.window().end(), r.count(), Long::sum));
        return counted;
    }

    /** 1, 2, 3 … FINAL, REVISED …; a session that was retracted says nothing more, and the one that swallowed it is there. */
    private void assertRevisionsFollow() {
        Map<String, List<WindowResult>> byId = results.stream().collect(Collectors.groupingBy(WindowResult::id));
        byId.forEach((id, revisions) -> {
            revisions.sort(Comparator.comparingInt(WindowResult::rev));
            for (int rev = 1; rev <= revisions.size(); rev++) {
                WindowResult result = revisions.get(rev - 1);
                assertThat(result.rev()).as("%s, seed %d", id, seed).isEqualTo(rev);
                assertThat(result.status() == Status.FINAL)
                        .as("%s, seed %d", result, seed)
                        .isEqualTo(rev == 1);
                if (result.status() == Status.RETRACTED) {
                    assertThat(rev).as("%s, seed %d", id, seed).isEqualTo(revisions.size());
                    assertSwallowed(result, byId.get(result.mergedInto()));
                }
            }
        });
    }

    private void assertSwallowed(WindowResult gone, List<WindowResult> swallower) {
        assertThat(gone.cause()).isEqualTo(Cause.MERGED);
        assertThat(swallower)
                .as("%s, seed %d", gone, seed)
                .isNotEmpty()
                .allMatch(by -> by.spec().equals(gone.spec()))
                .allMatch(by -> by.entityKey().equals(gone.entityKey()))
                .allMatch(by -> !by.window().start().isAfter(gone.window().start()))
                .allMatch(by -> !by.window().end().isBefore(gone.window().end()));
    }

    private Map<String, List<WindowResult>> byKey(String spec) {
        return results.stream()
                .filter(result -> result.spec().equals(spec))
                .sorted(Comparator.comparing(result -> result.window().number()))
                .collect(Collectors.groupingBy(WindowResult::entityKey));
    }

    /** Which records share a pane depends on the order of arrival, but not how many. */
    private void assertPanesOfACount() {
        WeatherOracle oracle = oracle(COUNTS, OracleWindows.endless()).judge(readings.written());
        var panes = new TreeMap<String, List<Long>>();
        byKey(COUNTS)
                .forEach((key, of) -> panes.put(
                        key, of.stream().map(pane -> pane.window().number()).toList()));
        var expected = new TreeMap<String, List<Long>>();
        oracle.countsByKey.forEach((key, count) ->
                expected.put(key, LongStream.range(0, count / 7).boxed().toList()));
        assertThat(panes).as("seed %d", seed).isEqualTo(expected);
        assertThat(results)
                .as("seed %d", seed)
                .filteredOn(result -> result.spec().equals(COUNTS))
                .allMatch(pane -> pane.count() == 7 && pane.cause() == Cause.COUNT);
        assertThat(lateOf(COUNTS)).isEmpty();
    }

    /** What a total holds depends on the order of arrival, but not the last. */
    private void assertRunningTotals() {
        WeatherOracle oracle = oracle(TOTALS, OracleWindows.endless()).judge(readings.written());
        var last = new TreeMap<String, String>();
        byKey(TOTALS).forEach((key, totals) -> {
            assertThat(totals)
                    .as("seed %d", seed)
                    .extracting(WindowResult::count)
                    .isSorted();
            assertThat(totals)
                    .as("seed %d", seed)
                    .extracting(total -> total.window().number())
                    .doesNotHaveDuplicates();
            last.put(key + "@0.." + Long.MAX_VALUE, WeatherOracle.describe(totals.get(totals.size() - 1)));
        });
        assertThat(last).as("seed %d", seed).isEqualTo(oracle.panes);
    }
}
