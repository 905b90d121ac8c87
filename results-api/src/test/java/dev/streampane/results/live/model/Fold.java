// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.EventParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A client's state, folded from its events: the newest revision of each window, and what it saw in its present life.
 *
 * <p>A life begins with {@code reset}, and with a connection that has no id to resume from; it begins with a snapshot. Within one,
 * no revision comes twice, in the snapshot or behind it, and none is left out; that holds of lives that are over too. Safe for use by
 * several threads.
 */
final class Fold {

    /** A range of the log, as two positions. */
    private record Missed(Positions from, Positions to) {}

    /** What came between the place of a snapshot and the last id of its life. */
    private record Life(
            Positions begin, Positions end, Map<String, Row> newest, Set<String> seen, List<Missed> conflated) {

        private List<Committed.Found> missing(List<Committed.Found> committed, Predicate<Row> filter) {
            return committed.stream()
                    .filter(found -> filter.test(found.row()))
                    .filter(found -> begin.behind(found) && !end.behind(found))
                    .filter(found -> !seen.contains(found.row().revision()))
                    .filter(found -> !superseded(found))
                    .toList();
        }

        private boolean superseded(Committed.Found found) {
            Row known = newest.get(found.row().event() + found.row().id());
            return known != null
                    && known.version() > found.row().version()
                    && conflated.stream()
                            .anyMatch(missed ->
                                    missed.from().behind(found) && !missed.to().behind(found));
        }
    }

    private final Map<String, Row> newest = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Missed> conflated = new ArrayList<>();
    private final List<Life> over = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> resets = new TreeMap<>();
    private Optional<Positions> begin = Optional.empty();
    private Optional<Positions> end = Optional.empty();
    private String lastEventId = "";
    private boolean partial;
    private boolean forgotten;
    private boolean unsure = true;
    private int events;
    private int lives;
    private int resumes;

    /** The state of a client that comes with an id. */
    static Fold resuming(String id) {
        Fold fold = new Fold();
        fold.lastEventId = id;
        fold.begin = Positions.of(id);
        fold.end = fold.begin;
        fold.unsure = false;
        return fold;
    }

    /** A connection is made; without an id nothing is known any more. */
    synchronized void connected() {
        if (!lastEventId.isEmpty()) {
            resumes++;
            return;
        }
        if (begun() && !forgotten) {
            wrong.add("has lost its id, behind " + end);
        }
        live();
    }

    /** A block of the stream has ended. */
    synchronized void take(String id, Optional<EventParser.Event> event) {
        event.ifPresent(this::take);
        lastEventId = id;
        end = Positions.of(id).or(() -> end);
        if (begin.isEmpty() && !unsure) {
            begin = Positions.of(id);
        }
    }

    /** The client gives up what it has and begins anew, as one does that was told that its snapshot is partial. */
    synchronized void forget() {
        lastEventId = "";
        forgotten = true;
    }

    /** What the client would send as {@code Last-Event-ID}. */
    synchronized String lastEventId() {
        return lastEventId;
    }

    /** What was wrong on the way. */
    synchronized List<String> wrong() {
        return wrong;
    }

    /** Resets by their reasons, without those again that came because the snapshot of the one before was cut, so that there was no new place. */
    synchronized Map<String, Integer> resets() {
        return resets;
    }

    /** Number of events that carried rows. */
    synchronized int events() {
        return events;
    }

    /** How often the client began anew. */
    synchronized int lives() {
        return lives;
    }

    /** How often it went on from an id. */
    synchronized int resumes() {
        return resumes;
    }

    /** Whether the snapshot of this life has ended. */
    synchronized boolean begun() {
        return !unsure;
    }

    /** Whether it lacked something, as its end said. */
    synchronized boolean partial() {
        return partial;
    }

    /** Whether everything that is committed in the present lives of the topics, up to these last records, lies before the last event id. */
    synchronized boolean reached(List<Committed.Found> ends) {
        return begun()
                && Positions.of(lastEventId)
                        .map(seen -> ends.stream().noneMatch(seen::behind))
                        .orElse(false);
    }

    /** The newest revisions by id, without those that are retracted. */
    synchronized Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        newest.values().stream()
                .filter(row -> row.isWindow() && !row.status().equals("RETRACTED"))
                .forEach(row -> rows.put(row.id(), row));
        return rows;
    }

    /** Of what was committed behind a life's snapshot and up to its last event id, what should have come and did not. */
    synchronized List<Committed.Found> missing(List<Committed.Found> committed, Predicate<Row> filter) {
        return Stream.concat(over.stream(), present().stream())
                .flatMap(life -> life.missing(committed, filter).stream())
                .toList();
    }

    private Optional<Life> present() {
        return begin.flatMap(from ->
                end.map(to -> new Life(from, to, Map.copyOf(newest), Set.copyOf(seen), List.copyOf(conflated))));
    }

    private void take(EventParser.Event event) {
        switch (event.name()) {
            case "window", "alert", "word" -> row(Row.of(event.name(), event.data()), event.id());
            case "reset" -> {
                if (begun()) {
                    resets.merge(Row.read(event.data()).path("reason").asText(), 1, Integer::sum);
                }
                live();
            }
            case "snapshot-end" -> {
                partial = Row.read(event.data()).path("partial").asBoolean();
                unsure = false;
            }
            case "conflated" -> conflated(Row.read(event.data()), event);
            case "progress" -> {
                // moves the id alone
            }
            default -> wrong.add("not expected: " + event);
        }
    }

    private void conflated(JsonNode range, EventParser.Event event) {
        Optional<Positions> from = Positions.of(range.path("from").asText());
        Optional<Positions> to = Positions.of(range.path("to").asText());
        if (from.isEmpty() || to.isEmpty()) {
            wrong.add("no range: " + event);
        } else {
            conflated.add(new Missed(from.get(), to.get()));
        }
    }

    private void row(Row row, String id) {
        events++;
        if (row.status().equals("EARLY")) {
            wrong.add("a preview that was not asked for: " + row);
        }
        if (row.count() == RandomWriter.GHOST || row.id().contains("ghost")) {
            wrong.add("never committed: " + row);
        }
        if (!seen.add(row.revision())) {
            wrong.add("again, before " + id + ": " + row.json());
        }
        newest.merge(row.event() + row.id(), row, (known, next) -> next.version() > known.version() ? next : known);
    }

    private void live() {
        lives++;
        present().ifPresent(over::add);
        newest.clear();
        seen.clear();
        conflated.clear();
        begin = Optional.empty();
        end = Optional.empty();
        partial = false;
        forgotten = false;
        unsure = true;
    }
}
