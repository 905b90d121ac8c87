// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

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

    private final ReplayPlan plan;
    private final Function<String, Instant> due;
    private final Predicate<Row> corrected;
    private final Map<String, Row> committed;
    private final Map<String, Row> recomputed;
    private final List<Row> outside = new ArrayList<>();
    private final List<Row> unmatched = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private long equal;
    private long excused;

    /**
     * @param due up to where each specification's windows must have been published
     * @param corrected whether the audit takes back something of a window
     * @param committed last revisions by id, without retracted ones; as {@code recomputed}
     */
    Comparison(
            ReplayPlan plan,
            Function<String, Instant> due,
            Predicate<Row> corrected,
            Map<String, Row> committed,
            Map<String, Row> recomputed) {
        this.plan = plan;
        this.due = due;
        this.corrected = corrected;
        this.committed = committed;
        this.recomputed = recomputed;
        Set<String> ids = new HashSet<>(recomputed.keySet());
        ids.addAll(committed.keySet());
        ids.stream().sorted().forEach(this::compare);
        explainOrTell();
    }

    private void compare(String id) {
        Row published = committed.get(id);
        Row again = recomputed.get(id);
        if (published == null) {
            sort(again, !again.end().isAfter(due.apply(again.spec())));
        } else if (!plan.holds(published.inputs())) {
            outside.add(published);
            if (again != null && !again.isPartOf(published)) {
                tell(published, published.differences(again));
            }
        } else if (again == null) {
            sort(published, true);
        } else {
            List<Difference> found = published.differences(again);
            if (found.isEmpty()) {
                equal++;
            } else {
                tell(published, found);
            }
        }
    }

    private void sort(Row row, boolean due) {
        (due ? unmatched : outside).add(row);
    }

    private void tell(Row row, List<Difference> found) {
        if (corrected.test(row)) {
            excused++;
        } else {
            differences.addAll(found);
        }
    }

    /** A session that reaches over a border has another start or end, and so another id, on the other side. */
    private void explainOrTell() {
        Map<String, List<Row>> known = new HashMap<>();
        outside.forEach(
                row -> known.computeIfAbsent(row.spec(), s -> new ArrayList<>()).add(row));
        for (Row row : unmatched) {
            boolean isSession = row.json().path("window").path("kind").asText().equals("session");
            if (isSession && known.getOrDefault(row.spec(), List.of()).stream().anyMatch(row::overlaps)) {
                outside.add(row);
            } else {
                boolean isCommitted = committed.containsKey(row.id());
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

    /** What differs, by id. */
    List<Difference> differences() {
        return differences;
    }
}
