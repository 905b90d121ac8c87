// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import java.util.List;

/**
 * What a replay came to.
 *
 * @param job whose windows were recomputed
 * @param generation of which run
 * @param mode {@code streaming} or {@code batch}
 * @param topic what was recomputed, results and audit lines
 * @param kept whether the topic is still there
 * @param partitions how many partitions were read
 * @param records how many records the audit lines tell of
 * @param seconds from submission to end
 * @param compared whether the outcome was held against what is committed
 * @param equal windows whose inputs lie inside the range and that are the same to the bit
 * @param outside windows with inputs on both sides of the range's borders, or not published yet
 * @param corrected windows that differ because a correction in the audit says so
 * @param expired windows whose results retention may have deleted
 * @param verdicts rows whose verdicts, added up per partition and specification, are those of the lines
 * @param different how many differences there are
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

    /** More than this are counted and not shown. */
    static final int MOST = 1000;

    /**
     * One thing that is not the same.
     *
     * @param about a result's id, or a partition
     * @param what the field, or {@code result} where one side has none
     * @param committed as it was published; empty where it was not
     * @param recomputed as it is now; empty where it is not
     */
    public record Difference(String about, String what, String committed, String recomputed) {}

    public ReplayReport {
        differences = List.copyOf(differences);
    }
}
