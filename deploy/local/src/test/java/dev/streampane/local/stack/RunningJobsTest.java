// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunningJobsTest extends OnFakeFlink {

    private static final String OTHER = "index-results";

    /** Where a request has the 30 s that it may usually take, a stop takes longer. */
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(25);

    private RunningJobs jobs(Map<String, String> jobOptions, String... names) {
        RunningJobs jobs = planned(flink.url(), jobOptions, names);
        jobs.upload();
        return jobs;
    }

    /** Lets time pass, and looks once. */
    private void watchAfter(RunningJobs jobs, long seconds) {
        context.pass(Duration.ofSeconds(seconds));
        jobs.watch().join();
    }

    /** The one job fails, and is tried again a second later. */
    private void failAndComeBack(RunningJobs jobs) {
        flink.failure = "java.io.IOException: disk";
        flink.jobs.get(0).put("state", "FAILED");
        jobs.watch().join();
        watchAfter(jobs, 1);
    }

    /** With the one job, which runs. */
    private RunningJobs started() {
        RunningJobs jobs = jobs(Map.of(), JOB);
        jobs.start(JOB);
        return jobs;
    }

    private RunningJobs planned(URI url, Map<String, String> jobOptions, String... names) {
        StackSettings settings = TestSettings.of(data, 0, List.of(names), Optional.empty(), jobOptions);
        RunningJobs jobs = new RunningJobs(settings, new FlinkRest(url), context, console);
        jobs.plan(job -> JobPlan.of(job, settings, List.of()));
        return jobs;
    }

    private Path checkpoint(long id) throws IOException {
        return TestCheckpoint.write(data.resolve("state").resolve(JOB).resolve("1/chk-" + id), id);
    }

    private static List<String> savepointPaths(List<JsonNode> submissions) {
        List<String> paths = new ArrayList<>();
        submissions.forEach(s -> paths.add(s.path("savepointPath").asText()));
        return paths;
    }

    @Test
    void shouldSubmitAgainFromTheNewestStateWhenTheJobManagerHasForgotten() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(9);
        Path newest = checkpoint(10);
        flink.jobs.clear();

        // When
        jobs.forget();
        jobs.watch().join();

        // Then
        assertThat(savepointPaths(flink.submissions)).containsExactly("", FlinkPaths.text(newest));
        assertThat(jobs.submitted()).containsExactly(new RunningStack.Job(JOB, 1, flink.id(0), true));
        assertThat(printed.toString()).contains(JOB + ": submitted again, generation 1, on from checkpoint 10");
    }

    @Test
    void shouldSubmitAgainBeforeANewTaskManagerOffersItsSlots() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.jobs.clear();
        flink.slots = 0;

        // When
        jobs.forget();
        jobs.watch().join();

        // Then
        assertThat(flink.submissions).hasSize(2);
    }

    @Test
    void shouldSubmitIndexResultsAgainOnceElasticsearchTakesItsTemplates() throws IOException {
        // Given
        RunningJobs jobs = jobs(Map.of(), OTHER);
        jobs.start(OTHER);
        TestCheckpoint.write(data.resolve("state").resolve(OTHER).resolve("1/chk-10"), 10);
        context.elasticsearch = StackException.startFailed("no templates");
        flink.jobs.clear();
        jobs.forget();

        // When
        jobs.watch().join();

        // Then
        assertThat(printed.toString()).contains(OTHER + ": cannot be submitted: no templates; tried again in 1 s");
        assertThat(flink.submissions).hasSize(1);

        // When
        context.elasticsearch = null;
        watchAfter(jobs, 1);

        // Then
        assertThat(flink.submissions).hasSize(2);
    }

    @Test
    void shouldSubmitAgainWhatHasFailed() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.failure = "java.lang.RuntimeException: outer\nCaused by: java.io.IOException: disk";
        flink.jobs.get(0).put("state", "FAILED");

        // When
        jobs.watch().join();
        watchAfter(jobs, 1);

        // Then
        assertThat(flink.submissions).hasSize(2);
        assertThat(printed.toString()).contains(JOB + ": has failed: java.io.IOException: disk; tried again in 1 s");
    }

    @Test
    void shouldBringAJobBackFromTheJarThatItRanFrom() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        Files.setLastModifiedTime(context.jobJar(), FileTime.fromMillis(0));

        // When
        failAndComeBack(jobs);

        // Then
        assertThat(flink.submissions).hasSize(2);
        assertThat(flink.uploads).hasValue(1);
    }

    @Test
    void shouldUploadAgainWhatSomebodyHasDeletedOnFlinksPage() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.jars.clear();

        // When
        failAndComeBack(jobs);

        // Then
        assertThat(flink.submissions).hasSize(2);
        assertThat(flink.uploads).hasValue(2);
    }

    @Test
    void shouldAdoptWhatASubmissionHasStartedWhoseAnswerWasLost() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.jobs.clear();
        jobs.forget();
        flink.losesAnswers = true;
        jobs.watch().join();
        flink.losesAnswers = false;

        // When
        watchAfter(jobs, 1);

        // Then
        assertThat(flink.submissions).hasSize(2);
        assertThat(jobs.submitted()).containsExactly(new RunningStack.Job(JOB, 1, flink.id(0), true));
    }

    @Test
    void shouldStartNoSecondCopyWhileTheFirstIsNotToBeSeen() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.jobs.clear();
        jobs.forget();
        flink.losesAnswers = true;
        flink.starting = true;
        jobs.watch().join();
        flink.losesAnswers = false;

        // When
        watchAfter(jobs, 1);
        flink.starting = false;

        // Then
        assertThat(flink.jobs).hasSize(1);
        assertThat(jobs.submitted()).containsExactly(new RunningStack.Job(JOB, 1, flink.id(0), true));
    }

    @Test
    void shouldSubmitSlowerAndSlowerWhatRunsForAMomentOnly() throws IOException {
        // Given
        RunningJobs jobs = started();
        checkpoint(10);
        flink.failure = "java.io.IOException: the topic is a new one";

        // When
        for (int seconds : List.of(1, 2, 4)) {
            jobs.watch().join();
            flink.end(flink.id(flink.jobs.size() - 1), "FAILED");
            jobs.watch().join();
            watchAfter(jobs, seconds);
        }
        watchAfter(jobs, 60);
        flink.end(flink.id(3), "FAILED");
        jobs.watch().join();

        // Then
        assertThat(printed.toString().lines().filter(line -> line.contains("tried again in")))
                .extracting(line -> line.substring(line.lastIndexOf("in ")))
                .containsExactly("in 1 s", "in 2 s", "in 4 s", "in 1 s");
    }

    @Test
    @Timeout(100) // Flink has two minutes to answer
    void shouldNotKeepAJobWaitingForTheAnswerToAnother() throws IOException {
        // Given
        RunningJobs jobs = jobs(Map.of(), JOB, OTHER);
        jobs.start(JOB);
        jobs.start(OTHER);
        checkpoint(10);
        flink.failure = "java.io.IOException: disk";
        flink.end(flink.id(0), "FAILED");
        jobs.watch().join();
        flink.hung = Set.of("/jars/some-job-1.jar/run");
        flink.end(flink.id(1), "FAILED");
        context.pass(Duration.ofSeconds(1));

        // When
        jobs.watch();

        // Then
        awaitPrinted(OTHER + ": has failed: java.io.IOException: disk");
    }

    @Test
    void shouldNotTakeAnEarlierFailureForTheOneThatEndedTheJob() {
        // Given
        RunningJobs jobs = started();
        flink.stale = true;
        flink.failure = "java.io.IOException: the TaskManager is gone";
        flink.jobs.get(0).put("state", "FAILED");
        jobs.watch().join();

        // When
        flink.stale = false;
        flink.failure = "dev.streampane.pipeline.kafka.LostTransactionException: Lost: id 7.";
        jobs.watch().join();

        // Then
        assertThat(flink.submissions).hasSize(1);
        assertThat(printed.toString()).contains("Lost: id 7.").doesNotContain("the TaskManager is gone");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.streampane.pipeline.kafka.LostTransactionException: Lost: the results of id 7., Lost: the results of id 7.",
        "java.lang.IllegalStateException: gone; start a new generation without state, gone; start a new generation without state."
    })
    void shouldExplainAKnownLossAndNotSubmitAgain(String cause, String said) {
        // Given
        RunningJobs jobs = started();
        flink.failure = "org.apache.flink.Suppressed: x\nCaused by: " + cause + "\n\tat x";
        flink.jobs.get(0).put("state", "FAILED");

        // When
        jobs.watch().join();
        jobs.watch().join();

        // Then
        assertThat(flink.submissions).hasSize(1);
        assertThat(printed.toString().lines().filter(l -> l.contains(said)))
                .singleElement()
                .asString()
                .contains("streampane jobs start " + JOB + " --from earliest");
    }

    @Test
    void shouldSayWhatToDoAboutAKnownLossWhereTheStackDoesNotComeUp() {
        // Given
        RunningJobs jobs = jobs(Map.of(), JOB);
        flink.failure = "dev.streampane.pipeline.kafka.LostTransactionException: Lost: id 7.";
        flink.begins = "FAILED";

        // When Then
        assertThatThrownBy(() -> jobs.start(JOB))
                .isInstanceOf(StackException.class)
                .hasMessageStartingWith(JOB + " has failed: Lost: id 7.")
                .hasMessageContaining("'streampane jobs start " + JOB + " --from earliest'")
                .hasMessageContaining("'streampane up --new-generation " + JOB + "'")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldLeaveAloneWhatSomebodyElseHasEnded() {
        // Given
        RunningJobs jobs = started();
        flink.jobs.get(0).put("state", "CANCELED");

        // When
        jobs.watch().join();

        // Then
        assertThat(flink.submissions).hasSize(1);
        assertThat(printed.toString()).contains(JOB + ": was ended from outside (CANCELED)");
    }

    @Test
    void shouldRefuseAnOptionThatNoJobHas() {
        // Given
        flink.refusedOption = "skwe";
        flink.refusingJobs = Set.of(JOB);
        RunningJobs jobs = jobs(Map.of("weather-average:skwe", "1s"), JOB);

        // When Then
        assertThatThrownBy(() -> jobs.start(JOB))
                .isInstanceOf(StackException.class)
                .hasMessage(
                        "weather-average refuses to start: --skwe is no option of weather-average; allowed are others")
                .extracting(e -> ((StackException) e).exitCode())
                .isEqualTo(2);
    }

    @Test
    void shouldAbortOrphansOnceWhenNoTaskHasRunFor60Seconds() {
        // Given
        RunningJobs jobs = started();
        runningTasks(0);
        watchAfter(jobs, 59);
        assertThat(context.aborts).isEmpty();

        // When
        watchAfter(jobs, 1);
        awaitPrinted("no task ran for 60 s, so its 1 open transactions");
        jobs.watch().join();

        // Then
        assertThat(context.aborts).containsExactly(JOB + "-1-0-8");
    }

    @ParameterizedTest
    @CsvSource({"50, 0", "61, 1"})
    void shouldAbortOrphansThatAreOlderThan60Seconds(int seconds, int aborted) {
        // Given
        RunningJobs jobs = started();
        runningTasks(0);
        context.age = Duration.ofSeconds(seconds);

        // When
        watchAfter(jobs, 60);
        await().until(() -> context.asked.get() == 1);

        // Then
        assertThat(context.aborts).hasSize(aborted);
    }

    @Test
    void shouldAbortNothingOfAJobThatRuns() {
        // Given
        RunningJobs jobs = started();
        runningTasks(1);

        // When
        watchAfter(jobs, 60);

        // Then
        assertThat(context.aborts).isEmpty();
    }

    @Test
    void shouldAbortNothingOfASubmissionWhoseAnswerWasLost() {
        // Given
        RunningJobs jobs = started();
        jobs.forget();
        flink.down = Set.of("/overview");
        context.taskManagerLives = false;

        // When
        watchAfter(jobs, 60);

        // Then
        assertThat(context.aborts).isEmpty();
    }

    @Test
    void shouldAbortNothingWhileFlinkDoesNotAnswerButTheTaskManagerLives() {
        // Given
        RunningJobs jobs = started();
        flink.down = Set.of("/overview", "/jobs/overview");

        // When
        watchAfter(jobs, 60);
        context.taskManagerLives = false;
        watchAfter(jobs, 59);

        // Then
        assertThat(context.aborts).isEmpty();
    }

    @Test
    void shouldAbortOrphansWhileFlinkDoesNotAnswerAndTheTaskManagerIsDead() {
        // Given
        RunningJobs jobs = started();
        flink.down = Set.of("/overview", "/jobs/overview");
        context.taskManagerLives = false;

        // When
        watchAfter(jobs, 60);

        // Then
        awaitPrinted("were aborted");
    }

    @Test
    void shouldSayThatOrphansCouldNotBeAborted() {
        // Given
        RunningJobs jobs = started();
        runningTasks(0);
        context.broker = new TimeoutException("no broker");

        // When
        watchAfter(jobs, 60);

        // Then
        awaitPrinted("could not be aborted and block readers, tried again in 60 s: no broker");
    }

    @Test
    void shouldEndTheOrphansOfJobsThatAreNotStartedAndNameWhatTheyHavePromised() {
        // Given
        RunningJobs jobs = jobs(Map.of(), JOB);

        // When
        jobs.endOrphansOfOthers();

        // Then
        assertThat(context.aborts)
                .containsExactly(
                        "transaction-total-1-0-8",
                        "index-results-1-0-8",
                        "word-count-1-0-8",
                        "fraud-detection-1-0-8",
                        "time-series-archive-1-0-8",
                        "time-series-speed-1-0-8");
        assertThat(printed.toString().lines().filter(line -> line.startsWith(OTHER)))
                .containsExactly(
                        OTHER
                                + ": is not started, so its 1 open transactions that no checkpoint"
                                + " holds were aborted",
                        OTHER
                                + ": is not started, and its pre-committed transactions block"
                                + " readers (index-results-1-0-7): start the job, or abort them"
                                + " with 'streampane tx abort index-results --lose'");
        assertThat(printed.toString().lines()).hasSize(7);
    }

    @Test
    void shouldLookForNoOthersWhenEveryJobIsStarted() {
        // Given
        RunningJobs jobs = jobs(Map.of(), StackSettings.JOBS.toArray(String[]::new));

        // When
        jobs.endOrphansOfOthers();

        // Then
        assertThat(context.aborts).isEmpty();
    }

    private void assertStopsInTime(RunningJobs jobs, String said) {
        long begin = System.nanoTime();
        jobs.stop(begin + STOPS_WITHIN.toNanos());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(STOPS_WITHIN);
        assertThat(printed.toString()).contains(said);
    }

    @Test
    void shouldNotWaitLongForAFlinkThatNeverAnswersWhenItStops() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // Given
            URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            RunningJobs jobs = planned(url, Map.of(), JOB, OTHER);

            // When Then
            assertStopsInTime(jobs, "Flink does not answer");
        }
    }

    /** As a JobManager that is stopped by a signal, or whose machine has gone, in the middle of an answer. */
    @Test
    @Timeout(120)
    void shouldNotWaitLongForAFlinkThatBeginsToAnswerWhenItStops() throws IOException {
        try (ServerSocket freezing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // Given
            URI url = URI.create("http://127.0.0.1:" + freezing.getLocalPort());
            RunningJobs jobs = planned(url, Map.of(), JOB, OTHER);
            CompletableFuture<Socket> asked = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket connection = freezing.accept();
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                    return connection;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            // When Then
            assertStopsInTime(jobs, "Flink does not answer");
            asked.join().close();
        }
    }

    @Test
    void shouldNotWaitLongForAJobThatDoesNotAnswerWhenItStops() {
        // Given
        RunningJobs jobs = started();
        flink.hung = Set.of("/jobs/" + flink.id(0) + "/stop");

        // When Then
        assertStopsInTime(jobs, JOB + ": cannot be stopped with a savepoint");
    }

    @Test
    void shouldSayWhenAJobStopsWithoutASavepoint() {
        // Given
        RunningJobs jobs = started();
        flink.savepoint = "";

        // When
        jobs.stop(System.nanoTime() + Duration.ofMinutes(1).toNanos());

        // Then
        assertThat(printed.toString())
                .contains(JOB + ": cannot be stopped with a savepoint: no savepoint: CheckpointException: expired");
    }

    @Test
    void shouldAskUntilTheEndHowASavepointIsGettingOn() {
        // Given
        RunningJobs jobs = started();
        flink.hung = Set.of("/jobs/" + flink.id(0) + "/savepoints/r1");

        // When
        jobs.stop(System.nanoTime() + Duration.ofSeconds(3).toNanos());

        // Then
        assertThat(printed.toString()).contains(JOB + ": did not stop in time");
    }

    private void runningTasks(int running) {
        flink.jobs.forEach(job -> ((ObjectNode) job.get("tasks")).put("running", running));
    }

    private void awaitPrinted(String text) {
        await().untilAsserted(() -> assertThat(printed.toString()).contains(text));
    }
}
