// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a comparison of Elasticsearch with the log found.
 *
 * @param right documents that are as the log says
 * @param settling that index-results has yet to write
 * @param expired of results or indices that are kept no longer
 * @param missing that are not there
 * @param different that say something else
 * @param extra that the log does not have
 * @param repaired of those missing and differing; the others are as before
 * @param withoutPosition partitions of which there is something to index, and of which index-results does not say how far it is
 * @param findings the first of what is wrong and was not repaired
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
        List<Finding> findings) {

    /** At most so many are named. */
    public static final int MOST = 100;

    /**
     * A document.
     *
     * @param problem missing, different or extra
     * @param detail what differs
     */
    public record Finding(String problem, String index, String id, String detail) {}

    /** This and what another comparison found. */
    public IndexReport plus(IndexReport other) {
        return new IndexReport(
                right + other.right,
                settling + other.settling,
                expired + other.expired,
                missing + other.missing,
                different + other.different,
                extra + other.extra,
                repaired + other.repaired,
                Stream.of(withoutPosition, other.withoutPosition)
                        .flatMap(List::stream)
                        .toList(),
                Stream.of(findings, other.findings)
                        .flatMap(List::stream)
                        .limit(MOST)
                        .toList());
    }

    /** How many documents are wrong. */
    public long wrong() {
        return missing + different + extra - repaired;
    }
}
