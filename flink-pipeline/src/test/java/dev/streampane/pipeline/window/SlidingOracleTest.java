// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.window.PaneHarness.Setup;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The operator against a model that adds up each window by itself: random records, watermarks, restores at another
 * parallelism, L and generation, and watermarks that begin lower after a restore.
 */
class SlidingOracleTest {

    private static final String[] SPECS = {
        "sliding(10ms,4ms)",
        "sliding(12ms,3ms)",
        "sliding(100ms,1ms)",
        "sliding(7ms,7ms)",
        "sliding(600ms,35ms)",
        "sliding(64ms,8ms)"
    };
    private static final int STEPS = 1_500;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 24);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldSayWhatAWindowHoldsWheneverItChanges(long seed) throws Exception {
        new Run(seed).compare();
    }

    /** One run of the operator beside the model. */
    private static final class Run {

        private final long seed;
        private final Random random;
        private final Model model;
        private Setup setup;
        private PaneHarness windows;

        Run(long seed) throws Exception {
            this.seed = seed;
            this.random = new Random(seed);
            String spec = SPECS[(int) (seed % SPECS.length)];
            this.setup = Setup.of(spec).allowedLateness(lateness()).parallelism(1 + random.nextInt(3));
            this.model = new Model((WindowSpec.Sliding) WindowSpecParser.parse(spec));
            this.windows = setup.start();
        }

        private Duration lateness() {
            return Duration.ofMillis(random.nextBoolean() ? 0 : random.nextInt(200));
        }

        void compare() throws Exception {
            model.lateness = setup.firing().allowedLateness().toMillis();
            long time = 0;
            for (int step = 0; step < STEPS; step++) {
                int what = random.nextInt(100);
                if (what < 80) {
                    time += random.nextInt(50) == 0 ? random.nextInt(2_000) : random.nextInt(4);
                    record(time - random.nextInt(100));
                } else if (what < 98) {
                    watermark(Math.max(model.watermark, time - random.nextInt(100)));
                } else {
                    restore();
                }
            }
            watermark(Long.MAX_VALUE);
            assertThat(windows.kept()).as("kept at the end of seed %d", seed).isZero();
            windows.close();
        }

        private void record(long time) throws Exception {
            String key = "k" + random.nextInt(4);
            long value = random.nextInt(2_000) - 1_000;
            int partition = random.nextInt(2);
            long offset = model.records;
            // C - B of its partition, mostly below its first window's end, and f + B, mostly below
            // its start
            long passed = time + random.nextInt(200) - 150;
            long completeFrom = random.nextInt(20) > 0 ? Long.MIN_VALUE : time - random.nextInt(100);
            Partial partial = Partials.marked(
                    Partials.of(key, time, "t", partition, offset, value), model.spec, passed, completeFrom);
            if (model.isClosed(model.spec.firstEnd(time))) {
                if (model.wouldDrop(time)) {
                    int dropped = windows.dropped();
                    windows.process(partial, time);
                    assertThat(windows.dropped()).isEqualTo(dropped + 1);
                }
                return;
            }
            model.add(new Counted(
                    key,
                    time,
                    value,
                    passed,
                    completeFrom,
                    partial.provenance.inputs().get(0)));
            windows.process(partial, time);
            assertSame();
        }

        private void watermark(long watermark) throws Exception {
            model.advance(watermark);
            windows.watermark(watermark);
            assertSame();
        }

        private void restore() throws Exception {
            PaneHarness.State state = windows.snapshot();
            windows.close();
            if (random.nextBoolean()) {
                setup = setup.allowedLateness(lateness());
            }
            setup = setup.parallelism(1 + random.nextInt(3)).generation(setup.generation() + random.nextInt(2));
            windows = setup.restore(state);
            model.restart(setup);
            if (random.nextBoolean()) {
                watermark(model.watermarkBefore - random.nextInt(2) * random.nextInt(100));
            }
        }

        private void assertSame() {
            List<String> said =
                    windows.newResults().stream().map(SlidingOracleTest::row).toList();
            assertThat(said).as("seed %d, %s", seed, setup).containsExactlyInAnyOrderElementsOf(model.expected);
            model.expected.clear();
        }
    }

    private record Counted(String key, long time, long value, long passed, long completeFrom, WindowResult.Input at) {}

    private record Pane(String key, long end) implements Comparable<Pane> {
        @Override
        public int compareTo(Pane other) {
            return end == other.end ? key.compareTo(other.key) : Long.compare(end, other.end);
        }
    }

    private record Said(int generation, int rev, long count) {}

    /** What a window holds, added up record by record. */
    private static final class Held {

        private final LongSummaryStatistics values = new LongSummaryStatistics();
        private final LongSummaryStatistics times = new LongSummaryStatistics();
        private final Map<Integer, WindowResult.Input> inputs = new TreeMap<>();
        private boolean complete = true;
        private int passed;

        private void add(Counted counted, long start, long end) {
            values.accept(counted.value);
            times.accept(counted.time);
            inputs.merge(
                    counted.at.partition(),
                    counted.at,
                    (a, b) -> new WindowResult.Input(a.topic(), a.partition(), a.first(), b.last()));
            complete &= start >= counted.completeFrom;
            passed += end <= counted.passed ? 1 : 0;
        }
    }

    /** What each window holds, and what was said about it. */
    private static final class Model {

        private final WindowSpec.Sliding spec;
        private int records;
        private final Map<Pane, Held> panes = new TreeMap<>();
        private final Map<Pane, Said> said = new TreeMap<>();
        private final List<String> expected = new ArrayList<>();
        private long lateness;
        private int generation = 1;
        private long watermark = Long.MIN_VALUE;
        private long watermarkBefore = Long.MIN_VALUE;
        private long horizon = Long.MIN_VALUE;

        Model(WindowSpec.Sliding spec) {
            this.spec = spec;
        }

        /** Whether {@code Intake} would call a record of the window late: what was closed once stays closed. */
        boolean isClosed(long end) {
            return end - 1 <= horizon;
        }

        /** Whether the operator is to drop a record of that time. */
        boolean wouldDrop(long time) {
            return spec.firstEnd(time) - 1 + lateness <= watermark;
        }

        void add(Counted counted) {
            records++;
            for (long end = spec.firstEnd(counted.time);
                    end - spec.size().toMillis() <= counted.time;
                    end += spec.slide().toMillis()) {
                var pane = new Pane(counted.key, end);
                panes.computeIfAbsent(pane, ignored -> new Held()).add(counted, start(pane), end);
                if (end - 1 <= watermark) {
                    say(pane);
                }
            }
        }

        void advance(long to) {
            long before = watermark;
            watermark = to;
            for (Pane pane : panes.keySet()) {
                if (pane.end - 1 > before && pane.end - 1 <= to) {
                    say(pane);
                }
            }
            horizon = Math.max(horizon, to - lateness);
        }

        void restart(Setup setup) {
            lateness = setup.firing().allowedLateness().toMillis();
            generation = setup.generation();
            watermarkBefore = Math.max(watermark, watermarkBefore);
            horizon = Math.max(horizon, watermarkBefore - lateness);
            watermark = Long.MIN_VALUE;
        }

        private void say(Pane pane) {
            Said before = said.get(pane);
            Held held = panes.get(pane);
            if (before == null || before.count < held.values.getCount()) {
                int rev = before != null && before.generation == generation ? before.rev + 1 : 1;
                said.put(pane, new Said(generation, rev, held.values.getCount()));
                expected.add(row(pane, rev, before == null, held));
            }
        }

        private String row(Pane pane, int rev, boolean isFirst, Held held) {
            return String.join(
                    " ",
                    pane.key,
                    start(pane) + " " + pane.end,
                    generation + "." + rev,
                    isFirst ? "FINAL watermark" : "REVISED late-record",
                    Boolean.toString(held.complete),
                    held.values.getCount() + " " + held.passed,
                    Long.toString(held.values.getSum()),
                    BigDecimal.valueOf(held.values.getMin(), 6) + " " + BigDecimal.valueOf(held.values.getMax(), 6),
                    held.times.getMin() + " " + held.times.getMax(),
                    "at " + (watermark == Long.MAX_VALUE ? null : Instant.ofEpochMilli(watermark)),
                    List.copyOf(held.inputs.values()).toString());
        }

        private long start(Pane pane) {
            return pane.end - spec.size().toMillis();
        }
    }

    private static String row(WindowResult result) {
        return String.join(
                " ",
                result.entityKey(),
                result.window().start().toEpochMilli() + " "
                        + result.window().end().toEpochMilli(),
                result.generation() + "." + result.rev(),
                result.status() + " " + result.cause().text(),
                Boolean.toString(result.complete()),
                result.count() + " " + result.late(),
                result.sums().get(0).text(),
                result.values().get(2).number() + " " + result.values().get(3).number(),
                result.minEventTime().toEpochMilli() + " "
                        + result.maxEventTime().toEpochMilli(),
                "at " + result.watermark(),
                result.inputs().toString());
    }
}
