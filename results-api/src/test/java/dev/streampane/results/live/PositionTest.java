// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @Test
    void shouldReadWhatItWrites() {
        // Given
        Position position =
                new Position("window-results", "3wQ9gkVQTeS5FEOdKvs_-A", new long[] {12, 0, 7, 31});
        // When
        String text = position.toString();
        // Then
        assertThat(text).isEqualTo("window-results~3wQ9gkVQTeS5FEOdKvs_-A~12.0.7.31");
        assertThat(Position.parse(text)).map(Position::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "~",
                "a",
                "a~b",
                "a~b~",
                "a~b~-1",
                "a~b~1.",
                "a~b~.1",
                "a~b~1..2",
                "a~b~1 ",
                " a~b~1",
                "a~b~1\n",
                "a/b~c~1",
                "a~b~9999999999999999999",
                "a~b~1~~c~d~1",
                "a~b~\u0661"
            })
    void shouldTakeNothingElse(String text) {
        assertThat(Position.parse(text)).isEmpty();
    }

    @Test
    void shouldReadSeveralTopicsInTheOrderOfTheirNames() {
        assertThat(Position.parseAll("a~b~1")).hasValueSatisfying(p -> assertThat(p).hasSize(1));
        assertThat(Position.parseAll("alerts~b~1.2~~window-results~d~3"))
                .hasValueSatisfying(
                        positions ->
                                assertThat(positions)
                                        .extracting(Position::toString)
                                        .containsExactly("alerts~b~1.2", "window-results~d~3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "~~",
                "a~b~1~~",
                "~~a~b~1",
                "a~b~1~c~d~1",
                "a~b~1~~~c~d~1",
                "b~x~1~~a~x~1",
                "a~x~1~~a~x~1",
                "a~x~1~~b"
            })
    void shouldTakeNoOtherWayOfJoining(String text) {
        assertThat(Position.parseAll(text)).isEmpty();
    }
}
