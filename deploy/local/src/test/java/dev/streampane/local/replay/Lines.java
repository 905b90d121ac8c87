// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.SpecCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Audit lines of weather-average's first generation, without holes and rejects. */
final class Lines {

    private Lines() {}

    static AuditLine line(
            int partition,
            long first,
            long last,
            Optional<Instant> clockBefore,
            Optional<Instant> clockAfter,
            Duration outOfOrderness,
            List<SpecCounts> specs) {
        long records = last - first + 1;
        return new AuditLine(
                new AuditLine.Key("weather-average", 1, "device-readings", "3wQ9gkVQTeS5FEOdKvs_-A", partition),
                first,
                last,
                records,
                records,
                0,
                0,
                0,
                List.of(),
                specs,
                clockBefore,
                clockAfter,
                false,
                new AuditLine.Settings(
                        specs.stream().map(SpecCounts::spec).toList(),
                        outOfOrderness,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        "1.0.0"));
    }

    static SpecCounts counts(
            String spec, long counted, Optional<Instant> horizonBefore, Optional<Instant> horizonAfter) {
        return new SpecCounts(spec, counted, 0, horizonBefore, horizonAfter, List.of());
    }
}
