// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.Problem.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {

    private static final Parameter<Optional<String>> A = Parameter.text("a", "", 10);
    private static final Parameter<Integer> B = Parameter.integer("b", "", 1, 9, 2);
    private static final Parameter<Optional<Instant>> C = Parameter.instant("c", "");
    private static final Parameter<String> D = Parameter.choice("d", "", "up", "down");
    private static final Parameter<Integer> LIMIT = Parameter.integer("limit", "", 1, 500, 50);
    private static final Parameter<Optional<String>> E = Parameter.raw("e", "");

    private static final Parameter<Set<String>> TEXTS = Parameter.texts("text", "", 10, 3);
    private static final Parameter<Set<String>> WORDS = Parameter.choices("word", "", "one", "other");
    private static final Parameter<OptionalLong> NUMBER = Parameter.number("number", "", Integer.MAX_VALUE);
    private static final Parameter<Optional<Instant>> FROM = Parameter.instant("from", "");
    private static final Parameter<Optional<Instant>> TO = Parameter.instant("to", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    limit | 0 -1 501 2147483648 100000000000000000000 abc 1e3 1;2 1_0 %2B1 %D9%A1 %20 1&limit=2
                    number | -1 2147483648 9223372036854775808 abc 1e3 %D9%A1
                    from | -1 abc 1763618400000 1969-12-31T23:59:59Z -0001-01-01T00:00:00Z %2B292278994-08-17T07:12:55Z 10000-01-01T00:00:00Z
                    from | 2026-11-20 2026-11-20T06:00:00 2026-11-20%2006:00:00Z 2026-11-20T06:00:00+01:00 2026-11-20T06:00:00%2B25:00
                    from | 2027-02-29T06:00:00Z 2026-12-31T23:59:60Z 2026-11-20T07:00:00Z&to=2026-11-20T06:00:00Z
                    from | 2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z 2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z
                    to | abc 2026-11-20T06:00:00Z&from=2026-11-20T06:00:00Z
                    d | UP _id up,down up&d=up
                    word | One one&word=* three
                    text | x&text= %ff %c0%80 01234567890 a&text=b&text=c&text=d
                    a | 01234567890 %ff %c0%80 x&a=x
                    A | x
                    <script> | 1
                    after | garbage %2A%2A x.y
                    """)
    void shouldNameWhatIsWrong(String name, String values) {
        for (String value : (values + " ").split(" ", -1)) {
            // Given: also of no value
            Parameters parameters = Parameters.of(
                    name.replace("<", "%3C").replace(">", "%3E") + "=" + value,
                    List.of(A, LIMIT, NUMBER, FROM, TO, D, WORDS, TEXTS, Parameter.AFTER));
            // When
            List.<Parameter<?>>of(A, LIMIT, NUMBER, D, WORDS, TEXTS).forEach(parameters::get);
            parameters.checkRange(parameters.get(FROM), parameters.get(TO));
            parameters.after("query", Optional::of);
            // Then
            assertThatThrownBy(parameters::check)
                    .as("%s=%s", name, value)
                    .isInstanceOfSatisfying(
                            ProblemException.class, e -> assertThat(e.problem().violations())
                                    .extracting(Violation::parameter)
                                    .contains(name));
        }
    }

    @Test
    void shouldTakeTenYearsAndTheFarFuture() {
        for (String query :
                List.of("from=2016-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "to=9999-12-31T23:59:59.999Z")) {
            Parameters parameters = Parameters.of(query, List.of(FROM, TO));
            parameters.checkRange(parameters.get(FROM), parameters.get(TO));
            parameters.check();
        }
    }

    @Test
    void shouldTakeACursorOfItsQueryThatIsNotTooLong() {
        String cursor = QueryCursor.encode("query", "place");
        assertThat(Parameters.of("after=" + cursor, List.of(Parameter.AFTER)).after("query", Optional::of))
                .contains("place");
        Parameters parameters =
                Parameters.of("after=" + "A".repeat(QueryCursor.MAX_LENGTH + 1), List.of(Parameter.AFTER));
        assertThat(parameters.after("query", Optional::of)).isEmpty();
        assertThatThrownBy(parameters::check).hasMessageContaining("allowed is 1 to " + QueryCursor.MAX_LENGTH);
    }

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
