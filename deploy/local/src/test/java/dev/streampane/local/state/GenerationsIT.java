// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.Journal;
import dev.streampane.local.log.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GenerationsIT {

    @RegisterExtension
    static final Journal journal = new Journal();

    @Test
    void shouldTakeTheFirstNumberThatNoRunHasUsed() {
        // Given
        journal.create(List.of(Generations.TOPIC), 1);
        run("weather-average", 1, "tumbling(1m)");
        run("weather-average", 3, "tumbling(5s)");
        run("weather-average", 2, "tumbling(10s)");
        run("transaction-total", 7, "tumbling(1m)");
        journal.write(Generations.TOPIC, "somebody", "hello");

        // When
        int next = Generations.next(Topics.client(journal.bootstrapServers()), "weather-average");
        var latest = Generations.latest(Topics.client(journal.bootstrapServers()), "weather-average")
                .orElseThrow();

        // Then
        assertThat(next).isEqualTo(4);
        assertThat(latest.generation()).isEqualTo(3);
        assertThat(latest.specs()).containsExactly("tumbling(5s)");
        assertThat(latest.setting("late-topic", "late-records")).isEqualTo("too-late");
        assertThat(latest.setting("results-topic", "window-results")).isEqualTo("window-results");
        assertThat(Generations.next(Topics.client(journal.bootstrapServers()), "never-ran"))
                .isEqualTo(1);
    }

    private static void run(String job, int generation, String spec) {
        journal.write(Generations.TOPIC, job + "/" + generation, """
                {"job":"%s","generation":%d,"jobId":"a1b2","specs":["%s"],
                 "settings":{"late-topic":"too-late","parallelism":"2"},
                 "started":"2026-11-20T06:00:00Z","jobVersion":"1.0.0"}""".formatted(job, generation, spec));
    }
}
