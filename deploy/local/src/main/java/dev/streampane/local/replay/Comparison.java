// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.PublishedResult;
import dev.streampane.local.replay.ReplayReport.Difference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Holds the last revisions that are committed against those that were recomputed.
 *
 * <p>A window is inside when all its committed inputs lie in the plan's lines: then both must be the same. It is outside when some of its
 * inputs lie elsewhere, or when it is not due: what was recomputed of it may be no more than a part of what is committed.
 */
final class Comparison {

    /**
     * What two runs over the same log say alike. Not: revision, status and cause, which tell how often and by what a pane fired, completeness,
     * generation, watermark and version.
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
     * What the audit says of windows.
     *
     * @param due up to where each specification's windows must have been published
     * @param corrected whether it takes back something of a window
     * @param expired whether retention may have deleted what was published of a window
     */
    record Audit(
            Function<String, Instant> due, Predicate<PublishedResult> corrected, Predicate<PublishedResult> expired) {}

    /**
     * @param committed last revisions by id, without retracted ones; as {@code recomputed}
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
        Set<String> ids = new HashSet<>(recomputed.keySet());
        ids.addAll(committed.keySet());
        ids.stream().sorted().forEach(this::compare);
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

    /** A session that reaches over a border has another start or end, and so another id, on the other side. */
    private void explainOrTell() {
        Map<String, List<PublishedResult>> known = new HashMap<>();
        outside.forEach(
                row -> known.computeIfAbsent(row.spec(), s -> new ArrayList<>()).add(row));
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

    /** The fields in which two results about the same pane are not the same. */
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

    /** Whether {@code part} may be what some of the other's records give: no more of them, and from nowhere else. */
    private static boolean isPart(PublishedResult part, PublishedResult whole) {
        return part.count() <= whole.count()
                && part.inputs().stream()
                        .allMatch(input -> whole.inputs().stream().anyMatch(of -> of.holds(input)));
    }

    /** Whether both are about the same key of the same specification, and a moment lies in both windows. */
    private static boolean overlap(PublishedResult one, PublishedResult other) {
        return one.spec().equals(other.spec())
                && one.key().equals(other.key())
                && one.start().isBefore(other.end())
                && other.start().isBefore(one.end());
    }

    /** Windows that are the same to the bit. */
    long equal() {
        return equal;
    }

    /** Windows that cannot be compared. */
    long outside() {
        return outside.size();
    }

    /** Windows that differ, as the audit says. */
    long corrected() {
        return excused;
    }

    /** Windows that are not committed, where retention may have deleted them. */
    long expired() {
        return expired;
    }

    /** What differs, by id. */
    List<Difference> differences() {
        return differences;
    }
}
