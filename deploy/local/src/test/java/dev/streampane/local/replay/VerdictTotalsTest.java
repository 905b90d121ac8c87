// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.audit.AuditLine;
import dev.streampane.local.replay.ReplayReport.Difference;
import dev.streampane.local.server.Http;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTotalsTest {

    private static final String MINUTES = "tumbling(1m)";
    private static final String HOURS = "tumbling(1h)";

    /** A line of ten records, at whose end the clock stood at 06:{@code clock}. */
    private static AuditLine line(int clock, Map<String, Integer> horizons) {
        ObjectNode json = Http.JSON.createObjectNode();
        json.put("records", 10).put("rows", 10).put("clockAfter", time(clock));
        json.putObject("settings")
                .put("outOfOrderness", "PT5S")
                .put("allowedLateness", "PT1M")
                .put("skew", "PT5M");
        var specs = json.putArray("specs");
        horizons.forEach((spec, minute) ->
                specs.addObject().put("spec", spec).put("counted", 10).put("horizonAfter", time(minute)));
        return AuditLine.parse(json, 0);
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
