// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Audit lines without what no sum is made of. */
final class Lines {

    private static final AuditLine.Settings SETTINGS = new AuditLine.Settings(
            List.of("tumbling(1m)"), Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(5), "1.0.0");

    private Lines() {}

    static AuditLine line(
            AuditLine.Key key,
            long first,
            long last,
            long records,
            long rows,
            long rejected,
            long heartbeats,
            List<OffsetRange> holes,
            SpecCounts counts,
            Instant clock) {
        return new AuditLine(
                key,
                first,
                last,
                records,
                rows,
                rejected,
                heartbeats,
                0,
                holes,
                List.of(counts),
                Optional.empty(),
                Optional.ofNullable(clock),
                false,
                SETTINGS);
    }

    /** All that lies between two offsets was counted. */
    static AuditLine counted(
            AuditLine.Key key, long first, long last, Optional<Instant> clockBefore, Optional<Instant> clockAfter) {
        long rows = last - first + 1;
        return new AuditLine(
                key,
                first,
                last,
                rows,
                rows,
                0,
                0,
                0,
                List.of(),
                List.of(counts("tumbling(1m)", rows, 0, null)),
                clockBefore,
                clockAfter,
                false,
                SETTINGS);
    }

    /** Verdicts; {@code horizon} is null where there is none. */
    static SpecCounts counts(String spec, long counted, long late, Instant horizon) {
        return new SpecCounts(spec, counted, late, Optional.empty(), Optional.ofNullable(horizon), List.of());
    }
}
