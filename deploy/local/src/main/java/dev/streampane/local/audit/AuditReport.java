// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.List;
import java.util.Map;

/**
 * What {@link AuditCheck} found.
 *
 * @param verdict all in all
 * @param findings what is wrong; empty unless BROKEN
 * @param alarms what could not be checked any more, or waits for an open transaction
 * @param counts how much was checked, by name
 */
public record AuditReport(Verdict verdict, List<Finding> findings, List<Finding> alarms, Map<String, Long> counts) {

    /** All in all. */
    public enum Verdict {
        /** Everything that can be known is as it must be; windows still open are only counted. */
        BALANCED,
        /** Nothing is wrong, but nothing has closed yet, or an open transaction hides the rest. */
        SETTLING,
        /** At least one check failed. */
        BROKEN
    }

    /**
     * One thing found.
     *
     * @param check name of the check: lines, offsets, rows, clock, start, swallowed, windows,
     *     revisions, late, rejected, doubled, expired, foreign
     * @param job name of the job; empty where it is about a record of none
     * @param generation the job's generation
     * @param topic input topic, or the topic of the results
     * @param partition partition of that topic, -1 when it is not about one
     * @param detail the values that disagree, and where
     */
    public record Finding(String check, String job, int generation, String topic, int partition, String detail) {}

    public AuditReport {
        findings = List.copyOf(findings);
        alarms = List.copyOf(alarms);
        counts = Map.copyOf(counts);
    }

    /** Number of that name, 0 when nothing was counted. */
    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
