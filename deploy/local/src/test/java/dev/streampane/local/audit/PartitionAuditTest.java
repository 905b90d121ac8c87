// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.local.audit.AuditReport.Finding;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PartitionAuditTest {

    private static final AuditLine.Key KEY = new AuditLine.Key("weather-average", 1, "device-readings", "id", 0);
    private static final Instant CLOSED = Instant.parse("2026-11-20T06:01:00Z");

    private final PartitionAudit partition = new PartitionAudit(KEY);
    private final Findings findings = new Findings();

    @Test
    void shouldNameALineThatCountsOtherThanItsWindows() {
        add(0, 9, 9, null);
        assertThat(findings.errors)
                .extracting(Finding::detail)
                .containsExactly("offsets 0 to 9, tumbling(1m): 10 counted, but 9 in its windows");
    }

    @Test
    void shouldNameAClockThatIsAnotherThanAfterTheLineBefore() {
        add(0, 4, 5, null);
        add(5, 9, 5, CLOSED.minusSeconds(1));
        assertThat(findings.errors).extracting(Finding::check).containsExactly("clock");
    }

    /** A line of offsets that are counted in a window, which says that it has as many. */
    private void add(long first, long last, long inWindow, Instant before) {
        var line = TestLine.of(KEY, first, last)
                .counted("tumbling(1m)", last - first + 1)
                .windows(new WindowCount(CLOSED, inWindow))
                .clock(before, CLOSED);
        partition.add(new PartitionAudit.LoggedLine(line.line(), 0), findings);
    }
}
