// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.JobRun;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTest {

    private static final String JOB = "weather-average";
    private static final String INDEX = "index-results";

    @TempDir
    Path state;

    @AutoClose
    private final FakeFlink flink = new FakeFlink();

    private final List<JobRun> runs = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private Optional<String> elasticsearch = Optional.of("http://elasticsearch:9200");

    @Test
    void shouldSubmitWhatHasNeverRunAsItsFirstGeneration() throws IOException {
        // When
        submit(Map.of(), JOB, INDEX);

        // Then
        assertThat(said)
                .containsExactly(
                        "weather-average: generation 1, without state", "index-results: generation 1, without state");
        assertThat(arguments(0))
                .containsExactly(
                        JOB,
                        "--bootstrap-servers=kafka:9092",
                        "--state-dir=" + FlinkPaths.text(state),
                        "--generation=1");
        assertThat(arguments(1)).contains("--elasticsearch-url=http://elasticsearch:9200");
    }

    @Test
    void shouldSubmitWithoutElasticsearchWhatDoesNotWriteToIt() throws IOException {
        // Given
        elasticsearch = Optional.empty();

        // When
        submit(Map.of(), JOB, "word-count");

        // Then
        assertThat(said)
                .containsExactly(
                        "weather-average: generation 1, without state", "word-count: generation 1, without state");
        assertThat(flink.submissions.toString()).doesNotContain("elasticsearch");
    }

    @Test
    void shouldLeaveAloneWhatRuns() throws IOException {
        // Given
        submit(Map.of(), JOB);
        ran(1);
        checkpoint(1, 7);
        ran(2);

        // When: generation 2 has no checkpoint yet, and came with other windows and options
        submit(Map.of("weather-average:windows", "tumbling(10s)", "skew", "1s"), JOB, INDEX);

        // Then
        assertThat(said).contains("weather-average: runs already");
        assertThat(flink.submissions).hasSize(2);
        assertThat(arguments(1)).startsWith(INDEX).contains("--any.skew=1s");
    }

    @Test
    void shouldStartNoSecondCopyWhileTheFirstIsNotToBeSeen() throws IOException {
        // Given the main method of a submission runs that nobody waits for any more
        ran(1);
        checkpoint(1, 7);
        flink.losesAnswers = true;
        flink.starting = true;
        assertThatThrownBy(() -> submit(Map.of(), JOB)).isInstanceOf(StackException.class);
        flink.losesAnswers = false;
        flink.whenRun = submission -> flink.starting = false;

        // When
        submit(Map.of(), JOB);

        // Then
        assertThat(flink.jobs).hasSize(1);
        assertThat(said).containsExactly("weather-average: generation 1, on from checkpoint 7");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldBeginNoOtherGenerationWhileTheNewestIsNotToBeSeen(int newest) throws IOException {
        // Given another one has submitted the job, which is in job-runs and not yet in Flink's list
        submit(Map.of(), JOB);
        if (newest == 2) {
            ran(1);
            checkpoint(1, 7);
        }
        ran(newest, Instant.now());
        flink.starting = true;
        CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(() -> flink.starting = false);

        // When
        submit(Map.of(), JOB);

        // Then
        assertThat(flink.submissions).hasSize(1);
        assertThat(said).last().isEqualTo("weather-average: runs already");
    }

    @Test
    void shouldSubmitTheOthersWhenSomeDoNotStart() {
        // Given
        flink.refusedOption = "odd";
        flink.refusingJobs = Set.of(JOB, INDEX);
        Map<String, String> odd = Map.of("weather-average:odd", "1", "index-results:odd", "2");

        // When Then
        assertThatThrownBy(() -> submit(odd, JOB, "transaction-total", INDEX))
                .isInstanceOfSatisfying(
                        StackException.class, e -> assertThat(e.exitCode()).isEqualTo(StackException.NOT_ALLOWED))
                .hasMessage(
                        "weather-average refuses to start: --odd is no option of weather-average; allowed are others; "
                                + "index-results refuses to start: --odd is no option of index-results; allowed are others");
        assertThat(said).containsExactly("transaction-total: generation 1, without state");
    }

    @Test
    void shouldSubmitAgainWhatHasFailed() throws IOException {
        // Given
        submit(Map.of(), JOB);
        flink.jobs.get(0).put("state", "FAILED");
        ran(1);
        checkpoint(1, 3);

        // When
        submit(Map.of(), JOB);

        // Then
        assertThat(said).last().isEqualTo("weather-average: generation 1, on from checkpoint 3");
    }

    @Test
    void shouldRefuseAFolderOfStateThatIsNotThereWhenTheJobHasRun() throws IOException {
        // Given
        Path mistyped = state.resolve("mistyped");
        submitFrom(mistyped);
        ran(1);
        flink.jobs.clear();

        // When Then
        assertThatThrownBy(() -> submitFrom(mistyped))
                .isInstanceOf(StackException.class)
                .hasMessage(
                        "--state: '" + mistyped
                                + "' is not there, and weather-average has run: name the folder of its state, make it, or begin anew with --new-generation weather-average");
        assertThat(flink.submissions).hasSize(1);
    }

    @Test
    void shouldSubmitAgainWhatTheJobManagerHasForgottenWhileItWatches() throws IOException {
        // Given
        Runnable look = watch(Map.of(), JOB, INDEX);
        look.run();
        ran(1);
        checkpoint(1, 12);
        look.run();
        assertThat(said).hasSize(2);
        assertThat(flink.uploads).hasValue(1);

        // When
        flink.jobs.remove(0);
        flink.jars.clear();
        look.run();

        // Then
        assertThat(said).hasSize(3).last().isEqualTo("weather-average: generation 1, on from checkpoint 12");
        JsonNode again = flink.submissions.get(2);
        assertThat(again.path("savepointPath").asText()).endsWith("/1/id/chk-12");
        assertThat(again.path("claimMode").asText()).isEqualTo("CLAIM");
        assertThat(arguments(2)).contains("--generation=1");
        assertThat(flink.uploads).hasValue(2);
    }

    @Test
    void shouldLeaveWhatHasEndedAndSayItOnceWhileItWatches() throws IOException {
        // Given
        Runnable look = watch(Map.of(), JOB);
        look.run();
        flink.end(flink.id(0), "CANCELED");
        said.clear();

        // When
        look.run();
        look.run();
        flink.jobs.clear(); // as Flink does after an hour
        look.run();

        // Then
        assertThat(said)
                .containsExactly("problem: weather-average has ended, and is left so: submit it without --watch");
        assertThat(flink.submissions).hasSize(1);
    }

    @Test
    void shouldSubmitWhatCanGoOnBesideWhatCannotWhileItWatches() throws IOException {
        // Given
        ran(1);
        checkpoint(1, 7);

        // When
        Runnable look = watch(Map.of("weather-average:windows", "tumbling(10s)"), JOB, INDEX);
        look.run();
        look.run();

        // Then
        assertThat(said)
                .hasSize(2)
                .contains("index-results: generation 1, without state")
                .anySatisfy(line -> assertThat(line).startsWith("problem: weather-average has state of"));
    }

    @Test
    void shouldTryAgainWhateverFailsWhileItWatches() throws IOException {
        // Given
        flink.down = Set.of("/jobs/overview");
        flink.refusedOption = "odd";
        flink.refusingJobs = Set.of(JOB);
        Runnable look = watch(Map.of("weather-average:odd", "1"), JOB);
        look.run();
        look.run();
        assertThat(said).singleElement().asString().contains("Flink does not answer");

        // When
        flink.down = Set.of();
        look.run();
        look.run();

        // Then
        assertThat(said).hasSize(2).last().asString().startsWith("problem: weather-average refuses to start");
        assertThat(flink.uploads).hasValue(1);
        flink.refusingJobs = Set.of();
        look.run();
        assertThat(said).last().isEqualTo("weather-average: generation 1, without state");
    }

    @Test
    void shouldGoOnWatchingWhenBrokersDoNotAnswer() throws IOException {
        // Given
        Supplier<List<JobRun>> away = () -> {
            throw new IllegalStateException("no brokers");
        };
        Runnable look = cluster(settings(state, Map.of()), away).watch(List.of(JOB));

        // When
        look.run();

        // Then
        assertThat(said).containsExactly("problem: no brokers");
    }

    private void submit(Map<String, String> options, String... jobs) throws IOException {
        cluster(settings(state, options), () -> runs).submit(List.of(jobs));
    }

    private void submitFrom(Path folder) throws IOException {
        cluster(settings(folder, Map.of()), () -> runs).submit(List.of(JOB));
    }

    private Runnable watch(Map<String, String> options, String... jobs) throws IOException {
        return cluster(settings(state, options), () -> runs).watch(List.of(jobs));
    }

    private Cluster cluster(ClusterSettings settings, Supplier<List<JobRun>> known) throws IOException {
        Path jar = Files.writeString(state.resolve("job.jar"), "jar");
        return new Cluster(new FlinkRest(flink.url()), jar, settings, known, this::say);
    }

    private ClusterSettings settings(Path folder, Map<String, String> options) {
        return new ClusterSettings("kafka:9092", Map.of(), elasticsearch, folder, Optional.empty(), options, List.of());
    }

    private void say(String job, String what) {
        said.add(job + ": " + what);
    }

    private List<String> arguments(int submission) {
        return StreamSupport.stream(
                        flink.submissions
                                .get(submission)
                                .path("programArgsList")
                                .spliterator(),
                        false)
                .map(JsonNode::asText)
                .toList();
    }

    private void ran(int generation) {
        ran(generation, Instant.parse("2026-11-20T06:00:00Z"));
    }

    private void ran(int generation, Instant started) {
        runs.add(new JobRun(JOB, generation, "id", List.of("tumbling(1m)"), Map.of(), started, "1.0.0"));
    }

    private void checkpoint(int generation, long id) throws IOException {
        TestCheckpoint.write(state.resolve(JOB).resolve(generation + "/id/chk-" + id), id);
    }
}
