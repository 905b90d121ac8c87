// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.local.control.JobCommand;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StartFrom;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.NewestState.State;
import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands on a fake cluster, and what the supervisor does afterwards. */
class JobCommandsTest extends OnFakeFlink {

    private static final String OTHER = "word-count";

    private RunningJobs jobs;
    private JobCommands commands;
    private StackSettings settings;

    @BeforeEach
    void startJob() {
        settings = TestSettings.of(data, 0, List.of(JOB), Optional.empty(), Map.of());
        jobs = new RunningJobs(settings, new FlinkRest(flink.url()), context, console);
        commands = jobs.commands((job, from, asked) -> plan(settings, job, from, asked));
        jobs.plan(job -> plan(settings, job, StartFrom.NEWEST, Map.of()));
        jobs.start(JOB);
    }

    /** From state 7 of generation 1, or as generation 2. */
    private JobPlan plan(StackSettings settings, String job, StartFrom from, Map<String, String> asked) {
        boolean newest = from.kind() == StartFrom.Kind.NEWEST;
        return new JobPlan(
                job,
                newest ? 1 : 2,
                Optional.empty(),
                newest ? Optional.of(new State(7, data.resolve("chk-7"))) : Optional.empty(),
                newest,
                Optional.empty(),
                from.option(),
                asked,
                settings);
    }

    private void checkpoint(String job) throws IOException {
        TestCheckpoint.write(data.resolve("state").resolve(job).resolve("1/chk-7"), 7);
    }

    private String arguments(int submission) {
        return flink.submissions.get(submission).path("programArgsList").toString();
    }

    @Test
    void shouldLeaveAStoppedJobStoppedEvenByANewJobManager() {
        // When
        String done = commands.execute(JobCommand.stop(JOB, false), console);
        jobs.watch().join();
        jobs.forget();
        flink.jobs.clear();
        jobs.watch().join();

        // Then
        assertThat(done).contains(JOB + " is stopped");
        assertThat(flink.submissions).hasSize(1);
        assertThat(flink.stops).isEmpty();
        assertThat(context.aborts).containsExactly(JOB + "-1-0-8");
        assertThat(jobs.submitted()).singleElement().matches(job -> !job.wanted());
        assertThat(printed.toString()).doesNotContain("ended from outside");
    }

    @Test
    void shouldLeaveAJobToWhoSubmittedIt() {
        // Given
        flink.jobs.add(flink.jobs.get(0).deepCopy().put("jid", "f".repeat(32)).put("name", OTHER));
        List<JobCommand> asked =
                List.of(JobCommand.stop(OTHER, false), JobCommand.stop(OTHER, true), JobCommand.rescale(OTHER, 2));

        // When Then
        assertThat(asked).allSatisfy(command -> assertThatThrownBy(() -> commands.execute(command, console))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("word-count runs, but was not started by this stack"));
        assertThat(flink.jobs.get(1).path("state").asText()).isEqualTo("RUNNING");
    }

    @Test
    void shouldKeepTheSavepointThatWasAskedFor() {
        // When
        String done = commands.execute(JobCommand.stop(JOB, true), console);

        // Then
        assertThat(done).endsWith("savepoint /state/savepoint-1");
        assertThat(flink.stops)
                .containsExactly(data.resolve("state")
                                .resolve(JOB)
                                .resolve("1/savepoints")
                                .toUri() + "");
    }

    @Test
    void shouldGoOnWhenThereIsNoSavepoint() {
        // Given
        flink.savepoint = "";

        // When Then
        assertThatThrownBy(() -> commands.execute(JobCommand.stop(JOB, true), console))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("still runs, because Flink has made no savepoint");
        assertThat(jobs.submitted()).singleElement().matches(RunningStack.Job::wanted);
    }

    @Test
    void shouldSuperviseAStartedJobWithItsOptions() throws IOException {
        // Given
        checkpoint(OTHER);
        commands.execute(
                JobCommand.start(OTHER, StartFrom.NEWEST, Map.of("parallelism", "3", "source", "datagen")), console);
        flink.failure = "java.io.IOException: disk";
        flink.jobs.get(1).put("state", "FAILED");

        // When
        jobs.watch().join();
        context.pass(Duration.ofSeconds(2));
        jobs.watch().join();

        // Then
        assertThat(flink.submissions).hasSize(3);
        assertThat(arguments(2)).contains("\"" + OTHER + "\"", "--parallelism=3", "--source=datagen");
    }

    @Test
    void shouldStartAJobFromTheJarAsItIsBuiltNow() throws IOException {
        // Given
        Files.setLastModifiedTime(context.jobJar(), FileTime.fromMillis(0));

        // When
        for (int i = 0; i < 2; i++) {
            commands.execute(JobCommand.stop(JOB, false), console);
            commands.execute(JobCommand.start(JOB, StartFrom.NEWEST, Map.of()), console);
        }

        // Then
        assertThat(flink.submissions).hasSize(3);
        assertThat(flink.uploads).hasValue(2);
    }

    @Test
    void shouldKeepOptionsUntilAnotherStartChangesThem() {
        // Given
        commands.execute(JobCommand.stop(JOB, false), console);
        commands.execute(JobCommand.start(JOB, StartFrom.NEWEST, Map.of("skew", "1m", "zone", "UTC")), console);
        commands.execute(JobCommand.stop(JOB, false), console);

        // When
        commands.execute(JobCommand.start(JOB, StartFrom.NEWEST, Map.of("skew", "2m")), console);

        // Then
        assertThat(arguments(2)).contains("--skew=2m", "--zone=UTC");
    }

    @Test
    void shouldStartANewGenerationAndHaveTheOlderSuperseded() {
        // Given
        commands.execute(JobCommand.stop(JOB, false), console);

        // When
        String done = commands.execute(JobCommand.start(JOB, StartFrom.of(StartFrom.Kind.LATEST), Map.of()), console);

        // Then
        assertThat(done).contains("generation 2, without state, from latest");
        assertThat(arguments(1)).contains("--generation=2", "--start-from=latest");
        assertThat(context.superseding).containsExactly(JOB + "/2");
    }

    @Test
    void shouldRefuseToStartWhatRuns() {
        assertThatThrownBy(() -> commands.execute(JobCommand.start(JOB, StartFrom.NEWEST, Map.of()), console))
                .hasMessageContaining(JOB + " runs already (generation 1)");
        assertThat(flink.submissions).hasSize(1);
    }

    @Test
    void shouldNotTryAgainWhatDoesNotStart() {
        // Given
        flink.refusedOption = "skwe";
        flink.refusingJobs = Set.of(OTHER);

        // When Then
        assertThatThrownBy(
                        () -> commands.execute(JobCommand.start(OTHER, StartFrom.NEWEST, Map.of("skwe", "1")), console))
                .hasMessageContaining("refuses to start: --skwe is no option");
        jobs.watch().join();
        assertThat(flink.submissions).hasSize(1);
    }

    @Test
    void shouldStartOnlyWhatNeedsNoElasticsearchWhenThatTakesNoTemplates() {
        // Given
        context.elasticsearch = StackException.startFailed("no templates");

        // When Then
        assertThatThrownBy(() ->
                        commands.execute(JobCommand.start(StackSettings.INDEX, StartFrom.NEWEST, Map.of()), console))
                .isInstanceOf(StackException.class)
                .hasMessage("no templates");
        commands.execute(JobCommand.start(OTHER, StartFrom.NEWEST, Map.of()), console);
        assertThat(flink.submissions).hasSize(2);
        assertThat(arguments(1)).contains(OTHER);
    }

    @Test
    void shouldRescaleFromASavepointOfTheSameGeneration() {
        // When
        String done = commands.execute(JobCommand.rescale(JOB, 4), console);

        // Then
        assertThat(done).contains("runs with parallelism 4, generation 1, on from checkpoint 7");
        assertThat(flink.submissions.get(1).path("claimMode").asText()).isEqualTo("CLAIM");
        assertThat(arguments(1)).contains("--parallelism=4");
    }

    private void startWithoutAnAnswer() {
        flink.losesAnswers = true;
        flink.starting = true;
        assertThatThrownBy(() -> commands.execute(JobCommand.start(OTHER, StartFrom.NEWEST, Map.of()), console))
                .hasMessageContaining(OTHER + " cannot be started");
    }

    @Test
    void shouldEndAJobWhoseStartWasGivenUpAndComesThroughAllTheSame() {
        // Given
        startWithoutAnAnswer();

        // When
        flink.starting = false;
        jobs.watch().join();

        // Then
        assertThat(flink.jobs.get(1).path("state").asText()).isEqualTo("CANCELED");
    }

    /** As where the JobManager is stopped for a while: it answers nothing, and its jobs go on. */
    @Test
    void shouldEndAJobWhoseStartWasGivenUpForFlinkFellSilent() {
        // Given
        flink.whenRun = submission -> flink.down =
                Set.of("/jobs/overview", "/jobs/" + submission.path("jobId").asText());
        assertThatThrownBy(() -> commands.execute(JobCommand.start(OTHER, StartFrom.NEWEST, Map.of()), console))
                .hasMessageContaining(OTHER + " cannot be started");

        // When
        flink.down = Set.of();
        jobs.watch().join();

        // Then
        assertThat(flink.jobs.get(1).path("state").asText()).isEqualTo("CANCELED");
    }

    @Test
    void shouldKnowAJobAsItWasStartedLastWhenAnEarlierStartWasLost() {
        // Given
        startWithoutAnAnswer();
        flink.losesAnswers = false;
        flink.starting = false;
        flink.jobs.remove(1);

        // When
        commands.execute(JobCommand.start(OTHER, StartFrom.ANEW, Map.of()), console);

        // Then
        assertThat(arguments(2)).contains("--generation=2");
        assertThat(jobs.submitted())
                .filteredOn(job -> job.name().equals(OTHER))
                .extracting(RunningStack.Job::generation)
                .containsExactly(2);
    }

    @Test
    void shouldNotTakeAnEarlierStartThatWasLostAndHasEndedForThisOne() {
        // Given
        startWithoutAnAnswer();
        flink.losesAnswers = false;
        flink.starting = false;
        flink.end(flink.id(1), "FAILED");

        // When
        commands.execute(JobCommand.start(OTHER, StartFrom.NEWEST, Map.of()), console);

        // Then
        assertThat(flink.jobs).hasSize(3);
        assertThat(flink.jobs.get(2).path("state").asText()).isEqualTo("RUNNING");
    }

    @Test
    void shouldRescaleAlsoBeforeTheFirstCheckpoint() {
        // Given
        JobCommands early = jobs.commands((job, from, asked) -> {
            if (from.equals(StartFrom.NEWEST) && flink.stops.isEmpty()) {
                throw StackException.notAllowed("no state");
            }
            return plan(settings, job, from, asked);
        });

        // When
        String done = early.execute(JobCommand.rescale(JOB, 4), console);

        // Then
        assertThat(done).contains("runs with parallelism 4, generation 1, on from checkpoint 7");
    }

    @Test
    void shouldGoOnAsItWasWhenTheNewParallelismIsRefused() throws IOException {
        // Given
        checkpoint(JOB);
        flink.refusedOption = "parallelism=200";
        flink.refusingJobs = Set.of(JOB);
        flink.freeSlots = 300;

        // When Then
        assertThatThrownBy(() -> commands.execute(JobCommand.rescale(JOB, 200), console))
                .hasMessageContaining("it is started again as it was");
        jobs.watch().join();
        assertThat(flink.submissions).hasSize(2);
        assertThat(arguments(1)).doesNotContain("parallelism");
    }

    @Test
    void shouldGoOnAsItWasWhenTheBrokerDoesNotAnswerAfterTheStop() throws IOException {
        // Given
        checkpoint(JOB);
        JobCommands unlucky = jobs.commands((job, from, asked) -> {
            if (!flink.stops.isEmpty()) {
                throw new TimeoutException("no answer");
            }
            return plan(settings, job, from, asked);
        });

        // When Then
        assertThatThrownBy(() -> unlucky.execute(JobCommand.rescale(JOB, 4), console))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("no answer")
                .hasMessageContaining("it is started again as it was");
        jobs.watch().join();
        assertThat(flink.submissions).hasSize(2);
        assertThat(arguments(1)).doesNotContain("parallelism");
    }

    @Test
    void shouldSayThatThereAreNotEnoughSlotsBeforeAnythingIsStopped() {
        // Given
        flink.freeSlots = 1;

        // When Then
        assertThatThrownBy(() -> commands.execute(JobCommand.rescale(JOB, 4), console))
                .hasMessageContaining("needs 4 slots, and Flink has 3 for it");
        assertThat(flink.stops).isEmpty();
    }

    @Test
    void shouldRefuseToRescaleOrStopWhatDoesNotRun() {
        assertThatThrownBy(() -> commands.execute(JobCommand.rescale(OTHER, 4), console))
                .hasMessageContaining(OTHER + " does not run");
        assertThatThrownBy(() -> commands.execute(JobCommand.stop(OTHER, false), console))
                .hasMessageContaining(OTHER + " does not run");
    }
}
