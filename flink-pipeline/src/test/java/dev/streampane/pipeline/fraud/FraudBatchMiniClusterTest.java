// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.LoggedLines;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.ReadOutputs.LateRecord;
import dev.streampane.pipeline.testing.TopologyRun;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionInternalTimeService;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch mode raises the alerts that a job raises which goes on: of seeded payments of a few clients, out of order and late, too. */
class FraudBatchMiniClusterTest {

    private static final int PAYMENTS = 400;
    private static final int CLIENTS = 4;
    private static final List<String> AMOUNTS = List.of("0.5", "1", "20", "30", "-5", "300", "600");
    private static final List<String> PLACES =
            List.of("", "," + FraudDetectionMiniClusterTest.BERLIN, ",\"lat\":40.7,\"lon\":-74");

    private final PartitionedLog log = new PartitionedLog(2);
    private final LogWriter input = new LogWriter(log, "transactions");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldRaiseTheSameAlertsInBatchMode(long seed) {
        // Given
        write(new Random(seed));
        var setup = FraudDetectionMiniClusterTest.setup("--burst-count=3", "--mean-min-count=3", "--mean-factor=4");
        TopologyRun streaming = setup.start(log, 2).awaitEnd();

        // When
        TopologyRun batch;
        List<String> warnings;
        try (var ignoredTimers = new LoggedLines(BatchExecutionInternalTimeService.class)) {
            batch = setup.startBatch(log, 1 + (int) seed % 2).awaitEnd();
            warnings = ignoredTimers.lines();
        }

        // Then
        assertThat(warnings)
                .as("of timers other than those of pattern matching, which are of its windows")
                .isNotEmpty()
                .noneMatch(FraudBatchMiniClusterTest::isToForgetAMean);
        assertThat(FraudDetectionMiniClusterTest.alerts(streaming))
                .extracting(Alert::pattern)
                .contains("small-then-large", "many-transactions", "unusual-amount", "impossible-travel");
        assertThat(alertsAtAnyWatermark(batch)).containsExactlyInAnyOrderElementsOf(alertsAtAnyWatermark(streaming));
        assertThat(places(batch)).isNotEmpty().containsExactlyInAnyOrderElementsOf(places(streaming));
        assertThat(batch.corrections()).isEmpty();
    }

    private static boolean isToForgetAMean(String ignoredTimer) {
        Matcher time = Pattern.compile("'([0-9]+)'").matcher(ignoredTimer);
        return time.find()
                && Long.parseLong(time.group(1))
                        > LogWriter.time("06:00:00").plus(Duration.ofDays(2)).toEpochMilli();
    }

    private static List<String> alertsAtAnyWatermark(TopologyRun run) {
        return GoldenSavepoint.told(run)
                .filter(line -> line.startsWith("ALERTS "))
                .toList();
    }

    private static List<String> places(TopologyRun run) {
        return run.late().stream().map(FraudBatchMiniClusterTest::place).toList();
    }

    private static String place(LateRecord late) {
        return late.partition() + "/" + late.offset();
    }

    private void write(Random random) {
        Instant now = LogWriter.time("06:00:00");
        for (int payment = 0; payment < PAYMENTS; payment++) {
            now = now.plusMillis(random.nextInt(8_000));
            long back = random.nextInt(20) == 0 ? 200_000 : 6_000;
            Instant time = now.minusMillis(random.nextInt(3) == 0 ? (long) (random.nextDouble() * back) : 0);
            input.json(
                    random.nextInt(log.partitions()),
                    time,
                    now,
                    "{\"client\":\"%d\",\"ts\":\"%s\",\"amount\":%s%s}"
                            .formatted(
                                    random.nextInt(CLIENTS),
                                    time,
                                    AMOUNTS.get(random.nextInt(AMOUNTS.size())),
                                    PLACES.get(random.nextInt(PLACES.size()))));
        }
        input.close();
    }
}
