// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.JobRun;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GenerationsTest {

    @Test
    void shouldNameTheTopicOfEachRunAndTheUsualOne() {
        // Given
        List<JobRun> runs = List.of(run(Map.of("audit-topic", "weather-audit")), run(Map.of()));

        // When Then
        assertThat(Generations.topics(runs, "audit-topic", "audit")).containsExactly("weather-audit", "audit");
        assertThat(Generations.topics(List.of(), "audit-topic", "audit")).containsExactly("audit");
    }

    @Test
    void shouldNameTheTopicsOfAllStartsInTheirOrder() {
        // Given
        JobRun run = run(Map.of("audit-topic", "weather-audit"))
                .startedAgain(run(Map.of("audit-topic", "again")), Optional.of(7L))
                .startedAgain(run(Map.of("audit-topic", "at-last")), Optional.of(8L));

        // When Then
        assertThat(Generations.topics(List.of(run), "audit-topic", "audit"))
                .containsExactly("audit", "weather-audit", "again", "at-last");
    }

    private static JobRun run(Map<String, String> settings) {
        return new JobRun("weather-average", 1, "", List.of(), settings, Instant.EPOCH, "1");
    }
}
