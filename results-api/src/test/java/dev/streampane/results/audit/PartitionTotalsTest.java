// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionTotalsTest {

    private static final AuditLine.Key KEY = new AuditLine.Key("job", 1, "in", "id", 0);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(60);

    private final PartitionTotals totals = new PartitionTotals(KEY);

    @Test
    void shouldAddUpLinesThatFollowEachOther() {
        // When
        totals.add(line(0, 9, 8, 8, 1, 2, List.of(new OffsetRange(3, 4)), 4, 1));
        totals.add(line(10, 19, 10, 10, 0, 0, List.of(), 10, 0));
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
        // Given
        SpecCounts one = Lines.counts("tumbling(1m)", 1, 0, NOON);
        // When a message whose windows took three lines, one of them sent after the next line
        totals.add(Lines.line(KEY, 0, 0, 1, 1, 0, 0, List.of(), one, NOON));
        totals.add(Lines.line(KEY, 1, 0, 0, 1, 0, 0, List.of(), one, NOON));
        totals.add(Lines.line(KEY, 1, 1, 1, 1, 0, 0, List.of(), one, NOON));
        totals.add(Lines.line(KEY, 1, 0, 0, 1, 0, 0, List.of(), one, NOON));
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
        totals.add(Lines.line(KEY, 0, 3, 4, 61, 7, 1, List.of(), Lines.counts("none", 50, 3, null), null));
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.balanced()).isTrue();
        assertThat(sum.records()).isEqualTo(4);
        assertThat(sum.rows()).isEqualTo(61);
        assertThat(sum.specs()).containsExactly(new PartitionAudit.SpecTotals("none", 50, 3, null));
    }

    @Test
    void shouldSayWhereALineIsMissing() {
        totals.add(line(0, 9, 10, 10, 0, 0, List.of(), 10, 0));
        totals.add(line(20, 29, 10, 10, 0, 0, List.of(), 10, 0));
        assertUnbalanced(false, "line at offset 20 begins there, but the line before it ends at 9");
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
        totals.add(line(0, 9, 10, 10, 0, 0, List.of(), 10, 0));
        totals.add(line(20, 29, 10, 10, 0, 0, List.of(), 10, 0));
        totals.add(line(10, 19, 10, 10, 0, 0, List.of(), 10, 0));
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
        totals.add(Lines.line(KEY, 20, 29, 10, 10, 0, 0, List.of(), Lines.counts("none", 10, 0, LATER), LATER));
        totals.add(Lines.line(KEY, 10, 18, 9, 9, 0, 0, List.of(), Lines.counts("none", 9, 0, NOON), NOON));
        totals.add(Lines.line(KEY, 19, 19, 1, 1, 0, 0, List.of(), Lines.counts("none", 1, 0, NOON), NOON));
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
            totals.add(line(20 * n, 20 * n + 9, 10, 10, 0, 0, List.of(), 10, 0));
        }
        for (int n = 0; n < 20; n++) {
            totals.add(line(20 * n + 10, 20 * n + 19, 10, 10, 0, 0, List.of(), 10, 0));
        }
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.contiguous()).isFalse();
        assertThat(sum.balanced()).isFalse();
        assertThat(sum.problems()).contains("line at offset 420 begins there, but the line before it ends at 409");
    }

    @Test
    void shouldSayWhenALineCameTwice() {
        totals.add(line(0, 9, 10, 10, 0, 0, List.of(), 10, 0));
        totals.add(line(0, 9, 10, 10, 0, 0, List.of(), 10, 0));
        assertUnbalanced(false, "line at offset 0 begins there, but the line before it ends at 9");
    }

    @Test
    void shouldSayWhichRecordWasSwallowedWithoutAHole() {
        totals.add(line(0, 9, 9, 9, 0, 0, List.of(), 9, 0));
        assertUnbalanced(true, "line at offset 0 covers 10 offsets, but has 9 records and 0 holes");
    }

    @Test
    void shouldSayWhichRowHasNoVerdict() {
        totals.add(line(0, 9, 10, 10, 0, 0, List.of(), 8, 1));
        assertUnbalanced(true, "line at offset 0 has 10 rows, but 9 verdicts for tumbling(1m)");
    }

    @Test
    void shouldKeepSoManyProblemsAndHolesAndNoMore() {
        for (int n = 0; n < 100; n++) {
            totals.add(line(n * 20L, n * 20L, 0, 0, 0, 0, List.of(new OffsetRange(n * 20L, n * 20L)), 0, 0));
        }
        assertThat(totals.snapshot().problems()).hasSize(10);
        assertThat(totals.snapshot().holes().ranges()).hasSize(20).last().isEqualTo(List.of(1980L, 1980L));
        assertThat(totals.snapshot().holes().offsets()).isEqualTo(100);
    }

    private static AuditLine line(
            long first,
            long last,
            long records,
            long rows,
            long rejected,
            long heartbeats,
            List<OffsetRange> holes,
            long counted,
            long late) {
        return Lines.line(
                KEY,
                first,
                last,
                records,
                rows,
                rejected,
                heartbeats,
                holes,
                Lines.counts("tumbling(1m)", counted, late, NOON),
                NOON);
    }
}
