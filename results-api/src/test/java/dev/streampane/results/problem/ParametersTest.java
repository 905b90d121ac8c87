// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.Problem.Violation;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ParametersTest {

    @Test
    void shouldReadWhatIsThere() {
        // Given
        Parameters parameters = Parameters.of("a=x%20y+z&b=5&c=2026-11-20T07:00:00%2B01:00&&d=", "a", "b", "c", "d");
        // Then
        assertThat(parameters.text("a", 10)).contains("x y z");
        assertThat(parameters.integer("b", 1, 9, 2)).isEqualTo(5);
        assertThat(parameters.instant("c")).contains(Instant.parse("2026-11-20T06:00:00Z"));
        assertThat(parameters.raw("d")).contains("");
        parameters.check();
    }

    @Test
    void shouldReadAbsentOnesAsDefaults() {
        Parameters parameters = Parameters.of(null, "a", "b", "c");
        assertThat(parameters.text("a", 10)).isEmpty();
        assertThat(parameters.integer("b", 1, 9, 2)).isEqualTo(2);
        assertThat(parameters.choice("c", "up", "down")).isEqualTo("up");
        parameters.check();
    }

    @Test
    void shouldCollectEverythingThatIsWrong() {
        // Given
        Parameters parameters = Parameters.of("limit=0&x=1&x=2&key=%ff&job=&job=b", "limit", "key", "job");
        parameters.integer("limit", 1, 500, 50);
        parameters.text("key", 10);
        parameters.text("job", 10);
        // Then
        assertThatThrownBy(parameters::check).isInstanceOfSatisfying(ProblemException.class, e -> assertThat(
                        e.problem().violations())
                .extracting(Violation::parameter)
                .containsExactly("x", "key", "job", "limit", "job"));
    }

    @Test
    void shouldSayWhatIsAllowed() {
        Parameters parameters = Parameters.of("limit=1e3", "limit");
        parameters.integer("limit", 1, 500, 50);
        assertThatThrownBy(parameters::check)
                .hasMessage("limit: '1e3' is not allowed; allowed is a number from 1 to 500");
    }

    @Test
    void shouldCutAndCleanWhatItShows() {
        assertThat(Parameters.shown("a\r\n\u001b[0m\u202e\u2028b")).isEqualTo("a???[0m??b");
        assertThat(Parameters.shown("x".repeat(10_000))).hasSize(81);
    }

    @Test
    void shouldCountBytesNotCharacters() {
        Parameters parameters = Parameters.of("key=" + "%F0%9F%98%80".repeat(64), "key");
        assertThat(parameters.text("key", 256)).isPresent();
        assertThat(parameters.text("key", 255)).isEmpty();
    }
}
