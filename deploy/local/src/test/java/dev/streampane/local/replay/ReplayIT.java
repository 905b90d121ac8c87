// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.control.StackException;
import dev.streampane.local.log.Journal;
import dev.streampane.local.log.Topics;
import dev.streampane.local.replay.ReplayReport.Difference;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.ServerProcess;
import dev.streampane.local.stack.FakeFlink;
import dev.streampane.local.state.Generations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays of lines of five readings each; each line's are one key's, in one window. Flink is the test. */
class ReplayIT {

    private static final String JOB = "weather-average";
    private static final String INPUT = "device-readings";
    private static final String RESULTS = "window-results";
    private static final String OWN = "own-results";
    private static final List<String> TOPICS = List.of(INPUT, "audit", RESULTS, OWN, Generations.TOPIC);
    private static final String CLOCK = "2026-11-20T06:02:05Z";

    @RegisterExtension
    static final Journal journal = new Journal();

    @AutoClose
    private final FakeFlink flink = new FakeFlink();

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void start() {
        flink.jars.addAll(List.of("job.jar", "other.jar"));
        journal.create(TOPICS, 1);
        run("");
        for (int offset = 0; offset < 15; offset++) {
            journal.write(INPUT, "d1", "reading " + offset);
        }
    }

    @AfterEach
    void stop() {
        journal.delete(TOPICS);
    }

    @Test
    void shouldFindEqualWhatIsRecomputedToTheBit() throws IOException {
        // Given
        publish(0);
        publish(1);

        // When
        ReplayReport report = compare(0, 1);

        // Then
        assertThat(report.differences()).isEmpty();
        assertThat(report.equal()).isEqualTo(2);
        assertThat(report.expired()).isZero();
        assertThat(report.verdicts()).isEqualTo(10);
        await().until(() -> replayTopics().isEmpty());
    }

    @Test
    void shouldSayHowFarItIs() throws IOException {
        // Given
        publish(0);
        publish(1);
        recompute(0, 1);

        // When its tasks report after a while, and then it ends
        replay(request(false, 1), line -> {
                    said.add(line);
                    if (flink.recordsRead.isPresent()) {
                        endJob();
                    } else {
                        flink.recordsRead = OptionalLong.of(7);
                    }
                })
                .run();

        // Then
        assertThat(said).hasSizeGreaterThan(2);
        assertThat(said.get(0)).matches("replaying 10 records, \\d+ s");
        assertThat(said.get(1)).matches("replaying 7 of 10 records, \\d+ s");
        assertThat(said).last().isEqualTo("comparing, 0 records read");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCompareTheRowsThatLinesWithoutOffsetsTell(boolean all) throws IOException {
        // Given
        publish(0);
        rest("audit", 0, "2026-11-20T06:02:00Z", 3);
        publish(1);
        rest("audit", 1, "2026-11-20T06:02:00Z", 2);
        rest("audit", 1, "2026-11-20T06:03:00Z", 1);

        // When
        flink.whenRun = submission -> {
            String topic = argument(submission, "--results-topic=");
            line(topic, 0);
            line(topic, 1);
            rest(topic, 0, "2026-11-20T06:02:00Z", 3);
            rest(topic, 1, "2026-11-20T06:02:00Z", 2);
            if (all) {
                rest(topic, 1, "2026-11-20T06:03:00Z", 1);
            }
            result(topic, 0);
            result(topic, 1);
        };
        ReplayReport report = replay(request(false, 1), line -> endJob()).run();

        // Then
        assertThat(report.verdicts()).isEqualTo(all ? 16 : 0);
        assertThat(report.differences()).hasSize(all ? 0 : 3);
    }

    @Test
    @Timeout(120)
    void shouldTakeWhatIsMissingForADifferenceWhenItHadItsTimeWhileTheReplayRan() throws IOException {
        // Given
        publish(0);
        line("audit", 1);
        recompute(0, 1);
        AtomicLong clock = new AtomicLong();
        Replay.Grace grace = new Replay.Grace(Duration.ofSeconds(10), clock::get);

        // When
        ReplayReport report = replay(
                        request(false, 1),
                        line -> {
                            clock.set(Duration.ofSeconds(11).toNanos());
                            endJob();
                        },
                        grace)
                .run();

        // Then
        assertThat(report.differences()).extracting(Difference::about).containsExactly("id-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWaitForWhatComesBehindItsAuditLine(boolean heldBack) throws Exception {
        // Given a result whose transaction is open when the grace of its line is over, or one that is written within it
        publish(0);
        line("audit", 1);
        recompute(0, 1);
        AtomicLong clock = new AtomicLong();
        Replay.Grace grace = new Replay.Grace(Duration.ofSeconds(10), clock::get);
        CountDownLatch compares = new CountDownLatch(1);
        try (var producer = journal.transaction(JOB + "-1-0-7")) {
            if (heldBack) {
                producer.send(Journal.record(RESULTS, 0, "d1", resultOf(1), Map.of()));
                producer.flush();
            }

            // When
            var report = CompletableFuture.supplyAsync(() -> run(
                    line -> {
                        clock.set(Duration.ofSeconds(heldBack ? 11 : 9).toNanos());
                        endJob();
                        compares.countDown();
                    },
                    grace));
            compares.await();
            assertThat(report).failsWithin(Duration.ofMillis(500));
            if (!heldBack) {
                producer.send(Journal.record(RESULTS, 0, "d1", resultOf(1), Map.of()));
            }
            producer.commitTransaction();

            // Then
            assertThat(report).succeedsWithin(Duration.ofMinutes(1)).satisfies(made -> {
                assertThat(made.differences()).isEmpty();
                assertThat(made.equal()).isEqualTo(2);
            });
        }
    }

    private ReplayReport run(Consumer<String> progress, Replay.Grace grace) {
        try {
            return replay(request(false, 1), progress, grace).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellResultsThatRetentionMayHaveDeletedFromThoseThatAreMissing() throws IOException {
        // Given
        publish(0);
        publish(1);
        journal.expire(RESULTS, 1);
        line("audit", 2);

        // When
        ReplayReport report = compare(0, 1, 2);

        // Then
        assertThat(report.equal()).isEqualTo(1);
        assertThat(report.expired()).isEqualTo(1);
        assertThat(report.differences()).singleElement().satisfies(missing -> assertThat(missing.about())
                .isEqualTo("id-2"));
    }

    @Test
    void shouldCallAllResultsExpiredWhenRetentionHasLeftNone() throws IOException {
        // Given
        publish(0);
        publish(1);
        journal.expire(RESULTS, 2);

        // When
        ReplayReport report = compare(0, 1);

        // Then
        assertThat(report.differences()).isEmpty();
        assertThat(report.equal()).isZero();
        assertThat(report.expired()).isEqualTo(2);
    }

    @Test
    void shouldCompareWhatEachStartPublished() throws IOException {
        // Given
        publish(0);
        startAgain("results-topic", OWN);
        publish(1, OWN);

        // When
        ReplayReport report = compare(0, 1);

        // Then
        assertThat(report.differences()).isEmpty();
        assertThat(report.equal()).isEqualTo(2);
    }

    @Test
    void shouldReadAsTheStartDidThatReadTheLines() throws IOException {
        // Given
        startAgain("zone", "Europe/Berlin");
        publish(0);

        // When
        compare(0);

        // Then
        assertThat(argument(flink.submissions.get(0), "--zone=")).isEqualTo("Europe/Berlin");
    }

    @Test
    void shouldKnowWhichStartReadARestoredLineThoughTheOneBeforeHasExpired() throws IOException {
        // Given
        startAgain("zone", "Europe/Berlin");
        publish(0);
        restored(1);
        journal.expire(INPUT, 5);

        // When
        compare(1);

        // Then
        assertThat(argument(flink.submissions.get(0), "--zone=")).isEqualTo("Europe/Berlin");
    }

    @Test
    void shouldReadTheLineThatAGenerationTookOverAsTheOneBeforeDid() throws IOException {
        // Given
        publish(0);
        journal.write(Generations.TOPIC, JOB + "/2", """
                {"job":"%s","generation":2,"jobId":"a2","specs":["tumbling(1m)"],
                 "settings":{"start-from":"earliest","zone":"Europe/Berlin"},"started":"%s","jobVersion":"1.0.0"}""".formatted(JOB, Instant.now()));
        awaitLater();
        journal.write(
                "audit",
                JOB + "/" + INPUT + "/0",
                line(1).restored().json().replace("\"generation\":1", "\"generation\":2"));

        // When
        var second = new ReplayRequest(JOB, Optional.of(2), Optional.empty(), Optional.empty(), false, 1, true, false);
        replay(second, line -> endJob()).run();

        // Then
        assertThat(argument(flink.submissions.get(0), "--zone=")).isEqualTo("UTC");
    }

    @Test
    void shouldRefuseLinesThatWereReadInSeveralZones() throws IOException {
        // Given
        publish(0);
        startAgain("zone", "Europe/Berlin");
        restored(1);

        // When Then: the first start read it
        assertThat(compare(0, 1).verdicts()).isEqualTo(10);
        assertThat(argument(flink.submissions.get(0), "--zone=")).isEqualTo("UTC");

        // Given
        publish(2);

        // When Then
        assertThatThrownBy(() -> compare(0, 1, 2))
                .isInstanceOf(StackException.class)
                .hasMessage(
                        "the range was read with --zone=UTC and then with --zone=Europe/Berlin: choose one of them with"
                                + " --from and --to");
    }

    @Test
    void shouldRefuseMoreSubtasksThanThereAreFreeSlots() {
        // Given
        publish(0);
        flink.freeSlots = 1;

        // When
        assertThatThrownBy(() -> replay(request(false, 2), line -> endJob()).run())

                // Then
                .isInstanceOf(StackException.class)
                .hasMessageStartingWith("the replay of weather-average needs 2 slots, and Flink has 1 for it");
        assertThat(flink.jobs).isEmpty();
        assertThat(replayTopics()).isEmpty();
    }

    @Test
    void shouldLetSubtasksOfABatchReplayTakeTurns() throws IOException {
        // Given
        publish(0);
        flink.freeSlots = 1;

        // When
        ReplayReport report = replay(request(true, 2), line -> endJob()).run();

        // Then
        assertThat(report.mode()).isEqualTo("batch");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLeaveNothingBehindWhenItIsToldToEnd(boolean whileFlinkStartsIt) throws Exception {
        // Given
        publish(0);
        Process replay = process();
        flink.whenRun = submission -> {
            if (whileFlinkStartsIt) {
                replay.destroy();
            }
        };

        // When
        await().until(() -> !flink.jobs.isEmpty());
        replay.destroy();

        // Then
        assertThat(replay.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(flink.jobs).extracting(job -> job.path("state").asText()).containsExactly("CANCELED");
        await().until(() -> replayTopics().isEmpty());
    }

    @Test
    void shouldSayWhatGoesOnInAFlinkThatDoesNotAnswer() throws Exception {
        // Given
        publish(0);
        Process replay = process();
        await().until(() -> !flink.jobs.isEmpty());

        // When
        flink.down = Set.of("/jobs/overview", "/jobs/" + flink.id(0));

        // Then
        assertThat(replay.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(replay.errorReader().lines()).contains("the replay goes on in Flink as job " + flink.id(0));
    }

    private Process process() throws IOException {
        List<String> command = ServerProcess.java();
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Replays.class.getName(),
                journal.bootstrapServers(),
                flink.url().toString()));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The process of the tests above. */
    static final class Replays {
        public static void main(String[] args) throws IOException {
            new Replay(request(false, 1), args[0], new FlinkRest(URI.create(args[1])), line -> {}, System.err::println)
                    .run();
        }
    }

    /** What the job publishes of its n-th line: when that is on the log, its result. */
    private static void publish(int n) {
        publish(n, RESULTS);
    }

    private static void publish(int n, String topic) {
        line("audit", n);
        awaitLater();
        result(topic, n);
    }

    private static void awaitLater() {
        long written = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > written);
    }

    private static void restored(int n) {
        write("audit", line(n).restored());
    }

    /** The generation's record, after another start with one option changed. */
    private static void startAgain(String option, String value) {
        awaitLater();
        run(",\"changes\":[{\"started\":\"%s\",\"settings\":{\"%s\":\"%s\"}}]".formatted(Instant.now(), option, value));
        awaitLater();
    }

    private static void run(String changes) {
        journal.write(Generations.TOPIC, JOB + "/1", """
                {"job":"%s","generation":1,"jobId":"a1","specs":["tumbling(1m)"],
                 "settings":{"start-from":"earliest","zone":"UTC"},"started":"%s","jobVersion":"1.0.0"%s}""".formatted(JOB, CLOCK, changes));
    }

    /** The report on a replay which recomputes these lines. */
    private ReplayReport compare(int... recomputed) throws IOException {
        recompute(recomputed);
        return replay(request(false, 1), line -> {
                    said.add(line);
                    endJob();
                })
                .run();
    }

    private void recompute(int... lines) {
        flink.whenRun = submission -> {
            String topic = argument(submission, "--results-topic=");
            for (int n : lines) {
                line(topic, n);
                result(topic, n);
            }
        };
    }

    private void endJob() {
        flink.end(flink.id(flink.jobs.size() - 1), "FINISHED");
    }

    private static ReplayRequest request(boolean batch, int parallelism) {
        return new ReplayRequest(
                JOB, Optional.empty(), Optional.empty(), Optional.empty(), batch, parallelism, true, false);
    }

    private Replay replay(ReplayRequest request, Consumer<String> progress) {
        return replay(request, progress, new Replay.Grace(Duration.ofMillis(1), System::nanoTime));
    }

    private Replay replay(ReplayRequest request, Consumer<String> progress, Replay.Grace grace) {
        return new Replay(request, journal.bootstrapServers(), new FlinkRest(flink.url()), progress, line -> {}, grace);
    }

    private static String argument(JsonNode submission, String prefix) {
        return StreamSupport.stream(submission.path("programArgsList").spliterator(), false)
                .map(JsonNode::asText)
                .filter(argument -> argument.startsWith(prefix))
                .findFirst()
                .orElseThrow()
                .substring(prefix.length());
    }

    private static List<String> replayTopics() {
        try (Admin admin = Topics.admin(journal.bootstrapServers())) {
            return Topics.get(admin.listTopics().names()).stream()
                    .filter(topic -> topic.startsWith("replay-"))
                    .toList();
        }
    }

    private static void line(String topic, int n) {
        write(topic, line(n));
    }

    private static void rest(String topic, int n, String windowEnd, int counted) {
        write(topic, line(5 * n + 5, 5 * n + 4, counted, windowEnd));
    }

    private static void write(String topic, TestLine line) {
        journal.write(topic, JOB + "/" + INPUT + "/0", line.json());
    }

    private static TestLine line(int n) {
        return line(5 * n, 5 * n + 4, 5, "2026-11-20T06:01:00Z");
    }

    private static TestLine line(int first, int last, int counted, String windowEnd) {
        Instant clock = Instant.parse(CLOCK);
        return TestLine.of(new AuditLine.Key(JOB, 1, INPUT, journal.id(INPUT), 0), first, last)
                .rows(counted)
                .counted("tumbling(1m)", counted)
                .windows(new WindowCount(Instant.parse(windowEnd), counted))
                .clock(first == 0 ? null : clock, clock);
    }

    private static void result(String topic, int n) {
        journal.write(topic, "d" + n, resultOf(n));
    }

    private static String resultOf(int n) {
        return """
                {"id":"id-%1$d","job":"%2$s","spec":"tumbling(1m)","key":"d%1$d","generation":1,"rev":1,"status":"FINAL",
                 "window":{"kind":"tumbling","start":"2026-11-20T06:00:00Z","end":"2026-11-20T06:01:00Z","zone":"UTC"},
                 "count":5,"inputs":[{"topic":"%3$s","partition":0,"first":%4$d,"last":%5$d}]}""".formatted(n, JOB, INPUT, 5 * n, 5 * n + 4);
    }
}
