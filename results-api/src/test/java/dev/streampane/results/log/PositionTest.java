// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @Test
    void shouldReadWhatItWrites() {
        // Given
        Position position = new Position(List.of(
                new TopicPosition("window-results", "3wQ9gkVQTeS5FEOdKvs_-A", new long[] {12, 0, 7, 31}),
                new TopicPosition("alerts", "b", new long[] {2})));
        // When
        String text = position.toString();
        // Then
        assertThat(text).isEqualTo("alerts~b~2~~window-results~3wQ9gkVQTeS5FEOdKvs_-A~12.0.7.31");
        assertThat(Position.parse(text)).map(Position::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "~", "a", "a~b", "a~b~",
                "a~b~-1", "a~b~1.", "a~b~.1", "a~b~1..2", "a~b~1 ",
                " a~b~1", "a~b~1\n", "a/b~c~1", "a~b~9999999999999999999", "a~b~\u0661"
            })
    void shouldTakeNothingElse(String text) {
        assertThat(Position.parse(text)).isEmpty();
    }

    @Test
    void shouldTakeAsManyPartitionsAsFit() {
        String text = "a~b~1" + ".1".repeat((Position.MAX_LENGTH - 5) / 2);
        assertThat(Position.parse(text)).map(Position::toString).contains(text);
        assertThat(Position.parse(text + "." + "1".repeat(4_000))).isEmpty();
    }

    @Test
    void shouldTellTheTopicsByName() {
        // Given
        Position position = Position.parse("alerts~b~1.2~~window-results~d~3").orElseThrow();
        // Then
        assertThat(position.topics()).extracting(TopicPosition::name).containsExactly("alerts", "window-results");
        assertThat(position.topic("alerts").orElseThrow().offsets()).containsExactly(1, 2);
        assertThat(position.topic("words")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a~x~1.2, a~x~1.2, true", "a~x~2.2, a~x~1.2, true", "a~x~0.9, a~x~1.2, false",
        "a~x~1.2.0, a~x~1.2, true", "a~x~9, a~x~1.2, false", "a~y~9.9, a~x~1.2, false"
    })
    void shouldReachWhatLiesBelowInTheSameLife(String one, String other, boolean reaches) {
        assertThat(topic(one).reaches(topic(other))).isEqualTo(reaches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "~~", "a~b~1~~",
                "~~a~b~1", "a~b~1~c~d~1", "a~b~1~~~c~d~1",
                "b~x~1~~a~x~1", "a~x~1~~a~x~1", "a~x~1~~b"
            })
    void shouldTakeNoOtherWayOfJoining(String text) {
        assertThat(Position.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a~x~3.2, a~x~1.4, a~x~1.2",
        "a~x~3.2.7, a~x~1.4, a~x~1.2.0",
        "a~x~3, a~x~4.1, a~x~3.0",
        "a~x~3.2, a~y~1.4, a~y~0.0"
    })
    void shouldHoldWithAnotherOneWhatBothHold(String one, String other, String both) {
        assertThat(topic(one).lower(topic(other))).hasToString(both);
    }

    private static TopicPosition topic(String text) {
        return Position.parse(text).orElseThrow().topics().get(0);
    }
}
