// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.util.ArrayList;
import java.util.List;

/** Audited ranges of one partition without a gap between them, read in one go. */
final class ContiguousRanges {

    private final List<AuditedRange> ranges = new ArrayList<>();
    private long last;

    /** Whether {@code range} begins where these end; there must be one. */
    boolean goesOnWith(AuditedRange range) {
        AuditedRange before = ranges.get(ranges.size() - 1);
        return before.topic().equals(range.topic())
                && before.partition() == range.partition()
                && last + 1 == range.first();
    }

    /** Adds a range, to be read up to the offset {@code upTo} that may lie before its end. */
    void add(AuditedRange range, long upTo) {
        ranges.add(range);
        last = upTo;
    }

    List<AuditedRange> ranges() {
        return ranges;
    }

    /** The last offset to read. */
    long last() {
        return last;
    }
}
