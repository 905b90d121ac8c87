// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.NewestState.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobPlanTest {

    private static StackSettings settings(Map<String, String> jobOptions) {
        return new StackSettings(
                Path.of("/data with space"),
                100,
                StackSettings.JOBS,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                true,
                jobOptions,
                List.of(),
                Map.of(),
                Map.of());
    }

    private static JobPlan plan(
            String job, int generation, Optional<State> state, Map<String, String> jobOptions) {
        return new JobPlan(
                job,
                generation,
                state,
                state.isPresent(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                settings(jobOptions),
                Set.of());
    }

    @Test
    void shouldPassWhatTheJobNeeds() {
        // Given
        JobPlan plan =
                new JobPlan(
                        "weather-average",
                        3,
                        Optional.of(new State(17, Path.of("/state/chk-17"))),
                        true,
                        Optional.of("tumbling(10s)"),
                        Optional.empty(),
                        Map.of(),
                        settings(Map.of()),
                        Set.of());

        // When Then
        assertThat(plan.arguments())
                .containsExactly(
                        "weather-average",
                        "--bootstrap-servers=127.0.0.1:9192",
                        "--state-dir=file:///data%20with%20space/state",
                        "--generation=3",
                        "--windows=tumbling(10s)");
        assertThat(plan.origin()).isEqualTo("generation 3, on from checkpoint 17");
    }

    @Test
    void shouldHaveWordCountPrintItsRowsUnlessToldOtherwise() {
        assertThat(plan("word-count", 1, Optional.empty(), Map.of()).arguments())
                .contains("--output=topic,console");
        assertThat(plan("word-count", 1, Optional.empty(), Map.of("output", "topic")).arguments())
                .contains("--output=topic")
                .doesNotContain("--output=topic,console");
    }

    @Test
    void shouldTellIndexResultsWhereElasticsearchIs() {
        // Given
        JobPlan plan = plan("index-results", 1, Optional.empty(), Map.of());

        // When Then
        assertThat(plan.arguments()).contains("--elasticsearch-url=http://127.0.0.1:9300");
        assertThat(plan.origin()).isEqualTo("generation 1, without state");
    }

    @Test
    void shouldPutTheArchiveBelowTheDataUnlessToldOtherwise() {
        // Given
        JobPlan plan = plan("time-series-archive", 1, Optional.empty(), Map.of());
        JobPlan elsewhere =
                plan(
                        "time-series-archive",
                        1,
                        Optional.empty(),
                        Map.of("time-series-archive:archive-dir", "s3://bucket/archive"));

        // When Then
        assertThat(plan.arguments()).contains("--archive-dir=file:///data%20with%20space/archive");
        assertThat(elsewhere.arguments())
                .contains("--archive-dir=s3://bucket/archive")
                .noneMatch(a -> a.startsWith("--archive-dir=file"));
    }

    @Test
    void shouldOfferWhatTheJobsNeedAndSomeToSpare() {
        // When Then
        assertThat(settings(Map.of()).slots()).isEqualTo(14);
        assertThat(settings(Map.of("word-count:parallelism", "4")).slots()).isEqualTo(17);
        assertThat(settings(Map.of("parallelism", "1")).slots()).isEqualTo(11);
        assertThat(settings(Map.of("parallelism", "no number")).slots()).isEqualTo(14);
    }

    @Test
    void shouldPassOptionsForEveryJobAndForThisOne() {
        // Given
        JobPlan plan =
                plan(
                        "weather-average",
                        1,
                        Optional.empty(),
                        Map.of(
                                "skew", "1m",
                                "weather-average:skew", "2m",
                                "index-results:bulk-actions", "10"));

        // When Then
        assertThat(plan.arguments()).contains("--skew=2m").noneMatch(a -> a.contains("bulk"));
    }

    @Test
    void shouldLeaveOutAnOptionForEveryJobThatItDoesNotHaveButNotItsOwn() {
        // Given
        JobPlan plan =
                plan(
                        "index-results",
                        1,
                        Optional.empty(),
                        Map.of("skew", "1m", "index-results:zone", "UTC"));

        // When Then
        assertThat(plan.without("skew"))
                .hasValueSatisfying(
                        without ->
                                assertThat(without.arguments())
                                        .noneMatch(a -> a.contains("skew"))
                                        .contains("--zone=UTC"));
        assertThat(plan.without("zone")).isEmpty();
        assertThat(plan.without("windows")).isEmpty();
    }
}
