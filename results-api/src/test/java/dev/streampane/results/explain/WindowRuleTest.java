// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowRuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tumbling(4s)|0|4000", "tumbling(4s)|3999|4000", "tumbling(4s)|4000|8000",
                "tumbling(4s)|-1|0", "tumbling(4s,offset=1s)|0|1000", "tumbling(4s,offset=1s)|1000|5000",
                "all:tumbling(2500ms)|2500|5000", "sliding(4s,2s)|0|2000", "sliding(4s,2s)|1999|2000",
                "sliding(4s,2s)|2000|4000", "sliding(5s,2s)|0|1000", "sliding(5s,2s)|1000|3000",
                "session(2s)|1000|3000", "all:session(1m)|0|60000", "global(count=2)|7|9223372036854775807",
                "global(every=30s)|7|9223372036854775807"
            })
    void shouldTellTheEndOfTheFirstWindowToClose(String spec, long time, long end) {
        assertThat(WindowRule.of(spec).firstEnd(time)).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // clocks go back on this day: 25 hours
                "calendar(day,Europe/Berlin)|2026-10-25T12:00:00Z|2026-10-24T22:00:00Z|2026-10-25T23:00:00Z",
                // and forward: 23 hours
                "calendar(day,Europe/Berlin)|2026-03-29T12:00:00Z|2026-03-28T23:00:00Z|2026-03-29T22:00:00Z",
                "calendar(week,UTC)|2026-11-20T06:00:00Z|2026-11-16T00:00:00Z|2026-11-23T00:00:00Z",
                "all:calendar(month,Europe/Berlin)|2026-10-31T23:30:00Z|2026-10-31T23:00:00Z|2026-11-30T23:00:00Z",
                // clocks went back from 00:01 to 23:01: the second evening belongs to the day that
                // has begun
                "calendar(day,America/St_Johns)|2010-11-07T02:40:00Z|2010-11-07T02:30:00Z|2010-11-08T03:30:00Z"
            })
    void shouldFollowTheCalendarOfAZone(String spec, Instant time, Instant start, Instant end) {
        WindowRule rule = WindowRule.of(spec);
        assertThat(Instant.ofEpochMilli(rule.firstEnd(time.toEpochMilli()))).isEqualTo(end);
        assertThat(rule.isWindow(start.toEpochMilli(), end.toEpochMilli())).isTrue();
        assertThat(rule.isWindow(start.toEpochMilli() + 1, end.toEpochMilli())).isFalse();
        assertThat(rule.isWindow(start.toEpochMilli(), end.toEpochMilli() + 1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tumbling(4s)|4000|8000|true", "tumbling(4s)|4001|8001|false",
                "tumbling(4s)|4000|12000|false", "tumbling(4s,offset=1s)|5000|9000|true",
                "sliding(4s,2s)|-2000|2000|true", "sliding(4s,2s)|-1000|3000|false",
                "session(2s)|0|2000|true", "session(2s)|0|1999|false",
                "global(count=2)|0|1|true", "global(count=2)|0|0|false"
            })
    void shouldKnowItsWindows(String spec, long start, long end, boolean known) {
        assertThat(WindowRule.of(spec).isWindow(start, end)).isEqualTo(known);
    }

    @Test
    void shouldLetSessionsGrowUntilAnotherGapHasPassed() {
        assertThat(WindowRule.of("session(2s)").closedAt(10_000)).isEqualTo(12_000);
        assertThat(WindowRule.of("tumbling(2s)").closedAt(10_000)).isEqualTo(10_000);
        assertThat(WindowRule.of("global(count=2)").closedAt(1)).isEqualTo(Long.MAX_VALUE);
    }
}
