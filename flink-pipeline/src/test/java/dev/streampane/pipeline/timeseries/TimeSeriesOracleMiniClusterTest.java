// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import dev.streampane.pipeline.timeseries.LineProtocolParser.Point;
import dev.streampane.pipeline.timeseries.RowOracle.Written;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any order of arrival, any parallelism and any restart give what brute force over the rows gives, as results and as lines. */
class TimeSeriesOracleMiniClusterTest {

    private static final int MESSAGES = 360;
    private static final int RUNS = 3;
    private static final int PARTITIONS = 3;
    private static final String NARROW = "tumbling(10s)";
    private static final String WIDE = "tumbling(1m,offset=15s)";
    private static final TestSettings SETTINGS =
            TestSettings.of("time-series-speed").windows(NARROW + ";" + WIDE);

    private final List<WindowResult> results = new ArrayList<>();
    private final List<byte[]> messages = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveWhatTheOracleGives(long seed, @TempDir Path savepoints) {
        // Given
        var rows = new RandomMessages(seed, PARTITIONS);

        // When
        runAll(rows, new Random(seed), savepoints);

        // Then
        RowOracle narrow = narrow().judge(rows.written());
        RowOracle wide = wide().judge(rows.written());
        assertThat(RowOracle.lastRevisions(results, NARROW)).isEqualTo(narrow.panes);
        assertThat(RowOracle.lastRevisions(results, WIDE)).isEqualTo(wide.panes);
        assertThat(rejected).containsExactlyInAnyOrderElementsOf(narrow.rejected);
        assertThat(late)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                narrow.late.stream().map(place -> place + " " + NARROW),
                                wide.late.stream().map(place -> place + " " + WIDE))
                        .toList());
        assertThat(lastLines()).isEqualTo(linesOf(narrow));
        assertThat(results).anyMatch(result -> result.status() == Status.REVISED);
        assertThat(narrow.late).isNotEmpty();
        assertThat(messages).map(String::new).anyMatch(lines -> lines.contains(" value=") && lines.contains(" text="));
    }

    private void runAll(RandomMessages rows, Random random, Path savepoints) {
        var log = new PartitionedLog(PARTITIONS);
        var setup = new TopologyRun.Setup<>(
                TimeSeriesSpeedTopology::build, Decoding.decoder(), SETTINGS.intake(), random.nextLong());
        List<Integer> parallelisms = IntStream.rangeClosed(1, RUNS).boxed().collect(Collectors.toList());
        Collections.shuffle(parallelisms, random);
        String state = null;
        for (int run = 1; run <= RUNS; run++) {
            int parallelism = parallelisms.get(run - 1);
            TopologyRun job = state == null ? setup.start(log, parallelism) : setup.restore(log, parallelism, state);
            int before = rows.written().size();
            for (int message = 0; message < MESSAGES / RUNS; message++) {
                log.append(rows.next());
            }
            if (run < RUNS) {
                Set<String> due = due(rows.written(), before);
                assertThat(due).contains(NARROW);
                job.await(r -> specsOf(r).containsAll(due));
                state = job.stop(savepoints);
            } else {
                log.close();
                job.awaitEnd();
            }
            collect(job);
        }
    }

    private static RowOracle narrow() {
        return new RowOracle(10_000, 0, 5_000, 60_000);
    }

    private static RowOracle wide() {
        return new RowOracle(60_000, 15_000, 5_000, 60_000);
    }

    /** The specifications of which a window must fire for the first time when the rows from that one on have been read. */
    private static Set<String> due(List<Written> all, int from) {
        List<Written> before = all.subList(0, from);
        List<Written> read = all.subList(from, all.size());
        Set<String> due = new TreeSet<>();
        if (narrow().judge(all).isDue(before, read, PARTITIONS)) {
            due.add(NARROW);
        }
        if (wide().judge(all).isDue(before, read, PARTITIONS)) {
            due.add(WIDE);
        }
        return due;
    }

    private static Set<String> specsOf(TopologyRun run) {
        return run.results().stream()
                .filter(result -> result.status() == Status.FINAL)
                .map(WindowResult::spec)
                .collect(Collectors.toSet());
    }

    private void collect(TopologyRun job) {
        assertThat(job.corrections()).isEmpty();
        results.addAll(job.results());
        job.outputs().stream()
                .filter(output -> output.channel() == Output.Channel.TELEGRAF)
                .forEach(lines -> messages.add(lines.value()));
        job.late().forEach(r -> late.add(r.partition() + "/" + r.offset() + "/" + r.row() + " " + r.spec()));
        job.deadLetters()
                .forEach(r -> rejected.add(r.partition() + "/" + r.offset() + "/" + r.row() + " " + r.reason()));
    }

    /** What a store shows that has taken all lines: of each name and time the last. */
    private TreeMap<String, Object> lastLines() {
        var last = new TreeMap<String, Object>();
        for (byte[] message : messages) {
            for (Point point : LineProtocolParser.parse(message)) {
                last.put(
                        point.tags().get("name") + "@" + point.time() / 1_000_000,
                        point.fields().toString());
            }
        }
        return last;
    }

    private static TreeMap<String, Object> linesOf(RowOracle oracle) {
        var lines = new TreeMap<String, Object>();
        oracle.panes.forEach((pane, holds) -> {
            String[] parts = pane.split("@");
            String values = holds.replaceAll("n=[0-9]+ late=[0-9]+ (.*) sums=.*", "$1");
            lines.put(
                    parts[0] + "@" + (Long.parseLong(parts[1]) + 10_000),
                    values.startsWith("last=")
                            ? "{text=" + values.substring(5) + "}"
                            : "{value=" + values.replaceAll("avg_value=([^ ]+).*", "$1") + "}");
        });
        return lines;
    }

    /** Numbers and texts of windows that have been told and that are open, and then late ones. */
    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        new GoldenSavepoint<>(
                        "time-series-speed",
                        new TopologyRun.Setup<>(
                                TimeSeriesSpeedTopology::build,
                                Decoding.decoder(),
                                SETTINGS.auditInterval(Duration.ofHours(1)).intake(),
                                1),
                        "time-series",
                        log -> {
                            rows(
                                    log,
                                    0,
                                    "06:00:05Z,pu136mod-nd-011,19.38",
                                    "06:00:06Z,pu136mod-ns-021,\"on, \ud83d\ude00\"");
                            rows(log, 1, "06:00:07Z,pu136mod-ni-001,-7");
                            rows(log, 0, "06:01:25Z,pu136mod-nd-011,20", "06:01:25Z,pu136mod-ns-021,\"off\"");
                            rows(log, 1, "06:01:25Z,pu136mod-ni-001,8", "06:01:26Z,pu136mod-ns-021,\"\"");
                            rows(log, 0, "?");
                            rows(log, 1, "?");
                        },
                        run -> run.results().size() == 6,
                        log -> {
                            rows(log, 0, "06:01:27Z,pu136mod-nd-011,1e-3");
                            rows(log, 1, "06:00:50Z,pu136mod-ns-021,\"sp\u00e4t\"");
                        })
                .assertGoesOn();
    }

    private static void rows(LogWriter log, int partition, String... rows) {
        var message = new StringBuilder();
        for (String row : rows) {
            message.append("2026-11-20T").append(row).append("\r\n");
        }
        log.append(
                partition,
                LogWriter.time("06:01:30").toEpochMilli(),
                message.toString().getBytes(StandardCharsets.UTF_8),
                null);
    }
}
