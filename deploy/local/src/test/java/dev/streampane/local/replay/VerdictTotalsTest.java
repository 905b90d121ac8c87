// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.replay.ReplayReport.Difference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTotalsTest {

    private static final String MINUTES = "tumbling(1m)";
    private static final String HOURS = "tumbling(1h)";

    /** A line of ten records, at whose end the clock stood at 06:{@code clock}. */
    private static AuditLine line(int clock, Map<String, Integer> horizons) {
        TestLine line = TestLine.of(new AuditLine.Key("weather-average", 1, "device-readings", "id", 0), 0, 9)
                .clock(null, Instant.parse(time(clock)));
        horizons.forEach((spec, minute) -> line.counted(spec, 10).horizon(null, Instant.parse(time(minute))));
        return line.line();
    }

    private static String time(int minute) {
        return "2026-11-20T06:%02d:00Z".formatted(minute);
    }

    @Test
    void shouldTellWhereClockAndHorizonStoodOtherwiseInTheEnd() {
        // Given
        VerdictTotals before = VerdictTotals.of(List.of(line(5, Map.of(MINUTES, 3)), line(9, Map.of(MINUTES, 7))));
        VerdictTotals now = VerdictTotals.of(List.of(line(4, Map.of(MINUTES, 2)), line(8, Map.of(MINUTES, 6))));

        // When Then
        assertThat(before.differences("p", before)).isEmpty();
        assertThat(before.differences("p", now))
                .containsExactly(
                        new Difference("p", "clock", time(9), time(8)),
                        new Difference("p", MINUTES + " horizon", time(7), time(6)));
    }

    @Test
    void shouldNotCompareHorizonsOfSpecificationsThatTheLastLineDidNotHave() {
        // Given
        VerdictTotals before = VerdictTotals.of(List.of(line(5, Map.of(HOURS, 3)), line(9, Map.of(MINUTES, 7))));
        VerdictTotals now = VerdictTotals.of(List.of(line(5, Map.of(HOURS, 3)), line(9, Map.of(MINUTES, 7, HOURS, 8))));

        // When Then
        assertThat(before.differences("p", now)).extracting(Difference::what).containsExactly(HOURS + " counted");
    }
}
