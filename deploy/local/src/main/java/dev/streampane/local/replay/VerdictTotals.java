// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.replay.ReplayReport.Difference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The sums of one partition's audit lines, and its clock and horizons after the last line. */
final class VerdictTotals {

    private final Map<String, String> facts = new TreeMap<>();

    /** Horizons by the specifications of the last line. A replay has all specifications at all offsets; those that are not here are not compared. */
    private final Map<String, String> horizons = new TreeMap<>();

    private long rows;

    static VerdictTotals of(List<AuditLine> lines) {
        VerdictTotals totals = new VerdictTotals();
        Map<String, Long> counts = new TreeMap<>();
        for (AuditLine line : lines) {
            totals.rows += line.rows();
            counts.merge("records", line.records(), Long::sum);
            counts.merge("rows", line.rows(), Long::sum);
            counts.merge("rejected", line.rejected(), Long::sum);
            counts.merge("heartbeats", line.heartbeats(), Long::sum);
            totals.facts.put("clock", text(line.clockAfter()));
            totals.horizons.clear();
            line.specs().forEach(spec -> {
                add(spec, counts);
                totals.horizons.put(spec.spec() + " horizon", text(spec.horizonAfter()));
            });
        }
        counts.values().removeIf(count -> count == 0);
        counts.forEach((what, count) -> totals.facts.put(what, count.toString()));
        return totals;
    }

    private static String text(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("null");
    }

    private static void add(AuditLine.SpecCounts spec, Map<String, Long> counts) {
        counts.merge(spec.spec() + " counted", spec.counted(), Long::sum);
        counts.merge(spec.spec() + " late", spec.late(), Long::sum);
        spec.windows()
                .forEach(window -> counts.merge(
                        spec.spec() + " counted in the window ending " + window.end(), window.counted(), Long::sum));
    }

    long rows() {
        return rows;
    }

    /** The differences from the totals that were recomputed for the same offsets. */
    List<Difference> differences(String about, VerdictTotals recomputed) {
        Set<String> names = new TreeSet<>(facts.keySet());
        names.addAll(recomputed.facts.keySet());
        List<Difference> differences = new ArrayList<>();
        names.forEach(name -> differences.add(
                new Difference(about, name, facts.getOrDefault(name, "0"), recomputed.facts.getOrDefault(name, "0"))));
        horizons.forEach((name, before) ->
                differences.add(new Difference(about, name, before, recomputed.horizons.getOrDefault(name, "null"))));
        differences.removeIf(same -> same.committed().equals(same.recomputed()));
        return differences;
    }
}
