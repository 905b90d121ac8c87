// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any order of arrival, any parallelism and any restart give what brute force over the log gives, and an audit that reconciles. */
class WeatherOracleMiniClusterTest {

    private static final int RECORDS = 600;
    private static final int RUNS = 3;
    private static final TestSettings SETTINGS =
            TestSettings.of("weather-average").windows("tumbling(10s);tumbling(1m,offset=15s)");

    private final List<WindowResult> results = new ArrayList<>();
    private final List<AuditLine> lines = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveWhatTheOracleGives(long seed, @TempDir Path savepoints) {
        // Given
        var readings = new RandomReadings(seed, 0, 17, 0);
        var random = new Random(seed);

        // When
        runAll(readings, random, rareLines(seed) ? SETTINGS.auditInterval(Duration.ofHours(1)) : SETTINGS, savepoints);

        // Then
        WeatherOracle narrow = oracle(10_000, 0, readings);
        WeatherOracle wide = oracle(60_000, 15_000, readings);
        assertThat(WeatherOracle.lastRevisions(results, "tumbling(10s)")).isEqualTo(narrow.panes);
        assertThat(WeatherOracle.lastRevisions(results, "tumbling(1m,offset=15s)"))
                .isEqualTo(wide.panes);
        assertThat(rejected).containsExactlyInAnyOrderElementsOf(narrow.rejected);
        assertThat(late)
                .containsExactlyInAnyOrderElementsOf(java.util.stream.Stream.concat(
                                narrow.late.stream().map(at -> at + " tumbling(10s)"),
                                wide.late.stream().map(at -> at + " tumbling(1m,offset=15s)"))
                        .toList());
        assertThat(narrow.late).isNotEmpty();
        assertThat(results).anyMatch(result -> !result.complete());
        assertThat(lines.stream().anyMatch(AuditLine::restored)).isEqualTo(rareLines(seed));
        assertAuditBalances();
    }

    /** With lines at every checkpoint none is open at a stop; with rare ones there always is one. */
    private static boolean rareLines(long seed) {
        return seed % 2 == 0;
    }

    private static WeatherOracle oracle(long size, long offset, RandomReadings readings) {
        return new WeatherOracle(size, offset, 5_000, 60_000, 300_000).judge(readings.written());
    }

    private void runAll(RandomReadings readings, Random random, TestSettings settings, Path savepoints) {
        var log = new PartitionedLog(3);
        var setup = new TopologyRun.Setup<>(
                WeatherAverageTopology::build,
                new ReadingDecoder(settings.intake().zone()),
                settings.intake(),
                random.nextLong());
        String state = null;
        for (int run = 1; run <= RUNS; run++) {
            int parallelism = 1 + random.nextInt(3);
            TopologyRun job = state == null ? setup.start(log, parallelism) : setup.restore(log, parallelism, state);
            for (int record = 0; record < RECORDS / RUNS; record++) {
                log.append(readings.next());
            }
            if (run < RUNS) {
                job.await(r -> !r.results().isEmpty());
                state = job.stop(savepoints);
            } else {
                log.close();
                job.awaitEnd();
            }
            collect(job);
        }
    }

    private void collect(TopologyRun job) {
        assertThat(job.corrections()).isEmpty();
        results.addAll(job.results());
        lines.addAll(job.lines());
        job.late().forEach(r -> late.add(r.partition() + "/" + r.offset() + " " + r.spec()));
        job.deadLetters().forEach(r -> rejected.add(r.partition() + "/" + r.offset() + " " + r.reason()));
    }

    private void assertAuditBalances() {
        lines.stream()
                .collect(Collectors.groupingBy(line -> line.key().partition()))
                .values()
                .forEach(WeatherOracleMiniClusterTest::assertContiguous);
        for (String spec : List.of("tumbling(10s)", "tumbling(1m,offset=15s)")) {
            assertThat(countedByLines(spec)).isEqualTo(countedByResults(spec));
        }
    }

    private static void assertContiguous(List<AuditLine> ofPartition) {
        var sorted = new ArrayList<>(ofPartition);
        sorted.sort(Comparator.comparingLong(AuditLine::first));
        long next = 0;
        Optional<Instant> clock = Optional.empty();
        for (AuditLine line : sorted) {
            assertThat(line.first()).isEqualTo(next);
            assertThat(line.clockBefore()).isEqualTo(clock);
            long holes =
                    line.holes().stream().mapToLong(AuditLine.OffsetRange::size).sum();
            assertThat(line.last() - line.first() + 1).isEqualTo(line.records() + holes);
            for (AuditLine.SpecCounts spec : line.specs()) {
                assertThat(line.rows()).isEqualTo(spec.counted() + spec.late() + line.rejected() + line.heartbeats());
            }
            next = line.last() + 1;
            clock = line.clockAfter();
        }
    }

    private Map<Instant, Long> countedByLines(String spec) {
        var counted = new TreeMap<Instant, Long>();
        for (AuditLine line : lines) {
            line.specs().stream()
                    .filter(counts -> counts.spec().equals(spec))
                    .flatMap(counts -> counts.windows().stream())
                    .forEach(window -> counted.merge(window.end(), window.counted(), Long::sum));
        }
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
}
