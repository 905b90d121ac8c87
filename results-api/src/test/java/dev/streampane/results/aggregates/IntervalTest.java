// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTest {

    @ParameterizedTest
    @CsvSource({
        "15m, 2026-11-20T06:07:30Z, 2026-11-20T06:00:00Z, 2026-11-20T06:15:00Z",
        "15m, 2026-11-20T06:15:00Z, 2026-11-20T06:15:00Z, 2026-11-20T06:30:00Z",
        "15m, 2026-11-20T06:14:59.999Z, 2026-11-20T06:00:00Z, 2026-11-20T06:15:00Z",
        "7d, 1970-01-07T23:59:59Z, 1970-01-01T00:00:00Z, 1970-01-08T00:00:00Z",
        "90s, 1969-12-31T23:59:59Z, 1969-12-31T23:58:30Z, 1970-01-01T00:00:00Z",
        "day, 2026-03-28T23:30:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "day, 2026-10-25T22:59:59Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        "week, 2026-11-20T06:00:00Z, 2026-11-15T23:00:00Z, 2026-11-22T23:00:00Z",
        "month, 2026-10-31T22:59:59Z, 2026-09-30T22:00:00Z, 2026-10-31T23:00:00Z",
        "month, 2026-10-31T23:00:00Z, 2026-10-31T23:00:00Z, 2026-11-30T23:00:00Z"
    })
    void shouldFindTheBucketThatATimeLiesIn(String text, Instant time, Instant start, Instant end) {
        // Given
        Interval interval = Interval.parse(text, ZoneId.of("Europe/Berlin")).orElseThrow();
        // Then
        assertThat(interval.start(time)).isEqualTo(start);
        assertThat(interval.end(start)).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource({
        "day, 2006-10-29T02:29:59Z, 2006-10-28T02:30:00Z, 2006-10-29T02:30:00Z",
        "day, 2006-10-29T03:00:00Z, 2006-10-29T02:30:00Z, 2006-10-30T03:30:00Z",
        "day, 2006-10-29T12:00:00Z, 2006-10-29T02:30:00Z, 2006-10-30T03:30:00Z",
        "week, 2006-10-29T03:00:00Z, 2006-10-23T02:30:00Z, 2006-10-30T03:30:00Z",
    })
    void shouldBeginADayBeforeTheEveningThatComesTwice(String text, Instant time, Instant start, Instant end) {
        // Given: at 00:01 it is 23:01 again
        Interval interval = Interval.parse(text, ZoneId.of("America/St_Johns")).orElseThrow();
        // Then
        assertThat(interval.start(time)).isEqualTo(start);
        assertThat(interval.end(start)).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "0s", "1", "h", "1ms", "1 h", "-1h", "+1h", "1H", "01h",
                "367d", "8785h", "1h30m", "PT1H", "year", "days", "1day", "1e3s", "99999999999s", "٣h"
            })
    void shouldTakeNothingElse(String text) {
        assertThat(Interval.parse(text, ZoneOffset.UTC)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1s", "366d", "8784h", "day", "week", "month"})
    void shouldTakeTheShortestAndTheLongest(String text) {
        assertThat(Interval.parse(text, ZoneOffset.UTC)).isPresent();
    }

    @Test
    void shouldTakeZonesOfTheDatabaseOnly() {
        assertThat(Interval.zone("Europe/Berlin")).isPresent();
        assertThat(Interval.zone("UTC")).isPresent();
        assertThat(Interval.zone("+25:00")).isEmpty();
        assertThat(Interval.zone("Mars/Olympus")).isEmpty();
        assertThat(Interval.zone("../etc")).isEmpty();
    }
}
