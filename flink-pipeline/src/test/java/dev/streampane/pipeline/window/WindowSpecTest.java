// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpec.Global;
import dev.streampane.contract.WindowSpec.Session;
import dev.streampane.contract.WindowSpec.Sliding;
import dev.streampane.contract.WindowSpec.Tumbling;
import dev.streampane.contract.WindowSpecParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSpecTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "3999, 0, 0",
        "4000, 0, 4000",
        "-1, 0, -4000",
        "-4000, 0, -4000",
        "0, 1000, -3000",
        "999, 1000, -3000",
        "1000, 1000, 1000",
        "5000, 1000, 5000"
    })
    void shouldCutTimeAsFlinkDoes(long time, long offset, long start) {
        // Given
        var spec = new Tumbling(Duration.ofSeconds(4), Duration.ofMillis(offset), false);

        // Then
        assertThat(spec.firstStart(time)).isEqualTo(start);
        assertThat(spec.firstEnd(time)).isEqualTo(start + 4000);
        assertThat(TimeWindow.getWindowStartWithOffset(time, offset, 4000)).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource({
        "0, -2000, 2000",
        "1999, -2000, 2000",
        "2000, 0, 4000",
        "3999, 0, 4000",
        "4000, 2000, 6000",
        "-1, -4000, 0"
    })
    void shouldCloseTheFirstOfTheSlidingWindowsFirst(long time, long start, long end) {
        // Given
        var spec = new Sliding(Duration.ofSeconds(4), Duration.ofSeconds(2), false);

        // Then
        assertThat(spec.firstStart(time)).isEqualTo(start);
        assertThat(spec.firstEnd(time)).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource({"0, -9, 1", "3, -6, 4", "4, -3, 7", "9, 0, 10", "10, 3, 13"})
    void shouldCloseTheFirstAlsoWhenTheSlideDoesNotDivideTheSize(long time, long start, long end) {
        // Given
        var spec = new Sliding(Duration.ofMillis(10), Duration.ofMillis(3), false);

        // Then
        assertThat(spec.firstStart(time)).isEqualTo(start);
        assertThat(spec.firstEnd(time)).isEqualTo(end);
    }

    @Test
    void shouldEndASessionOfOneRecordAfterTheGap() {
        // Given
        var spec = new Session(SECOND, false);

        // Then
        assertThat(spec.firstStart(5_000)).isEqualTo(4_000);
        assertThat(spec.firstEnd(5_000)).isEqualTo(6_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"global(count=1)", "global(every=1s)"})
    void shouldNeverCloseAGlobalWindow(String text) {
        // Given
        WindowSpec spec = WindowSpecParser.parse(text);

        // Then
        assertThat(spec.firstEnd(5_000)).isEqualTo(Long.MAX_VALUE);
        assertThat(spec.firstStart(5_000)).isEqualTo(Long.MIN_VALUE);
        assertThat(spec.dependsOnArrival()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "day, Europe/Berlin, 2026-11-20T12:00:00Z, 2026-11-19T23:00:00Z, 2026-11-20T23:00:00Z",
        "day, Europe/Berlin, 2026-11-19T22:59:59.999Z, 2026-11-18T23:00:00Z, 2026-11-19T23:00:00Z",
        "day, Europe/Berlin, 2026-11-19T23:00:00Z, 2026-11-19T23:00:00Z, 2026-11-20T23:00:00Z",
        // 23 hours
        "day, Europe/Berlin, 2026-03-29T00:59:59.999Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "day, Europe/Berlin, 2026-03-29T21:59:59.999Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
        "day, Europe/Berlin, 2026-03-29T22:00:00Z, 2026-03-29T22:00:00Z, 2026-03-30T22:00:00Z",
        // 25 hours
        "day, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        "day, Europe/Berlin, 2026-10-25T01:30:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        "day, Europe/Berlin, 2026-10-25T22:59:59.999Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
        // midnight does not exist
        "day, America/Sao_Paulo, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
        // a day does not exist
        "day, Pacific/Apia, 2011-12-30T09:59:59.999Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
        "day, Pacific/Apia, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
        // a minute after midnight clocks go back to 23:01
        "day, America/St_Johns, 2006-10-29T02:30:00Z, 2006-10-29T02:30:00Z, 2006-10-30T03:30:00Z",
        "day, America/St_Johns, 2006-10-29T02:31:00Z, 2006-10-29T02:30:00Z, 2006-10-30T03:30:00Z",
        "day, America/St_Johns, 2006-10-29T02:29:59Z, 2006-10-28T02:30:00Z, 2006-10-29T02:30:00Z",
        "week, Europe/Berlin, 2026-10-25T12:00:00Z, 2026-10-18T22:00:00Z, 2026-10-25T23:00:00Z",
        "week, UTC, 2026-11-16T00:00:00Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
        "week, UTC, 2026-11-15T23:59:59.999Z, 2026-11-09T00:00:00Z, 2026-11-16T00:00:00Z",
        "month, Europe/Berlin, 2026-03-15T12:00:00Z, 2026-02-28T23:00:00Z, 2026-03-31T22:00:00Z",
        "month, UTC, 2028-02-29T00:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
        "day, UTC, 9999-12-31T23:59:59.999Z, 9999-12-31T00:00:00Z, +10000-01-01T00:00:00Z",
        "day, UTC, 1970-01-01T00:00:00Z, 1970-01-01T00:00:00Z, 1970-01-02T00:00:00Z"
    })
    void shouldFollowTheClocksOfAZone(String unit, String zone, Instant time, Instant start, Instant end) {
        // Given
        WindowSpec spec = WindowSpecParser.parse("calendar(" + unit + ',' + zone + ')');

        // Then
        assertThat(Instant.ofEpochMilli(spec.firstStart(time.toEpochMilli()))).isEqualTo(start);
        assertThat(Instant.ofEpochMilli(spec.firstEnd(time.toEpochMilli()))).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Europe/Berlin",
                "America/St_Johns",
                "America/Sao_Paulo",
                "America/Havana",
                "Asia/Beirut",
                "Africa/Cairo",
                "Australia/Lord_Howe"
            })
    void shouldLeaveNoGapBetweenDays(String zone) {
        // Given
        var spec = new CalendarSpec(CalendarSpec.Unit.DAY, ZoneId.of(zone), false);
        long end = Instant.parse("2012-01-01T00:00:00Z").toEpochMilli();
        long time = spec.firstStart(Instant.parse("2005-01-01T00:00:00Z").toEpochMilli());

        // Then
        while (time < end) {
            long next = spec.firstEnd(time);
            assertThat(next).isGreaterThan(time);
            assertThat(spec.firstStart(time)).isEqualTo(time);
            for (long inside = time; inside < next; inside += 1_799_999) {
                long start = spec.firstStart(inside);
                long stop = spec.firstEnd(inside);
                if (start != time || stop != next) { // of 870,000 points
                    fail("%d is in [%d, %d) and not in [%d, %d)", inside, start, stop, time, next);
                }
            }
            time = next;
        }
    }

    @Test
    void shouldRefuseTimesThatAreNotWholeMilliseconds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tumbling(Duration.ofNanos(1_500_000), Duration.ZERO, false))
                .withMessage("size PT0.0015S is not positive whole ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sliding(SECOND, Duration.ZERO, false))
                .withMessage("slide PT0S is not positive whole ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Session(SECOND.negated(), false))
                .withMessage("gap PT-1S is not positive whole ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Global.atEvery(Duration.ofNanos(1)))
                .withMessage("every PT0.000000001S is not positive whole ms");
    }

    @Test
    void shouldRefuseWhatFitsNoWindow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sliding(SECOND, Duration.ofSeconds(2), false))
                .withMessage("slide PT2S is above size PT1S");
        assertThatIllegalArgumentException().isThrownBy(() -> Global.ofCount(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Global.ofCount(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Global(1, SECOND));
    }
}
