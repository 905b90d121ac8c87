// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.List;
import java.util.Map;

/**
 * What {@link AuditCheck} found.
 *
 * @param verdict the overall verdict
 * @param findings what is wrong; empty unless BROKEN
 * @param alarms what can no longer be checked, or waits for an open transaction
 * @param counts how much was checked, by name
 */
public record AuditReport(Verdict verdict, List<Finding> findings, List<Finding> alarms, Map<String, Long> counts) {

    /** The overall verdict. */
    public enum Verdict {
        /** Every check that can be made holds; windows that are still open are only counted. */
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
     * @param job name of the job; empty when the record belongs to no job
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

    /** The count of that name; 0 when nothing was counted. */
    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
