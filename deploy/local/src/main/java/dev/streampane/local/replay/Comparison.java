// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.PublishedResult;
import dev.streampane.local.replay.ReplayReport.Difference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Compares the last committed revisions with the recomputed ones.
 *
 * <p>A window is inside when the offsets of the plan's lines hold all its committed inputs: then both results must be the same. It is outside
 * when some of its inputs lie elsewhere, or when it is not due yet: then the recomputed result may count only a part of its records.
 */
final class Comparison {

    /**
     * The fields that are the same in two runs over the same log. Not compared are revision, status and cause, which depend on how often and why
     * a pane fired, and completeness, generation, watermark and version.
     */
    private static final List<String> COMPARED = List.of(
            "job",
            "spec",
            "key",
            "window",
            "values",
            "sums",
            "count",
            "late",
            "minEventTime",
            "maxEventTime",
            "inputs");

    private final ReplayPlan plan;
    private final Audit audit;
    private final Map<String, PublishedResult> committed;
    private final Map<String, PublishedResult> recomputed;
    private final List<PublishedResult> outside = new ArrayList<>();
    private final List<PublishedResult> unmatched = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private long equal;
    private long excused;
    private long expired;

    /**
     * What the audit says about windows.
     *
     * @param due by specification: the end up to which windows must have been published
     * @param corrected whether a correction is about the window
     * @param expired whether retention may have deleted the window's results
     */
    record Audit(
            Function<String, Instant> due, Predicate<PublishedResult> corrected, Predicate<PublishedResult> expired) {}

    /**
     * @param committed last revisions by id, without retracted ones
     * @param recomputed last revisions by id, without retracted ones
     */
    Comparison(
            ReplayPlan plan,
            Audit audit,
            Map<String, PublishedResult> committed,
            Map<String, PublishedResult> recomputed) {
        this.plan = plan;
        this.audit = audit;
        this.committed = committed;
        this.recomputed = recomputed;
        Set<String> ids = new TreeSet<>(recomputed.keySet());
        ids.addAll(committed.keySet());
        ids.forEach(this::compare);
        explainOrTell();
    }

    private void compare(String id) {
        PublishedResult published = committed.get(id);
        PublishedResult again = recomputed.get(id);
        if (published == null) {
            sort(again, !again.end().isAfter(audit.due().apply(again.spec())));
        } else if (!plan.holds(published)) {
            outside.add(published);
            if (again != null && !isPart(again, published)) {
                tell(published, differences(published, again));
            }
        } else if (again == null) {
            sort(published, true);
        } else {
            List<Difference> found = differences(published, again);
            if (found.isEmpty()) {
                equal++;
            } else {
                tell(published, found);
            }
        }
    }

    private void sort(PublishedResult row, boolean due) {
        (due ? unmatched : outside).add(row);
    }

    private void tell(PublishedResult row, List<Difference> found) {
        if (audit.corrected().test(row)) {
            excused++;
        } else {
            differences.addAll(found);
        }
    }

    /**
     * Decides about windows that only one side has. A session that crosses a border of the range has another start or end, and so another id, on
     * the other side: it is outside when it overlaps one that is outside.
     */
    private void explainOrTell() {
        Map<String, List<PublishedResult>> known =
                outside.stream().collect(Collectors.groupingBy(PublishedResult::spec));
        for (PublishedResult row : unmatched) {
            if (row.isSession()
                    && known.getOrDefault(row.spec(), List.of()).stream().anyMatch(other -> overlap(row, other))) {
                outside.add(row);
                continue;
            }
            boolean isCommitted = committed.containsKey(row.id());
            if (!isCommitted && audit.expired().test(row)) {
                expired++;
            } else {
                tell(
                        row,
                        List.of(new Difference(
                                row.id(),
                                "result",
                                isCommitted ? row.json().toString() : "",
                                isCommitted ? "" : row.json().toString())));
            }
        }
    }

    /** The fields in which two results of the same window differ. */
    private static List<Difference> differences(PublishedResult published, PublishedResult recomputed) {
        return COMPARED.stream()
                .filter(field ->
                        !published.json().path(field).equals(recomputed.json().path(field)))
                .map(field -> new Difference(
                        published.id(),
                        field,
                        published.json().path(field).toString(),
                        recomputed.json().path(field).toString()))
                .toList();
    }

    /** Whether {@code part} may count a subset of the records of {@code whole}: not more of them, and none from other offsets. */
    private static boolean isPart(PublishedResult part, PublishedResult whole) {
        return part.count() <= whole.count()
                && part.inputs().stream()
                        .allMatch(input -> whole.inputs().stream().anyMatch(of -> of.holds(input)));
    }

    /** Whether both are about the same key, and a moment lies in both windows. */
    private static boolean overlap(PublishedResult one, PublishedResult other) {
        return one.key().equals(other.key())
                && one.start().isBefore(other.end())
                && other.start().isBefore(one.end());
    }

    /** The number of windows that are exactly the same. */
    long equal() {
        return equal;
    }

    /** The number of windows that are outside. */
    long outside() {
        return outside.size();
    }

    /** The number of windows that differ, and that a correction in the audit is about. */
    long corrected() {
        return excused;
    }

    /** The number of recomputed windows without a committed result, where retention may have deleted it. */
    long expired() {
        return expired;
    }

    /** The differences of all other windows. */
    List<Difference> differences() {
        return differences;
    }
}
