// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import java.util.List;

/**
 * The outcome of a replay.
 *
 * @param job the job whose windows were recomputed
 * @param generation the generation that was replayed
 * @param mode {@code streaming} or {@code batch}
 * @param topic the topic of the recomputed results and audit lines
 * @param kept whether the topic is kept
 * @param partitions number of partitions that were read
 * @param records number of records in the audit lines
 * @param seconds time from submission to end
 * @param compared whether the results were compared with the committed ones
 * @param equal number of windows whose inputs lie inside the range and that are exactly the same
 * @param outside number of windows with inputs on both sides of the range's borders, or not published yet
 * @param corrected number of windows that differ, and that a correction in the audit is about
 * @param expired number of windows whose results retention may have deleted
 * @param verdicts number of rows if all their verdicts, added up per partition and specification, are those of the lines; else 0
 * @param different number of differences
 * @param differences the first of them
 */
public record ReplayReport(
        String job,
        int generation,
        String mode,
        int parallelism,
        String topic,
        boolean kept,
        int partitions,
        long records,
        double seconds,
        boolean compared,
        long equal,
        long outside,
        long corrected,
        long expired,
        long verdicts,
        long different,
        List<Difference> differences) {

    /** The largest number of differences in a report; more are only counted. */
    static final int MOST = 1000;

    /**
     * One difference.
     *
     * @param about a result's id, or a partition
     * @param what the field, or {@code result} when one side has no result
     * @param committed the published value; empty when the result was not published
     * @param recomputed the recomputed value; empty when the result was not recomputed
     */
    public record Difference(String about, String what, String committed, String recomputed) {}

    public ReplayReport {
        differences = List.copyOf(differences);
    }
}
