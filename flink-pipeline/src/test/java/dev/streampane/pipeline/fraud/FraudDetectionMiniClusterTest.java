// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.testing.ReadOutputs.LateRecord;
import dev.streampane.pipeline.testing.Savepoints;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FraudDetectionMiniClusterTest {

    static final String BERLIN = "\"lat\":52.52,\"lon\":13.405";
    private static final String HAMBURG = "\"lat\":53.5511,\"lon\":9.9937";
    private static final String NEW_YORK = "\"lat\":40.7128,\"lon\":-74.006";

    private final PartitionedLog log = new PartitionedLog(2);
    private final LogWriter input = new LogWriter(log, "transactions");

    static TopologyRun.Setup<Transaction> setup(String... options) {
        JobConfig config = JobConfig.of(
                FraudDetectionJob.NAME,
                Stream.concat(Stream.of("--audit-interval=100ms"), Stream.of(options))
                        .toArray(String[]::new));
        return new TopologyRun.Setup<>(
                (decoded, settings) ->
                        FraudDetectionTopology.build(decoded, settings, FraudDetectionJob.thresholds(config)),
                new TransactionDecoder(ZoneOffset.UTC),
                config.intake(),
                1);
    }

    static List<Alert> alerts(TopologyRun run) {
        return ReadOutputs.alerts(run.outputs());
    }

    private static List<String> ids(TopologyRun run) {
        return alerts(run).stream()
                .map(Alert::id)
                .map(id -> id.replace("fraud-detection~", "").replace("transactions-", ""))
                .sorted()
                .toList();
    }

    private LogWriter purchase(int partition, String time, String client, String fields) {
        return purchase(input, partition, time, client, fields);
    }

    private static LogWriter purchase(LogWriter log, int partition, String time, String client, String fields) {
        Instant instant = LogWriter.time(time);
        return log.json(
                partition, instant, instant, "{\"client\":\"%s\",\"ts\":\"%s\",%s}".formatted(client, instant, fields));
    }

    private void payments(int partition, String client, String amount, String... times) {
        payments(input, partition, client, amount, times);
    }

    private static void payments(LogWriter log, int partition, String client, String amount, String... times) {
        for (String time : times) {
            log.payment(partition, time, client, amount);
        }
    }

    @Test
    void shouldSayNothingWhenInputIsEmpty() {
        // Given
        input.close();

        // When
        TopologyRun run = setup().start(log, 2).awaitEnd();

        // Then
        assertThat(run.outputs()).isEmpty();
    }

    @Test
    void shouldAlertOfASmallPaymentAndALargeOne() {
        // Given: out of order, others between them, and one a moment too late
        purchase(0, "06:00:20", "7", "\"amount\":1500,\"merchant\":\"Electronics\"," + BERLIN);
        input.payment(0, "06:00:15", "7", "1").payment(0, "06:00:18", "7", "40");
        payments(1, "8", "1", "06:00:10");
        payments(1, "8", "1500", "06:01:10");
        payments(1, "9", "1.0001", "06:01:11");
        payments(1, "9", "1500", "06:01:12");
        input.close();

        // When
        TopologyRun run = setup().start(log, 1).awaitEnd();

        // Then
        assertThat(alerts(run)).hasSize(1);
        Alert alert = alerts(run).get(0);
        assertThat(alert.id()).isEqualTo("fraud-detection~small-then-large~7~transactions-0-1");
        assertThat(alert.reason()).isEqualTo("a payment of 1.0000 and 5 s later one of 1500.0000");
        assertThat(alert.score()).isEqualTo("0.667");
        assertThat(alert.start()).isEqualTo(LogWriter.time("06:00:15"));
        assertThat(alert.end()).isEqualTo(LogWriter.time("06:00:20"));
        assertThat(alert.transactions()).extracting(Alert.Evidence::offset).containsExactly(1L, 0L);
        assertThat(ContractFiles.of("alert").violations(alert.output().value())).isEmpty();
    }

    @Test
    void shouldAlertOncePerTransactionsWhenSeveralSmallOnesComeFirst() {
        // Given
        payments(0, "7", "1", "06:00:00", "06:00:05");
        payments(0, "7", "500", "06:00:10", "06:00:11");
        payments(0, "7", "0.5", "06:00:12");
        payments(0, "7", "500", "06:00:13");
        input.close();

        // When
        TopologyRun run = setup().start(log, 1).awaitEnd();

        // Then
        assertThat(ids(run)).containsExactly("small-then-large~7~0-1", "small-then-large~7~0-4");
    }

    @Test
    void shouldAlertOncePerBurst() {
        // Given: with more than 2 a minute, 9 payments without a pause, and 3 after one
        payments(
                0,
                "7",
                "20",
                "06:00:00",
                "06:00:20",
                "06:00:40",
                "06:00:50",
                "06:01:20",
                "06:01:40",
                "06:02:39.999",
                "06:02:50",
                "06:03:00");
        payments(0, "7", "20", "06:04:00", "06:04:01", "06:04:59.999");
        payments(1, "8", "20", "06:00:00", "06:00:30", "06:01:00", "06:01:30", "06:02:00");
        input.close();

        // When
        TopologyRun run = setup("--burst-count=2").start(log, 1).awaitEnd();

        // Then
        assertThat(ids(run)).containsExactly("many-transactions~7~0-0", "many-transactions~7~0-9");
        assertThat(alerts(run).get(0).reason()).isEqualTo("3 payments in 40 s, more than 2 in less than 60 s");
    }

    @Test
    void shouldAlertOfAnAmountFarAboveTheMeanExactly() {
        // Given: a mean of 0.1 and a refund beside it; one client with too few payments for a mean
        payments(0, "7", "0.1", "06:00:00", "06:00:30", "06:01:00");
        payments(0, "7", "-50", "06:01:10");
        payments(0, "7", "1", "06:01:30");
        payments(0, "7", "3.2501", "06:02:00");
        payments(1, "8", "0.1", "06:00:00", "06:00:30");
        payments(1, "8", "100", "06:01:00");
        input.close();

        // When
        TopologyRun run =
                setup("--mean-min-count=3", "--small-amount=0.01").start(log, 1).awaitEnd();

        // Then: 1 is 10 times the mean, and no more; then the mean is 0.325
        assertThat(ids(run)).containsExactly("unusual-amount~7~0-5");
        assertThat(alerts(run).get(0).reason())
                .isEqualTo("a payment of 3.2501, more than 10 times the mean 0.3250 of the 4 before it");
    }

    @Test
    void shouldForgetAMeanAfterItsTimeToLiveAndNotBefore() {
        // Given: 8 is silent for the time to live, 7 for a millisecond longer
        for (String time : List.of("06:00:00", "06:00:30")) {
            input.payment(0, time, "7", "20").payment(0, time, "8", "20");
        }
        payments(0, "8", "500", "06:10:30");
        payments(0, "7", "500", "06:10:30.001");
        input.close();

        // When
        TopologyRun run =
                setup("--mean-min-count=2", "--mean-ttl=10m").start(log, 1).awaitEnd();

        // Then
        assertThat(ids(run)).containsExactly("unusual-amount~8~0-4");
    }

    @Test
    void shouldAlertOfPurchasesTooFarApart() {
        // Given: Berlin to New York in half an hour, by way of a corner shop; and the same place
        purchase(0, "06:00:00", "7", "\"amount\":300," + BERLIN);
        purchase(0, "06:10:00", "7", "\"amount\":3," + NEW_YORK);
        purchase(0, "06:30:00", "7", "\"amount\":300," + NEW_YORK);
        purchase(0, "06:30:01", "7", "\"amount\":300," + BERLIN);
        purchase(0, "06:30:00", "8", "\"amount\":300," + BERLIN);
        purchase(0, "06:30:00", "8", "\"amount\":300," + BERLIN);
        purchase(0, "06:30:01", "9", "\"amount\":300," + BERLIN);
        purchase(0, "06:30:02", "9", "\"amount\":300");
        input.close();

        // When
        TopologyRun run = setup().start(log, 1).awaitEnd();

        // Then: what was in one alert is in no other
        assertThat(ids(run)).containsExactly("impossible-travel~7~0-0");
        assertThat(alerts(run).get(0).reason())
                .isEqualTo("payments of 300.0000 and 300.0000, 6385 km and 1800 s apart: 12770 km/h");
    }

    @Test
    void shouldAlertOfTravelWhenTheWatermarkPassesItsLastPurchase() {
        // Given: Berlin twice, and Hamburg 3 minutes after the second time, which it can be reached from since the
        // first
        purchase(0, "06:00:00", "7", "\"amount\":300," + BERLIN);
        purchase(0, "06:15:00", "7", "\"amount\":300," + BERLIN);
        purchase(0, "06:18:00", "7", "\"amount\":300," + HAMBURG);
        TopologyRun run = setup().start(log, 1);

        // When: the first one could match for another 40 minutes
        input.heartbeat(0, "06:20:00").heartbeat(1, "06:20:00");
        run.await(r -> !alerts(r).isEmpty());
        purchase(0, "06:30:00", "7", "\"amount\":300," + NEW_YORK);
        input.close();
        run.awaitEnd();

        // Then: to New York it is from a purchase that has been told
        assertThat(ids(run)).containsExactly("impossible-travel~7~0-1");
        assertThat(alerts(run).get(0).watermark()).isBefore(LogWriter.time("06:20:00"));
    }

    @Test
    void shouldSendLateRecordsAndRejectsElsewhere() {
        // Given: B is 5 s and L is 0
        input.heartbeat(0, "06:00:10");
        payments(0, "7", "1", "06:00:05", "06:00:04.999");
        input.json(0, null, LogWriter.time("06:00:11"), "{}").close();

        // When
        TopologyRun run = setup().start(log, 1).awaitEnd();

        // Then
        assertThat(run.late()).extracting(LateRecord::offset).containsExactly(2L);
        assertThat(run.late().get(0).spec()).isEqualTo("none");
        assertThat(run.deadLetters()).hasSize(1);
        assertThat(run.corrections()).isEmpty();
    }

    @Test
    void shouldTakeBackInTheAuditWhatComesBehindTheWatermark() {
        // Given: partition 1 counts as idle, and time goes on without it
        payments(1, "7", "1", "06:00:00");
        payments(0, "7", "1", "06:00:00");
        input.heartbeat(0, "06:10:00");
        payments(0, "8", "1", "06:05:00");
        payments(0, "8", "600", "06:05:01");
        TopologyRun run = setup("--idle-after=1s").start(log, 1);
        run.await(r -> ids(r).isEmpty() && !r.late().isEmpty());
        input.heartbeat(0, "06:20:00");
        payments(0, "9", "1", "06:19:58");
        payments(0, "9", "600", "06:19:59");
        input.heartbeat(0, "06:30:00");
        run.await(r -> ids(r).size() == 1);

        // When
        payments(1, "7", "600", "06:00:20");
        input.close();
        run.awaitEnd();

        // Then
        assertThat(run.corrections())
                .singleElement()
                .extracting(
                        AuditCorrection::spec,
                        AuditCorrection::partition,
                        AuditCorrection::offset,
                        AuditCorrection::windowEnd)
                .containsExactly("none", 1, 1L, LogWriter.time("06:00:20.001"));
        assertThat(ids(run)).containsExactly("small-then-large~9~0-5");
    }

    @Test
    void shouldNotTakeAPaymentForALaterOneWhenAnIdlePartitionIsBackAndBehind(@TempDir Path savepoints) {
        // Given a small payment, and a partition that was idle and is back: its task is at 06:00:25, the patterns at
        // 06:09:55
        String idleAfter = "--idle-after=2s";
        payments(1, "8", "20", "06:00:30");
        payments(0, "7", "1", "06:09:50");
        payments(0, "9", "1", "06:09:52");
        payments(0, "9", "600", "06:09:53");
        input.heartbeat(0, "06:10:00");
        AtomicInteger clients = new AtomicInteger(100);
        AtomicInteger tries = new AtomicInteger();
        String savepoint = await().until(
                        () -> {
                            TopologyRun before = setup(idleAfter).start(log, 2);
                            before.await(run -> ids(run).size() == 1);
                            // the other partition goes idle a little later: each try gives it the time of one more
                            // record
                            for (int n = tries.incrementAndGet(), late = 1; late <= n; late++) {
                                int corrections = late;
                                payments(1, clients.incrementAndGet() + "", "20", "06:00:31");
                                before.await(run -> run.corrections().size() == corrections);
                            }
                            return before.stop(savepoints);
                        },
                        stopped -> Savepoints.activeReaders(stopped) == 1);

        // When
        TopologyRun after = setup(idleAfter).restore(log, 2, savepoint);
        payments(1, "7", "600", "06:00:40");
        input.close();
        after.awaitEnd();

        // Then
        assertThat(ids(after)).isEmpty();
        assertThat(after.corrections()).singleElement().satisfies(correction -> {
            assertThat(correction.partition()).isEqualTo(1);
            assertThat(correction.windowEnd()).isEqualTo(LogWriter.time("06:00:40.001"));
        });
    }

    @Test
    void shouldGoOnWhereItStoppedAtAnotherParallelism(@TempDir Path savepoints) {
        // Given
        TopologyRun before = setup("--burst-count=2").start(log, 2);
        firstHalves(input);
        before.await(run -> ids(run).size() == 1);
        String state = before.stop(savepoints);

        // When
        TopologyRun after = setup("--burst-count=2", "--mean-min-count=2").restore(log, 3, state);
        secondHalves(input);
        input.close();
        after.awaitEnd();

        // Then
        assertThat(ids(before)).containsExactly("many-transactions~5~0-0");
        assertThat(ids(after))
                .containsExactly(
                        "impossible-travel~9~1-2",
                        "many-transactions~8~1-0",
                        "small-then-large~3~0-7",
                        "small-then-large~7~0-5",
                        "unusual-amount~6~0-14");
    }

    /** The automata in the state are for so many payments, and would fail at each client's next one or timer, again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void shouldRefuseAnotherBurstCountThanTheStates(String count, @TempDir Path savepoints) {
        // Given
        TopologyRun before = setup("--burst-count=2").start(log, 1);
        payments(0, "5", "20", "06:00:00", "06:00:01");
        input.heartbeat(0, "06:00:20").heartbeat(1, "06:00:20");
        before.await(run -> !run.lines().isEmpty());
        String state = before.stop(savepoints);

        // When
        TopologyRun after = setup("--burst-count=" + count).restore(log, 2, state);
        payments(0, "5", "20", "06:01:30");
        input.close();

        // Then
        assertThat(after.awaitFailure())
                .hasStackTraceContaining(
                        "--burst-count is " + count + ", and the state has 2: the count may not change with state;"
                                + " give that of the state, or start a new generation without state");
    }

    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        var settings =
                JobConfig.of(FraudDetectionJob.NAME, "--audit-interval=1h").intake();
        new GoldenSavepoint<>(
                        "fraud-detection",
                        setup("--burst-count=2", "--mean-min-count=2").with(settings),
                        "transactions",
                        FraudDetectionMiniClusterTest::firstHalves,
                        run -> alerts(run).size() == 1,
                        FraudDetectionMiniClusterTest::secondHalves)
                .assertGoesOn();
    }

    /** Of each pattern the first half, a burst that has been told, and payments that no watermark has passed. */
    private static void firstHalves(LogWriter log) {
        payments(log, 0, "5", "20", "06:00:00", "06:00:01", "06:00:02");
        payments(log, 0, "6", "20", "06:00:03", "06:00:04");
        payments(log, 0, "7", "1", "06:00:10");
        payments(log, 1, "8", "20", "06:00:00", "06:00:10");
        purchase(log, 1, "06:00:10", "9", "\"amount\":300," + BERLIN);
        log.heartbeat(0, "06:00:20").heartbeat(1, "06:00:20");
        purchase(log, 0, "06:00:18", "3", "\"amount\":0.5,\"merchant\":\"Caf\u00e9 \ud83d\ude00\"," + BERLIN);
        payments(log, 1, "8", "20", "06:00:19");
        payments(log, 0, "8", "?", "06:00:20");
        payments(log, 1, "8", "?", "06:00:20");
    }

    private static void secondHalves(LogWriter log) {
        payments(log, 0, "5", "20", "06:00:30", "06:00:31", "06:00:32");
        payments(log, 0, "7", "600", "06:00:40");
        payments(log, 0, "3", "500", "06:00:45");
        payments(log, 1, "8", "20", "06:00:30");
        purchase(log, 1, "06:00:50", "9", "\"amount\":300," + NEW_YORK);
        payments(log, 0, "6", "201", "06:01:20");
    }
}
