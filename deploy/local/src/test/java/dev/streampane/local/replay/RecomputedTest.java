// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Json;
import org.junit.jupiter.api.Test;

/** Sessions by the seconds of a minute in which they begin and end. */
class RecomputedTest {

    private final Recomputed recomputed = new Recomputed();

    private void say(String kind, String key, int start, int end, String status) {
        recomputed.add(Json.read("""
                {"id":"%1$s~%2$s~%3$d-%4$d","job":"w","spec":"%1$s(5s)","key":"%2$s","generation":1,"rev":1,"status":"%5$s",
                 "window":{"kind":"%1$s","start":"2026-11-20T06:00:%3$02dZ","end":"2026-11-20T06:00:%4$02dZ","zone":"UTC"},
                 "count":5,"inputs":[]}""".formatted(kind, key, start, end, status).getBytes(UTF_8)));
    }

    private void session(int start, int end) {
        say("session", "d1", start, end, "FINAL");
    }

    @Test
    void shouldForgetSessionsOfARunThatBeganAnewWithoutThem() {
        // Given what a run said before it failed
        session(0, 10);
        session(12, 20);
        session(30, 40);

        // When the next one reads the records in between before it says the first
        session(0, 25);
        session(30, 40);

        // Then
        assertThat(recomputed.results()).containsOnlyKeys("session~d1~0-25", "session~d1~30-40");
    }

    @Test
    void shouldHoldALongSessionWhosePartsAreSaidAnew() {
        // Given
        session(0, 25);

        // When
        session(0, 10);
        session(12, 20);
        session(0, 25);
        say("session", "d1", 0, 10, "RETRACTED");
        say("session", "d1", 12, 20, "RETRACTED");

        // Then
        assertThat(recomputed.results()).containsOnlyKeys("session~d1~0-25");
    }

    @Test
    void shouldHoldSessionsOfOtherKeysAndWindowsThatOverlap() {
        // When
        session(0, 10);
        session(50, 59);
        say("session", "d1", 21, 55, "RETRACTED");
        say("session", "d2", 5, 15, "FINAL");
        say("sliding", "d1", 0, 10, "FINAL");
        say("sliding", "d1", 5, 15, "FINAL");

        // Then
        assertThat(recomputed.results())
                .containsOnlyKeys(
                        "session~d1~0-10", "session~d1~50-59", "session~d2~5-15", "sliding~d1~0-10", "sliding~d1~5-15");
    }
}
