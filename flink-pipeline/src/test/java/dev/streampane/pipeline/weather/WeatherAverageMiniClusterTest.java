// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.Savepoints;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeatherAverageMiniClusterTest {

    private static final TestSettings SETTINGS = TestSettings.of("weather-average");

    private final PartitionedLog log = new PartitionedLog(2);
    private final LogWriter input = new LogWriter(log, "device-readings");

    private static TopologyRun.Setup<DeviceReading> setup(TestSettings settings) {
        return new TopologyRun.Setup<>(
                WeatherAverageTopology::build,
                new ReadingDecoder(settings.intake().zone()),
                settings.intake(),
                1);
    }

    @Test
    void shouldSayNothingWhenInputIsEmpty() {
        // Given
        input.close();

        // When
        TopologyRun run = setup(SETTINGS).start(log, 2).awaitEnd();

        // Then
        assertThat(run.outputs()).isEmpty();
    }

    @Test
    void shouldTellAllOfOnePane() {
        // Given
        input.reading(0, "06:00:10", "device1", "19")
                .reading(0, "06:00:40", "device1", "20")
                .heartbeat(0, "06:01:05.001")
                .heartbeat(1, "06:01:06");

        // When
        TopologyRun run = setup(SETTINGS).start(log, 2);

        // Then
        run.await(r -> r.results().size() == 1);
        run.cancel();
        assertThat(run.results().get(0).output().value()).asString(UTF_8).isEqualTo("""
                {"id":"weather-average~tumbling-1m~device1~20261120T060000.000Z~20261120T060100.000Z","job":"weather-average",\
                "spec":"tumbling(1m)","key":"device1","window":{"kind":"tumbling","start":"2026-11-20T06:00:00Z","end":"2026-11-20T06:01:00Z",\
                "zone":"Z"},"generation":1,"rev":1,"status":"FINAL","cause":"watermark","complete":true,"values":{"avg_temp":19.500000,\
                "avg_hum":40.000000,"min_temp":19.000000,"max_temp":20.000000,"min_hum":40.000000,"max_hum":40.000000},\
                "sums":{"temp":"39000000","hum":"80000000"},"count":2,"late":0,"minEventTime":"2026-11-20T06:00:10Z",\
                "maxEventTime":"2026-11-20T06:00:40Z","watermark":"2026-11-20T06:01:00Z",\
                "inputs":[{"topic":"device-readings","partition":0,"first":0,"last":1}],"jobVersion":"1.0.0"}""");
    }

    @Test
    void shouldSendReadingToLateRecordsExactlyFromTheHorizonOn() {
        // Given the horizon of partition 0 at 06:00:59.999, then at 06:01:00
        input.heartbeat(0, "06:02:04.999")
                .reading(0, "06:00:30", "device1", "1")
                .heartbeat(0, "06:02:05")
                .reading(0, "06:00:59.999", "device1", "2")
                .reading(0, "06:01:00", "device1", "3")
                .reading(1, "06:00:20", "device1", "4")
                .close();

        // When
        TopologyRun run = setup(SETTINGS).start(log, 2).awaitEnd();

        // Then
        assertThat(run.late()).singleElement().satisfies(late -> {
            assertThat(late.offset()).isEqualTo(3);
            assertThat(late.spec()).isEqualTo("tumbling(1m)");
            assertThat(late.eventTime()).isEqualTo(LogWriter.time("06:00:59.999"));
            assertThat(new String(late.value())).contains("\"temperature\":2");
        });
        assertThat(lastOf(run.results(), "06:00:00").count()).isEqualTo(2);
        assertThat(lastOf(run.results(), "06:01:00").count()).isEqualTo(1);
    }

    private static WindowResult lastOf(List<WindowResult> results, String start) {
        return results.stream()
                .filter(result -> result.window().start().equals(LogWriter.time(start)))
                .max(Comparator.comparingInt(WindowResult::rev))
                .orElseThrow();
    }

    @Test
    void shouldWaitForPartitionThatIsSilent() {
        // Given
        TopologyRun run = setup(SETTINGS).start(log, 2);
        input.reading(0, "06:00:10", "device1", "20")
                .heartbeat(0, "06:30:00")
                .json(0, LogWriter.time("06:01:40"), LogWriter.time("06:30:00"), "read up to here");
        run.await(r -> !r.deadLetters().isEmpty());

        // When
        input.heartbeat(1, "06:01:05");
        run.await(r -> !r.results().isEmpty());

        // Then
        input.close();
        assertThat(run.awaitEnd().results())
                .singleElement()
                .extracting(WindowResult::watermark)
                .isEqualTo(LogWriter.time("06:00:59.999"));
    }

    @Test
    void shouldDropNothingThatIsCountedWhenLatenessShrinksAsOutOfOrdernessGrows(@TempDir Path savepoints) {
        // Given H at 06:01:55, W at 06:02:55
        input.reading(0, "06:01:10", "device1", "1").heartbeat(0, "06:03:00").heartbeat(1, "06:03:00");
        TopologyRun before = setup(SETTINGS).start(log, 1);
        before.await(r -> r.results().size() == 1);
        String savepoint = before.stop(savepoints);

        // When
        TopologyRun after =
                setup(SETTINGS.bounds(Duration.ofSeconds(65), Duration.ZERO)).restore(log, 1, savepoint);
        input.reading(0, "06:01:20", "device1", "9").close();
        after.awaitEnd();

        // Then
        assertThat(after.late()).isEmpty();
        assertThat(after.results()).singleElement().satisfies(revised -> assertThat(revised.count())
                .isEqualTo(2));
    }

    @Test
    void shouldNotTellAForgottenWindowOnceMoreWhenLatenessGrows(@TempDir Path savepoints) {
        // Given a partition without a horizon, for it has been idle, and W at 06:09:55
        TestSettings settings = SETTINGS.idleAfter(Duration.ofMillis(100));
        input.reading(0, "06:00:10", "device1", "1").heartbeat(0, "06:10:00");
        TopologyRun before = setup(settings).start(log, 2);
        before.await(r -> r.results().size() == 1);
        String savepoint = before.stop(savepoints);

        // When
        TopologyRun after = setup(settings.bounds(Duration.ofSeconds(5), Duration.ofHours(1)))
                .restore(log, 2, savepoint);
        input.reading(1, "06:00:20", "device1", "9")
                .reading(1, "06:08:50", "device1", "9")
                .reading(1, "06:09:00", "device1", "9")
                .close();
        after.awaitEnd();

        // Then what ends by 06:08:55 has been forgotten
        assertThat(after.results())
                .extracting(result -> result.window().end())
                .containsOnly(LogWriter.time("06:09:00"), LogWriter.time("06:10:00"));
        assertThat(after.corrections()).containsExactly(ofPartition1(0));
    }

    /** A reading of the first minute that is taken back. */
    private static AuditCorrection ofPartition1(long offset) {
        return new AuditCorrection(
                "weather-average", 1, "tumbling(1m)", "device-readings", 1, offset, LogWriter.time("06:01:00"), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1M", "PT1H"})
    void shouldNotTellAForgottenWindowOnceMoreWhenAnIdlePartitionIsBackAndBehind(
            Duration allowedLateness, @TempDir Path savepoints) {
        // Given a partition that was idle and is back, and behind: its task is at 06:00:25, the windows at 06:09:55
        TestSettings settings = SETTINGS.idleAfter(Duration.ofSeconds(2));
        input.reading(1, "06:00:30", "device1", "1").heartbeat(0, "06:10:00");
        AtomicInteger tries = new AtomicInteger();
        String savepoint = await().until(
                        () -> {
                            TopologyRun before = setup(settings).start(log, 2);
                            before.await(r -> r.results().size() == 1);
                            // the other partition goes idle a little later: each try gives it the time of one more
                            // record
                            for (int n = tries.incrementAndGet(), late = 1; late <= n; late++) {
                                int corrections = late;
                                input.reading(1, "06:00:31", "device1", "2");
                                before.await(r -> r.corrections().size() == corrections);
                            }
                            return before.stop(savepoints);
                        },
                        stopped -> Savepoints.activeReaders(stopped) == 1);

        // When
        TopologyRun after =
                setup(settings.bounds(Duration.ofSeconds(5), allowedLateness)).restore(log, 2, savepoint);
        input.reading(1, "06:00:40", "device1", "9").close();
        after.awaitEnd();

        // Then
        assertThat(after.results()).isEmpty();
        assertThat(after.corrections()).containsExactly(ofPartition1(tries.get() + 1));
    }

    @Test
    void shouldCorrectTheAuditWhenPartitionThatWasIdleComesBack() {
        // Given a partition that is left behind because the other went idle
        input.reading(1, "06:00:05", "device1", "1").heartbeat(0, "06:10:00");
        TopologyRun run = setup(SETTINGS.idleAfter(Duration.ofMillis(100))).start(log, 2);
        run.await(r -> r.results().size() == 1);

        // When
        input.reading(1, "06:00:10", "device1", "2").close();
        run.awaitEnd();

        // Then
        assertThat(run.corrections()).containsExactly(ofPartition1(1));
        assertThat(run.lines().stream().mapToLong(AuditLine::records).sum()).isEqualTo(3);
    }

    private static final String EVERY_KIND =
            "tumbling(1m);all:sliding(2m,1m);sliding(2m,1m);session(20s);all:session(20s);"
                    + "calendar(day,-06:05);global(count=3);global(every=1m)";

    /**
     * At 06:01:25 all windows that end by then have been told, and what began later is open. Then a late record joins two sessions that have
     * been told.
     */
    private static GoldenSavepoint<DeviceReading> golden(String name) {
        return new GoldenSavepoint<>(
                name,
                setup(SETTINGS.windows(EVERY_KIND).auditInterval(Duration.ofHours(1))),
                "device-readings",
                log -> log.reading(0, "06:00:10", "device1", "20.25")
                        .reading(0, "06:00:20", "device1", "21")
                        .reading(0, "06:00:50", "device1", "-22.5")
                        .reading(1, "06:00:59.999", "ger\u00e4t \ud83d\ude00", "1")
                        .hole(1, 2)
                        .heartbeat(0, "06:01:30")
                        .heartbeat(1, "06:01:30")
                        .reading(0, "06:01:40", "device1", "24")
                        .reading(1, "06:01:35", "ger\u00e4t \ud83d\ude00", "1.5")
                        .reading(1, "05:58:00", "device1", "0")
                        .json(0, LogWriter.time("06:01:40"), LogWriter.time("06:01:40"), "?")
                        .json(1, LogWriter.time("06:01:40"), LogWriter.time("06:01:40"), "?"),
                run -> run.results().size() == 13,
                log -> log.reading(0, "06:00:35", "device1", "25")
                        .reading(1, "06:01:50", "ger\u00e4t \ud83d\ude00", "2"));
    }

    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        golden("weather-average").assertGoesOn();
    }

    @Test
    void shouldRefuseStateThatWasWrittenBeforeItWasAContract() {
        // When a task fails first whose classes are gone, it starts again, as the job's restart strategy has it
        Throwable failure = await().until(
                        () -> golden("before").restored().awaitFailure(),
                        failed -> ThrowableClassifier.findThrowableOfThrowableType(
                                        failed, ThrowableType.NonRecoverableError)
                                .isPresent());

        // Then
        assertThat(failure)
                .rootCause()
                .message()
                .matches("the state was written by a build that had PojoSerializerSnapshot where this"
                        + " one has dev\\.streampane\\.pipeline\\.state\\.\\w+\\$Snapshot, and"
                        + " cannot be read: start a new generation without state"
                        + " \\(deploy/streampane jobs start JOB --from earliest\\)");
    }
}
