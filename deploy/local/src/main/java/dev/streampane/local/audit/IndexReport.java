// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.List;

/**
 * What a comparison of Elasticsearch with the log found.
 *
 * @param right number of documents that match the log
 * @param settling number of documents that index-results has yet to write
 * @param expired number of documents whose record or index is past its retention
 * @param missing number of documents that are not in Elasticsearch
 * @param different number of documents whose version or content differs from the log
 * @param extra number of documents that the log does not have
 * @param repaired number of missing and different documents that were repaired; the other numbers are those before the repair
 * @param withoutPosition partitions that have something to index, but no position from index-results
 * @param wrongIndices indices without the mapping or the aliases of their template
 * @param findings the first problems that were not repaired, at most {@link #MOST}
 */
public record IndexReport(
        long right,
        long settling,
        long expired,
        long missing,
        long different,
        long extra,
        long repaired,
        List<String> withoutPosition,
        List<WrongIndex> wrongIndices,
        List<Finding> findings) {

    /** The largest number of findings in a report. */
    public static final int MOST = 100;

    /**
     * A document that is wrong.
     *
     * @param problem missing, different or extra
     * @param detail what differs
     */
    public record Finding(String problem, String index, String id, String detail) {}

    /**
     * An index that its template would have made otherwise.
     *
     * @param detail what is wrong, and how to mend it where {@code --repair} does not
     */
    public record WrongIndex(String index, String detail) {}

    /** The number of documents that are still wrong. */
    public long wrong() {
        return missing + different + extra - repaired;
    }
}
