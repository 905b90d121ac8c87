// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.contract.JobRun;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StartFrom;
import dev.streampane.local.state.NewestState.State;
import dev.streampane.local.state.Specifications;
import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobPlanTest {

    private static final String JOB = "weather-average";

    @TempDir
    Path data;

    @TempDir
    Path links;

    private final List<JobRun> runs = new ArrayList<>();

    private static StackSettings settings(Map<String, String> jobOptions) {
        return TestSettings.of(Path.of("/data with space"), 100, StackSettings.JOBS, Optional.empty(), jobOptions);
    }

    @Test
    void shouldPassWhatTheJobNeeds() {
        // Given
        JobPlan plan = new JobPlan(
                "weather-average",
                3,
                Optional.empty(),
                Optional.of(new State(17, Path.of("/state/chk-17"))),
                true,
                Optional.of("tumbling(10s)"),
                Optional.empty(),
                Map.of(),
                settings(Map.of()));

        // When Then
        assertThat(plan.arguments())
                .containsExactly(
                        "weather-average",
                        "--bootstrap-servers=127.0.0.1:9192",
                        "--state-dir=file:///data with space/state",
                        "--generation=3",
                        "--windows=tumbling(10s)",
                        "--preview=1s");
        assertThat(plan.origin()).isEqualTo("generation 3, on from checkpoint 17");
    }

    /** Of what was asked for, for every job or for one: an argument of the job, and what is in none. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    word-count | '' | --output=topic,console | --any.
                    word-count | output=topic | --any.output=topic | --output=
                    index-results | '' | --elasticsearch-url=http://127.0.0.1:9300 | --any.
                    index-results | skew=1m | --any.skew=1m | --skew
                    index-results | index-results:zone=UTC | --zone=UTC | --any.
                    time-series-archive | '' | --archive-dir=file:///data with space/archive | --any.
                    time-series-archive | time-series-archive:archive-dir=s3://bucket/archive | --archive-dir=s3://bucket/archive | --archive-dir=file
                    weather-average | '' | --preview=1s | --any.
                    weather-average | preview=off | --any.preview=off | --preview=
                    weather-average | skew=1m,weather-average:skew=2m | --skew=2m | --elasticsearch
                    weather-average | index-results:bulk-actions=10 | --preview=1s | bulk
                    """)
    void shouldPassOptionsAndDefaultsUnlessToldOtherwise(String job, String asked, String passed, String none) {
        // Given
        Map<String, String> options = Stream.of(asked.split(","))
                .filter(option -> !option.isEmpty())
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1]));

        // When
        JobPlan plan = JobPlan.of(job, settings(options), List.of());

        // Then
        assertThat(plan.arguments()).contains(passed).noneMatch(argument -> argument.contains(none));
    }

    @Test
    void shouldOfferWhatTheJobsNeedAndSomeToSpare() {
        // When Then
        assertThat(settings(Map.of()).slots()).isEqualTo(14);
        assertThat(settings(Map.of("word-count:parallelism", "4")).slots()).isEqualTo(17);
        assertThat(settings(Map.of("parallelism", "1")).slots()).isEqualTo(11);
        assertThat(settings(Map.of("parallelism", "no number")).slots()).isEqualTo(14);
    }

    /** What is written down for a generation, and the head of a checkpoint of it. */
    private void ran(int generation, String specs) {
        runs.add(new JobRun(
                JOB, generation, "", List.of(specs.split(";")), Map.of(), Instant.parse("2026-11-20T06:00:00Z"), "1"));
    }

    private Path checkpoint(int generation, String name, long id) throws IOException {
        return TestCheckpoint.write(data.resolve("state").resolve(JOB).resolve(generation + "/" + name), id);
    }

    private StackSettings inFolder(Optional<String> windows) {
        return TestSettings.of(data, 100, List.of(JOB), windows, Map.of());
    }

    private JobPlan planned(StartFrom from, Map<String, String> asked) {
        return JobPlan.of(JOB, inFolder(Optional.empty()), from, asked, runs);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " sliding ( 600s , 60000ms ) | sliding(10m,1m)",
                "all: tumbling(060s) ; session(120s) | all:tumbling(1m);session(2m)",
                "calendar(day, Europe/Berlin);calendar(week,+1) | calendar(day,Europe/Berlin);calendar(week,+01:00)"
            })
    void shouldGoOnWithTheSameWindowsInAnotherSpelling(String written, String canonical) throws IOException {
        // Given
        ran(1, canonical);
        Path state = checkpoint(1, "chk-7", 7);

        // When
        JobPlan byCommand = planned(StartFrom.NEWEST, Map.of("windows", written));
        JobPlan byUp = JobPlan.of(JOB, inFolder(Optional.of(written)), StartFrom.NEWEST, Map.of(), runs);

        // Then
        for (JobPlan plan : List.of(byCommand, byUp)) {
            assertThat(plan.windows()).hasValue(canonical);
            assertThat(plan.continues()).isTrue();
            assertThat(plan.state()).hasValue(new State(7, state));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tumbling(61s)", "tumbling(1m,offset=61s)", "tumbling(1 m)", "tumbling(0s)"})
    void shouldRefuseToGoOnWithOtherWindows(String windows) throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        checkpoint(1, "chk-7", 7);

        // When Then
        assertThatThrownBy(() -> planned(StartFrom.NEWEST, Map.of("windows", windows)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("state of tumbling(1m) windows and cannot go on with tumbling(");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10s",
                "tumbling(",
                "tumbling(99999999999d)",
                "tumbling(999999999999d)",
                "tumbling(0s,offset=1s)",
                "calendar(day,no/where)"
            })
    void shouldPassOnWhatIsNoSpecification(String windows) {
        assertThat(Specifications.canonical(windows)).isEqualTo(windows);
    }

    @Test
    void shouldGoOnWithTheNewestStateOfTheNewestGenerationAsItsOwn() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        checkpoint(1, "chk-99", 99);
        ran(2, "tumbling(1m)");
        checkpoint(2, "chk-7", 7);
        Path newest = checkpoint(2, "savepoint-8", 8);

        // When
        JobPlan plan = planned(StartFrom.NEWEST, Map.of());

        // Then
        assertThat(plan.generation()).isEqualTo(2);
        assertThat(plan.state()).hasValue(new State(8, newest));
        assertThat(plan.claims()).isTrue();
        assertThat(plan.supersedes()).isFalse();
    }

    @Test
    void shouldLeaveAKeptSavepointToTheUserAlsoWhenItIsTheNewestState() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        Path kept = checkpoint(1, "savepoints/savepoint-8", 8);

        // When Then
        for (StartFrom from : List.of(StartFrom.NEWEST, StartFrom.savepoint(kept))) {
            JobPlan plan = planned(from, Map.of());
            assertThat(plan.generation()).isEqualTo(1);
            assertThat(plan.state()).hasValue(new State(8, kept));
            assertThat(plan.claims()).isFalse();
        }
    }

    @Test
    void shouldStartANewGenerationFromAnOlderSavepointAndNotClaimIt() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        Path older = checkpoint(1, "savepoint-7", 7);
        checkpoint(1, "chk-9", 9);

        // When
        JobPlan plan = planned(StartFrom.savepoint(older), Map.of());

        // Then
        assertThat(plan.generation()).isEqualTo(2);
        assertThat(plan.state()).hasValue(new State(7, older));
        assertThat(plan.claims()).isFalse();
        assertThat(plan.supersedes()).isTrue();
    }

    @Test
    void shouldKnowItsStateByWhateverPathTheFolderIsReached() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        checkpoint(1, "savepoint-7", 7);
        ran(2, "tumbling(2m)");
        Path newest = checkpoint(2, "savepoint-8", 8);
        StackSettings byLink = TestSettings.of(
                Files.createSymbolicLink(links.resolve("stack"), data), 100, List.of(JOB), Optional.empty(), Map.of());
        Path otherLink = Files.createSymbolicLink(links.resolve("other"), data);

        // When
        JobPlan onFromTheFolder = JobPlan.of(JOB, byLink, StartFrom.savepoint(newest), Map.of(), runs);
        JobPlan onFromTheLink = planned(StartFrom.savepoint(otherLink.resolve(data.relativize(newest))), Map.of());
        JobPlan anew = JobPlan.of(
                JOB,
                byLink,
                StartFrom.savepoint(newest.resolveSibling("../1/savepoint-7").normalize()),
                Map.of(),
                runs);

        // Then
        for (JobPlan on : List.of(onFromTheFolder, onFromTheLink)) {
            assertThat(on.generation()).isEqualTo(2);
            assertThat(on.claims()).isTrue();
            assertThat(on.supersedes()).isFalse();
        }
        assertThat(anew.generation()).isEqualTo(3);
        assertThat(anew.windows()).hasValue("tumbling(1m)");
    }

    @Test
    void shouldRefuseABatchWithState() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        Path newest = checkpoint(1, "chk-9", 9);

        // When Then
        for (StartFrom from : List.of(StartFrom.NEWEST, StartFrom.savepoint(newest))) {
            assertThatThrownBy(() -> planned(from, Map.of("mode", "batch")))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("has state, which a batch does not go on from");
        }
        assertThat(planned(StartFrom.ANEW, Map.of("mode", "batch")).generation())
                .isEqualTo(2);
    }

    @Test
    void shouldRefuseWhatIsNoFolderOfASavepoint() throws IOException {
        // Given
        Path file = checkpoint(1, "savepoint-7", 7).resolve("_metadata");

        // When Then
        for (Path path : List.of(data.resolve("nowhere"), file)) {
            assertThatThrownBy(() -> planned(StartFrom.savepoint(path), Map.of()))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("no completed savepoint or checkpoint lies in " + path);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StartFrom.Kind.class,
            names = {"EARLIEST", "LATEST", "ANEW"})
    void shouldStartANewGenerationWithoutStateWhenAskedTo(StartFrom.Kind kind) throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        checkpoint(1, "chk-9", 9);
        ran(2, "tumbling(2m)");
        StartFrom from = StartFrom.of(kind);

        // When
        JobPlan plan = planned(from, Map.of());

        // Then
        assertThat(plan.generation()).isEqualTo(3);
        assertThat(plan.state()).isEmpty();
        assertThat(plan.claims()).isFalse();
        assertThat(plan.windows()).hasValue("tumbling(2m)");
        assertThat(plan.startFrom()).isEqualTo(from.option());
    }

    @Test
    void shouldBeginWithoutStateWhenNoGenerationHasAny() {
        // Given
        ran(1, "tumbling(1m)");

        // When
        JobPlan plan = planned(StartFrom.NEWEST, Map.of());

        // Then
        assertThat(plan.generation()).isEqualTo(2);
        assertThat(plan.state()).isEmpty();
    }

    @Test
    void shouldNotForgetOlderStateWhenTheNewestGenerationHasNone() throws IOException {
        // Given
        ran(1, "tumbling(1m)");
        checkpoint(1, "chk-7", 7);
        ran(2, "tumbling(1m)");
        Path older = checkpoint(2, "chk-5", 5);
        ran(3, "tumbling(1m)");

        // When Then
        assertThatThrownBy(() -> planned(StartFrom.NEWEST, Map.of()))
                .isInstanceOf(StackException.class)
                .hasMessageContaining(JOB + " has no state of generation 3")
                .hasMessageContaining("--from savepoint " + older + " (generation 2)")
                .hasMessageContaining("--from earliest or --from latest")
                .hasMessageContaining("'up' --new-generation " + JOB)
                .hasMessageNotContaining("\n");
        assertThat(planned(StartFrom.savepoint(older), Map.of()))
                .matches(plan -> plan.generation() == 4 && !plan.claims());
    }
}
