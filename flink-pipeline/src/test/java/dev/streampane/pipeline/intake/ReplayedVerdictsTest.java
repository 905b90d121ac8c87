// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.RejectReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partition is read under settings that change at restarts; a replay from any of its audit lines gives the same verdicts. */
class ReplayedVerdictsTest {

    private static final int RECORDS = 1_000;

    /** Settings of the run between two restarts; at the last restarts specifications come and go, too. */
    private static final List<IntakeSettings> RUNS = List.of(
            settings(5, 20, ReplayPlan.NONE, "tumbling(10s)"),
            settings(1, 0, ReplayPlan.NONE, "tumbling(10s)"),
            settings(12, 40, ReplayPlan.NONE, "tumbling(10s)", "tumbling(1m)"),
            settings(3, 5, ReplayPlan.NONE, "tumbling(1m)", "tumbling(7s)"));

    private final List<Decoded<String>> log = new ArrayList<>();
    private final List<AuditLine> lines = new ArrayList<>();
    private final Map<Long, String> verdicts = new HashMap<>();

    private static IntakeSettings settings(int b, int l, ReplayPlan plan, String... windows) {
        return new IntakeSettings(
                "weather-average",
                1,
                "1.0.0",
                Stream.of(windows).map(WindowSpecParser::parse).toList(),
                Duration.ofSeconds(b),
                Duration.ofSeconds(l),
                Duration.ofMinutes(5),
                Duration.ZERO,
                Duration.ZERO,
                ZoneOffset.UTC,
                true,
                Duration.ZERO,
                Duration.ZERO,
                plan);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldGiveTheSameVerdictsFromAnyLineOn(long seed) {
        // Given
        var random = new Random(seed);
        write(random);
        read(random);
        assertThat(verdicts.values()).anyMatch(verdict -> verdict.contains("late"));

        for (int line = 0; line < lines.size(); line++) {
            // When
            List<AuditLine> replayed = lines.subList(line, lines.size());
            Map<Long, String> again = replay(plan(replayed));

            // Then
            Map<Long, String> expected = new HashMap<>(verdicts);
            expected.keySet().removeIf(offset -> offset < replayed.get(0).first());
            assertThat(again)
                    .as("seed %d, from offset %d on", seed, replayed.get(0).first())
                    .isEqualTo(expected);
        }
    }

    @Test
    void shouldReadThePlanThatThePartitionsAreReplayedBy() {
        // Given
        String text = """
                {"partitions":[{"topic":"device-readings","partition":3,"first":7,"last":9,"clock":null,"rules":[
                {"from":7,"outOfOrderness":"PT5S","allowedLateness":"PT1M","skew":"PT5M",
                "horizons":{"tumbling(1m)":"2026-11-20T06:00:00Z","tumbling(5m)":null}}]}]}""";

        // When
        ReplayPlan plan = ReplayPlan.parse(text);

        // Then
        assertThat(plan.of("device-readings", 3).orElseThrow())
                .isEqualTo(new ReplayPlan.PartitionRange(
                        "device-readings",
                        3,
                        7,
                        9,
                        PartitionClock.NONE,
                        List.of(new ReplayPlan.Rules(
                                7,
                                Duration.ofSeconds(5),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(5),
                                Map.of(
                                        "tumbling(1m)",
                                        Instant.parse("2026-11-20T06:00:00Z").toEpochMilli(),
                                        "tumbling(5m)",
                                        PartitionClock.NONE)))));
        assertThat(plan.of("device-readings", 0)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"partitions\":[]}", "{\"partitions\":[{\"topic\":\"t\"}]}"})
    void shouldRefuseWhatIsNoPlan(String text) {
        assertThatThrownBy(() -> ReplayPlan.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReadEveryPlanOfTheContract() {
        ContractFiles files = ContractFiles.of("replay-plan");

        assertThat(Stream.concat(files.names("examples"), files.names("future")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(read(files, name).ranges()).isNotEmpty());
    }

    private static ReplayPlan read(ContractFiles files, String name) {
        return ReplayPlan.parse(new String(files.bytes(name), StandardCharsets.UTF_8));
    }

    /** A clock that goes on by fits and starts, and records that come before and long after their time. */
    private void write(Random random) {
        long now = FetchedRecords.APPEND_TIME;
        long offset = random.nextInt(3);
        for (int i = 0; i < RECORDS; i++) {
            now += random.nextInt(1_000);
            offset += random.nextInt(20) == 0 ? 3 : 1;
            long time = now + 2_000 - (long) (random.nextDouble() * random.nextDouble() * 90_000);
            var fetched = new Fetched("inputs", FetchedRecords.TOPIC_ID, 0, offset, now, null, null, null);
            log.add(
                    switch (random.nextInt(12)) {
                        case 0 -> Decoded.heartbeat(fetched, time);
                        case 1 -> Decoded.rejected(fetched, RejectReason.NOT_JSON, "not JSON");
                        case 2 -> Decoded.value(fetched, "ahead", now + 400_000);
                        default -> Decoded.value(fetched, "a value", time);
                    });
        }
    }

    private void read(Random random) {
        PartitionLedger ledger = null;
        PartitionState state = null;
        for (int run = 0; run < RUNS.size(); run++) {
            IntakeSettings settings = RUNS.get(run);
            if (state != null) {
                ledger = PartitionLedger.restored(state, settings);
            }
            int from = run * RECORDS / RUNS.size();
            for (Decoded<String> decoded : log.subList(from, from + RECORDS / RUNS.size())) {
                if (ledger == null) {
                    ledger = PartitionLedger.startingAt(decoded.fetched(), settings, false);
                }
                admit(ledger, decoded, settings, verdicts);
                if (random.nextInt(25) == 0) {
                    ledger.closeLine().ifPresent(lines::add);
                }
            }
            state = ledger.state();
            if (state.openLine() != null) {
                lines.add(state.openLine().restoredBy(1, 1));
            }
        }
    }

    private static void admit(
            PartitionLedger ledger, Decoded<String> decoded, IntakeSettings settings, Map<Long, String> told) {
        Verdict verdict = ledger.admit(decoded);
        told.put(decoded.fetched().offset(), text(verdict, decoded.eventTime(), settings.specs()));
    }

    private static String text(Verdict verdict, long eventTime, List<WindowSpec> specs) {
        if (verdict.reason() != null || verdict == Verdict.HEARTBEAT) {
            return "heartbeat, or rejected for " + verdict.reason();
        }
        var counted = new ArrayList<String>();
        for (int spec = 0; spec < specs.size(); spec++) {
            if (verdict.isCountedBy(spec)) {
                boolean late = specs.get(spec).firstEnd(eventTime) <= verdict.passed();
                counted.add(specs.get(spec).canonical() + (late ? " late" : ""));
            }
        }
        return counted.stream().sorted().toList().toString();
    }

    private Map<Long, String> replay(ReplayPlan plan) {
        IntakeSettings settings = settings(12, 40, plan, "tumbling(7s)", "tumbling(10s)", "tumbling(1m)");
        ReplayPlan.PartitionRange range = plan.ranges().get(0);
        Map<Long, String> told = new HashMap<>();
        PartitionLedger ledger = null;
        for (Decoded<String> decoded : log) {
            long offset = decoded.fetched().offset();
            if (range.first() <= offset && offset <= range.last()) {
                if (ledger == null) {
                    ledger = PartitionLedger.startingAt(decoded.fetched(), settings, false);
                }
                admit(ledger, decoded, settings, told);
            }
        }
        return told;
    }

    private static ReplayPlan plan(List<AuditLine> lines) {
        var rules = new ArrayList<ReplayPlan.Rules>();
        for (AuditLine line : lines) {
            var horizons = new HashMap<String, Long>();
            line.specs().forEach(spec -> horizons.put(spec.spec(), time(spec.horizonBefore())));
            rules.add(new ReplayPlan.Rules(
                    line.first(),
                    line.settings().outOfOrderness(),
                    line.settings().allowedLateness(),
                    line.settings().skew(),
                    horizons));
        }
        return new ReplayPlan(List.of(new ReplayPlan.PartitionRange(
                "inputs",
                0,
                lines.get(0).first(),
                lines.get(lines.size() - 1).last(),
                time(lines.get(0).clockBefore()),
                rules)));
    }

    private static long time(Optional<Instant> instant) {
        return instant.map(Instant::toEpochMilli).orElse(PartitionClock.NONE);
    }
}
