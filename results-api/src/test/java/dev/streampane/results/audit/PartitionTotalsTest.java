// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionTotalsTest {

    private static final AuditLine.Key KEY = new AuditLine.Key("job", 1, "in", "id", 0);
    private static final String SPEC = "tumbling(1m)";
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(60);

    private final PartitionTotals totals = new PartitionTotals(KEY);

    @Test
    void shouldAddUpLinesThatFollowEachOther() {
        // When
        add(line(0, 9)
                .hole(3, 4)
                .rejected(1)
                .heartbeats(2)
                .counted(SPEC, 4)
                .late(1)
                .horizon(null, NOON));
        add(counted(10, 19));
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.balanced()).isTrue();
        assertThat(sum.contiguous()).isTrue();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.lines()).isEqualTo(2);
        assertThat(sum.first()).isZero();
        assertThat(sum.last()).isEqualTo(19);
        assertThat(sum.records()).isEqualTo(18);
        assertThat(sum.rejected()).isEqualTo(1);
        assertThat(sum.heartbeats()).isEqualTo(2);
        assertThat(sum.holes().offsets()).isEqualTo(2);
        assertThat(sum.holes().ranges()).containsExactly(List.of(3L, 4L));
        assertThat(sum.specs()).containsExactly(new PartitionAudit.SpecTotals("tumbling(1m)", 14, 1, NOON));
        assertThat(sum.clock()).isEqualTo(NOON);
    }

    @Test
    void shouldAddTheRestOfALineWhereverItLies() {
        // When a message whose windows took three lines, one of them sent after the next line
        add(counted(0, 0));
        add(rest());
        add(counted(1, 1));
        add(rest());
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.balanced()).isTrue();
        assertThat(sum.last()).isEqualTo(1);
        assertThat(sum.rows()).isEqualTo(4);
        assertThat(sum.specs()).extracting(PartitionAudit.SpecTotals::counted).containsExactly(4L);
    }

    @Test
    void shouldBalanceRowsOfMessagesWithManyOfThem() {
        // When
        add(TestLine.of(KEY, 0, 3)
                .rows(61)
                .rejected(7)
                .heartbeats(1)
                .counted("none", 50)
                .late(3));
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.balanced()).isTrue();
        assertThat(sum.records()).isEqualTo(4);
        assertThat(sum.rows()).isEqualTo(61);
        assertThat(sum.specs()).containsExactly(new PartitionAudit.SpecTotals("none", 50, 3, null));
    }

    private void assertUnbalanced(boolean contiguous, String problem) {
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.contiguous()).isEqualTo(contiguous);
        assertThat(sum.balanced()).isFalse();
        assertThat(sum.problems()).containsExactly(problem);
    }

    @Test
    void shouldTakeARestoredLineAfterTheLinesThatFollowIt() {
        // When
        add(counted(0, 9));
        add(counted(20, 29));
        add(counted(10, 19));
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.contiguous()).isTrue();
        assertThat(sum.last()).isEqualTo(29);
        assertThat(sum.records()).isEqualTo(30);
    }

    @Test
    void shouldTakeARestoredLineAfterTheFirstThatFollowsIt() {
        // When
        add(TestLine.of(KEY, 20, 29).counted("none", 10).horizon(null, LATER).clock(null, LATER));
        add(TestLine.of(KEY, 10, 18).counted("none", 9).horizon(null, NOON).clock(null, NOON));
        add(TestLine.of(KEY, 19, 19).counted("none", 1).horizon(null, NOON).clock(null, NOON));
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.contiguous()).isTrue();
        assertThat(sum.first()).isEqualTo(10);
        assertThat(sum.last()).isEqualTo(29);
        assertThat(sum.clock()).isEqualTo(LATER);
        assertThat(sum.specs()).containsExactly(new PartitionAudit.SpecTotals("none", 20, 0, LATER));
    }

    /** There are more gaps than are kept; the last ones stay. */
    @Test
    void shouldNotForgetAGapAmongMany() {
        // When
        for (int n = 0; n < 25; n++) {
            add(counted(20 * n, 20 * n + 9));
        }
        for (int n = 0; n < 20; n++) {
            add(counted(20 * n + 10, 20 * n + 19));
        }
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.contiguous()).isFalse();
        assertThat(sum.balanced()).isFalse();
        assertThat(sum.problems()).contains("line at offset 420 begins there, but the line before it ends at 409");
    }

    @Test
    void shouldSayWhenALineCameTwice() {
        add(counted(0, 9));
        add(counted(0, 9));
        assertUnbalanced(false, "line at offset 0 begins there, but the line before it ends at 9");
    }

    @Test
    void shouldSayWhichRowHasNoVerdict() {
        add(line(0, 9).counted(SPEC, 8).late(1));
        assertUnbalanced(true, "line at offset 0 has 10 rows, but 9 verdicts for tumbling(1m)");
    }

    @Test
    void shouldKeepSoManyProblemsAndHolesAndNoMore() {
        for (int n = 0; n < 100; n++) {
            add(line(n * 20L, n * 20L).hole(n * 20L, n * 20L).counted(SPEC, 0));
        }
        assertThat(totals.snapshot().problems()).hasSize(10);
        assertThat(totals.snapshot().holes().ranges()).hasSize(20).last().isEqualTo(List.of(1980L, 1980L));
        assertThat(totals.snapshot().holes().offsets()).isEqualTo(100);
    }

    private void add(TestLine line) {
        totals.add(line.line());
    }

    private static TestLine line(long first, long last) {
        return TestLine.of(KEY, first, last).clock(null, NOON);
    }

    private static TestLine counted(long first, long last) {
        return line(first, last).counted(SPEC, last - first + 1).horizon(null, NOON);
    }

    /** One more row of the record at offset 0. */
    private static TestLine rest() {
        return line(1, 0).rows(1).counted(SPEC, 1).horizon(null, NOON);
    }
}
