// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.bench.ScalePoint.RunStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench scale}: how the cost of weather-average grows. */
@Command(
        name = "scale",
        description = {
            "Tells how costs grow with keys, windows and lateness.",
            "Runs weather-average as it ships over rows of points, in each of which one",
            "thing varies: keys, each with a reading in each window of a minute; windows",
            "that a reading lies in, of 10 minutes, 500 keys with a reading a second;",
            "allowed lateness, 2,000 keys; parallelism and half of all readings of one key,",
            "1,000 keys with a reading a second, windows of a minute.",
            "A row ends with the power of x that its costs grow with. State is on the heap."
        })
final class Scale extends Benchmark {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final int LEAST_WINDOWS = 4;
    private static final long QUICK_RECORDS = 600_000;
    private static final int QUICK_KEYS = 100_000;

    /** Number of keys for which the cluster gets the heap of one more job; a key takes about 1 kB. */
    private static final int KEYS_PER_JOB_OF_HEAP = 64_000;

    private static final int JOBS_OF_HEAP = 8;

    @Option(names = "--rows", split = ",", defaultValue = "keys,slide,lateness,parallelism,hot", description = "Rows.")
    private List<String> rows;

    @Option(
            names = "--keys",
            split = ",",
            defaultValue = "1000,10000,100000,1000000,5000000",
            description = "Keys of row keys.")
    private List<Integer> keys;

    @Option(
            names = "--windows",
            split = ",",
            defaultValue = "1,10,60,600",
            description = "Windows of a reading in row slide.")
    private List<Integer> windows;

    @Option(names = "--lateness", split = ",", defaultValue = "0,1,10,60", description = "Minutes of row lateness.")
    private List<Integer> lateness;

    @Option(names = "--parallelism", split = ",", defaultValue = "1,2,4", description = "Subtasks of row parallelism.")
    private List<Integer> parallelism;

    @Option(
            names = "--records",
            defaultValue = "4000000",
            description = "Readings of a point, at least; more where so many windows need more.")
    private long records;

    @Option(names = "--rounds", defaultValue = "1", description = "Rounds over all points.")
    private int rounds;

    @Option(
            names = "--quick",
            description = "A few minutes in all: 600,000 readings a point, and no row with more than 100,000 keys.")
    private boolean quick;

    @Option(names = "--plot", paramLabel = "FILE.svg", description = "Draws the medians, minima and maxima.")
    private Optional<Path> plot;

    @Override
    public Integer call() throws Exception {
        if (quick) {
            records = Math.min(records, QUICK_RECORDS);
            keys = keys.stream().filter(n -> n <= QUICK_KEYS).toList();
        }
        List<ScalePoint> points =
                rows.stream().flatMap(row -> points(row).stream()).toList();
        Map<ScalePoint, List<RunStatistics>> runs = new LinkedHashMap<>();
        int most = points.stream().mapToInt(point -> point.input().keys()).max().orElse(0);
        try (Workspace workspace = Workspace.open();
                ScaleRun cluster = new ScaleRun(workspace, JOBS_OF_HEAP + most / KEYS_PER_JOB_OF_HEAP)) {
            Map<ScaleInput, String> topics = new HashMap<>();
            for (int round = 0; round <= rounds; round++) {
                // round 0 runs the first point only, to warm the cluster up
                for (ScalePoint point : round == 0 ? points.subList(0, 1) : points) {
                    if (!topics.containsKey(point.input())) {
                        String topic = "scale-readings-" + topics.size();
                        workspace.createTopic(topic);
                        point.input().write(workspace.servers(), topic, TEN_MINUTES);
                        topics.put(point.input(), topic);
                    }
                    RunStatistics scaled = cluster.run(point, topics.get(point.input()));
                    if (round > 0) {
                        runs.computeIfAbsent(point, p -> new ArrayList<>()).add(scaled);
                        print(point, round, scaled);
                    }
                }
            }
        }
        for (String row : rows) {
            growth(row, runs);
        }
        if (plot.isPresent()) {
            draw(runs, plot.get());
        }
        return 0;
    }

    private List<ScalePoint> points(String row) {
        return switch (row) {
            case "keys" -> each(keys, n -> point(row, n, "%,d keys", input(n, MINUTE, MINUTE, false), MINUTE, 2));
            case "slide" -> {
                ScaleInput input = input(500, SECOND, TEN_MINUTES, false);
                yield each(
                        windows,
                        n -> new ScalePoint(
                                row,
                                "%,d windows".formatted(n),
                                n,
                                input,
                                TEN_MINUTES,
                                TEN_MINUTES.dividedBy(n),
                                MINUTE,
                                2));
            }
            case "lateness" -> {
                ScaleInput input = input(2_000, MINUTE, MINUTE, false);
                yield each(lateness, n -> point(row, n, "%,d min", input, Duration.ofMinutes(n), 2));
            }
            case "parallelism" -> {
                ScaleInput input = input(1_000, SECOND, MINUTE, false);
                yield each(parallelism, n -> point(row, n, "%,d", input, MINUTE, n));
            }
            case "hot" ->
                List.of(
                        point(row, 0, "even load", input(1_000, SECOND, MINUTE, false), MINUTE, 2),
                        point(row, 50, "%d %% of one key", input(1_000, SECOND, MINUTE, true), MINUTE, 2));
            default -> throw new IllegalArgumentException("no row " + row);
        };
    }

    private static List<ScalePoint> each(List<Integer> values, IntFunction<ScalePoint> point) {
        return values.stream().map(point::apply).toList();
    }

    /** A point with tumbling windows of a minute. */
    private static ScalePoint point(String row, int x, String label, ScaleInput input, Duration late, int subtasks) {
        return new ScalePoint(row, label.formatted(x), x, input, MINUTE, MINUTE, late, subtasks);
    }

    /** An input of at least {@code --records} readings, which cover a whole number of windows, at least {@value #LEAST_WINDOWS}. */
    private ScaleInput input(int count, Duration every, Duration size, boolean hot) {
        long perWindow = size.dividedBy(every);
        long whole = Math.max(LEAST_WINDOWS, (records - 1) / (count * perWindow) + 1);
        return new ScaleInput(count, every, whole * perWindow, hot);
    }

    private void print(ScalePoint point, int round, RunStatistics scaled) throws IOException {
        report(
                "%-12s %-20s round %d %,10.0f readings/s %7.2f us of CPU each %7.3f results each"
                        + "  checkpoints of at most %,d B, in %,d ms",
                "row",
                point.row(),
                "point",
                point.label(),
                "round",
                round,
                "recordsPerSecond",
                scaled.recordsPerSecond(),
                "cpuMicrosPerRecord",
                scaled.cpuMicrosPerRecord(),
                "resultsPerRecord",
                scaled.resultsPerRecord(),
                "checkpointBytes",
                scaled.checkpointBytes(),
                "checkpointMillis",
                scaled.checkpointMillis());
    }

    private void growth(String row, Map<ScalePoint, List<RunStatistics>> runs) throws IOException {
        Map<Double, Double> cpu = byX(row, runs, RunStatistics::cpuMicrosPerRecord);
        Map<Double, Double> bytes = byX(row, runs, RunStatistics::checkpointBytes);
        Map<Double, Double> millis = byX(row, runs, RunStatistics::checkpointMillis);
        if (cpu.size() > 1) {
            report(
                    "%-12s us of CPU per reading ~ x^%.2f, bytes of the largest checkpoint ~ x^%.2f, time of one ~ x^%.2f",
                    "row",
                    row,
                    "cpuPower",
                    Growth.power(cpu),
                    "bytesPower",
                    Growth.power(bytes),
                    "millisPower",
                    Growth.power(millis));
        }
    }

    /** The median cost by x; leaves out points whose x or cost is 0. */
    private static Map<Double, Double> byX(
            String row, Map<ScalePoint, List<RunStatistics>> runs, ToDoubleFunction<RunStatistics> cost) {
        Map<Double, Double> costs = new TreeMap<>();
        spreads(row, runs, cost).forEach((point, spread) -> {
            if (point.x() > 0 && spread.median() > 0) {
                costs.put(point.x(), spread.median());
            }
        });
        return costs;
    }

    private static Map<ScalePoint, Spread> spreads(
            String row, Map<ScalePoint, List<RunStatistics>> runs, ToDoubleFunction<RunStatistics> cost) {
        Map<ScalePoint, Spread> spreads = new LinkedHashMap<>();
        runs.forEach((point, all) -> {
            if (point.row().equals(row)) {
                spreads.put(
                        point, Spread.of(all.stream().map(cost::applyAsDouble).toList()));
            }
        });
        return spreads;
    }

    private void draw(Map<ScalePoint, List<RunStatistics>> runs, Path file) throws IOException {
        var picture = new Plot();
        for (String row : rows) {
            picture.group(row + ": us of CPU per reading", labelled(row, runs, RunStatistics::cpuMicrosPerRecord));
            picture.group(
                    row + ": kB of the largest checkpoint", labelled(row, runs, run -> run.checkpointBytes() / 1e3));
        }
        picture.write(file);
    }

    private static Map<String, Spread> labelled(
            String row, Map<ScalePoint, List<RunStatistics>> runs, ToDoubleFunction<RunStatistics> cost) {
        Map<String, Spread> labelled = new LinkedHashMap<>();
        spreads(row, runs, cost).forEach((point, spread) -> labelled.put(point.label(), spread));
        return labelled;
    }
}
