// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.Problem.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParametersTest {

    private static final Parameter<Optional<String>> A = Parameter.text("a", "", 10);
    private static final Parameter<Integer> B = Parameter.integer("b", "", 1, 9, 2);
    private static final Parameter<Optional<Instant>> C = Parameter.instant("c", "");
    private static final Parameter<String> D = Parameter.choice("d", "", "up", "down");
    private static final Parameter<Integer> LIMIT = Parameter.integer("limit", "", 1, 500, 50);
    private static final Parameter<Optional<String>> E = Parameter.raw("e", "");

    @Test
    void shouldReadWhatIsThere() {
        // Given
        Parameters parameters =
                Parameters.of("a=x%20y+z&b=5&c=2026-11-20T07:00:00%2B01:00&&d=down&e=", List.of(A, B, C, D, E));
        // Then
        assertThat(parameters.get(A)).contains("x y z");
        assertThat(parameters.get(B)).isEqualTo(5);
        assertThat(parameters.get(C)).contains(Instant.parse("2026-11-20T06:00:00Z"));
        assertThat(parameters.get(D)).isEqualTo("down");
        assertThat(parameters.get(E)).contains("");
        parameters.check();
    }

    @Test
    void shouldReadAbsentOnesAsDefaults() {
        Parameters parameters = Parameters.of(null, List.of(A, B, C, D));
        assertThat(parameters.get(A)).isEmpty();
        assertThat(parameters.get(B)).isEqualTo(2);
        assertThat(parameters.get(C)).isEmpty();
        assertThat(parameters.get(D)).isEqualTo("up");
        parameters.check();
    }

    @Test
    void shouldCollectEverythingThatIsWrong() {
        // Given
        List<Parameter<?>> declared = List.of(LIMIT, Parameter.text("key", "", 10), Parameter.text("job", "", 10));
        Parameters parameters = Parameters.of("limit=0&x=1&x=2&key=%ff&job=&job=b", declared);
        declared.forEach(parameters::get);
        // Then
        assertThatThrownBy(parameters::check).isInstanceOfSatisfying(ProblemException.class, e -> assertThat(
                        e.problem().violations())
                .extracting(Violation::parameter)
                .containsExactly("x", "key", "job", "limit", "job"));
    }

    @Test
    void shouldSayWhatIsAllowed() {
        Parameters parameters = Parameters.of("limit=1e3", List.of(LIMIT));
        assertThat(parameters.get(LIMIT)).isEqualTo(50);
        assertThatThrownBy(parameters::check)
                .hasMessage("limit: '1e3' is not allowed; allowed is a number from 1 to 500");
    }

    @Test
    void shouldCutAndCleanWhatItShows() {
        assertThat(Parameters.shown("a\r\n\u001b[0m\u202e\u2028b")).isEqualTo("a???[0m??b");
        assertThat(Parameters.shown("x".repeat(10_000))).hasSize(81);
        String smiles = "\uD83D\uDE00".repeat(80);
        assertThat(Parameters.shown("x" + smiles)).isEqualTo("x" + smiles.substring(2) + "…");
    }

    @Test
    void shouldReadBytesThatAreNotPercentEncodedAsWhatTheyAre() {
        // Given: as the server hands on the bytes of "é", and one byte of it
        Parameters parameters = Parameters.of("a=\u00C3\u00A9&e=\u00C3", List.of(A, E));
        // Then
        assertThat(parameters.get(A)).contains("é");
        assertThatThrownBy(parameters::check).hasMessage("e: is not percent-encoded UTF-8");
    }

    @Test
    void shouldSayOnceThatAParameterIsNotPercentEncoded() {
        Parameters parameters = Parameters.of("a=%ff&".repeat(500), List.of(A));
        assertThatThrownBy(parameters::check).hasMessage("a: is not percent-encoded UTF-8");
    }

    @Test
    void shouldCountBytesNotCharacters() {
        Parameters parameters = Parameters.of("key=" + "%F0%9F%98%80".repeat(64), "key");
        assertThat(parameters.get(Parameter.text("key", "", 256))).isPresent();
        assertThat(parameters.get(Parameter.text("key", "", 255))).isEmpty();
    }
}
