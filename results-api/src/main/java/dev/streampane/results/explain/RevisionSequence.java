// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Checks a result against the revisions of its window that come before it in the log. The first of them is FINAL. Those of a generation are
 * numbered 1, 2, 3 … without a gap, and only number 1 can be FINAL.
 *
 * <p>Example: generation 1: FINAL 1, REVISED 2; generation 2, which went on from its state: REVISED 1, REVISED 2; generation 3, which began
 * without state: FINAL 1.
 */
record RevisionSequence(InputLog log, String topic, Findings findings) {

    /** Maximum number of results that are searched for the revisions of a window. */
    private static final long MAX_RECORDS = 100_000;

    /** How far apart the brokers' clocks may be. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    private record Found(Revision revision, long at) {}

    private record Revision(int generation, long rev, String status) {

        private static Revision of(JsonNode json) {
            return new Revision(
                    json.path("generation").asInt(),
                    json.path("rev").asLong(),
                    json.path("status").asText());
        }

        private boolean isFinal() {
            return status.equals("FINAL");
        }

        private boolean follows(Revision before) {
            return before.generation == generation
                    ? rev == before.rev + 1 && !isFinal()
                    : rev == 1 && before.generation < generation;
        }

        @Override
        public String toString() {
            return "revision " + rev + " of generation " + generation;
        }
    }

    /**
     * Checks what a result states of itself, and reports differences.
     *
     * @param who where the result is: {@code document} or {@code log}
     * @param place has the place of its record in field {@code log}
     * @param appended see {@link ResultRecomputation#appended}; the window has no revision from before that time
     */
    void check(String who, PublishedResult result, JsonNode place, Instant appended) {
        Revision revision = Revision.of(result.json());
        findings.check("cause");
        String cause = result.json().path("cause").asText();
        if (!causes(result).contains(cause)) {
            findings.difference(who + ": is " + revision.status + " because of '" + cause + "'");
        }
        checkWatermark(who, result);
        if (revision.isFinal()) {
            findings.check("rev", "status");
            if (revision.rev != 1) {
                findings.difference(who + ": is FINAL, which only revision 1 may be, but has " + revision.rev);
                return;
            }
        }
        if (!result.isRetracted()) {
            List<Revision> revisions = revisions(result, place, appended);
            if (!revisions.isEmpty() && revisions.get(revisions.size() - 1).equals(revision)) {
                findings.check("rev", "status", "generation");
                check(revisions);
            }
        }
    }

    private static Set<String> causes(PublishedResult result) {
        return switch (result.status()) {
            case "FINAL" -> Set.of(result.spec().contains("global(count=") ? "count" : "watermark");
            case "REVISED" -> Set.of("late-record");
            case "RETRACTED" -> Set.of("merged", "superseded");
            default -> Set.of();
        };
    }

    /** Checks that the watermark is not before the last millisecond of the window; a global window's is not checked. */
    private void checkWatermark(String who, PublishedResult result) {
        JsonNode watermark = result.json().path("watermark");
        if (!watermark.isTextual() || result.spec().contains("global(")) {
            return;
        }
        findings.check("watermark");
        try {
            if (Instant.parse(watermark.asText()).isBefore(result.end().minusMillis(1))) {
                findings.difference(who + ": its watermark lies before its window's end");
            }
        } catch (DateTimeParseException e) {
            findings.difference(who + ": its watermark is not a time");
        }
    }

    private void check(List<Revision> revisions) {
        Revision last = null;
        for (Revision next : revisions) {
            boolean follows = last == null ? next.isFinal() && next.rev == 1 : next.follows(last);
            if (!follows) {
                findings.difference("log: "
                        + next.status
                        + " "
                        + next
                        + (last == null ? " is the first of its window" : " follows " + last));
                return;
            }
            last = next;
        }
    }

    /** The window's revisions up to {@code place}; empty if the log may not have all of them, or if there is too much to read. */
    private List<Revision> revisions(PublishedResult result, JsonNode place, Instant appended) {
        TopicLayout layout = log.layout(topic);
        int partition = place.at("/log/partition").asInt(-1);
        long end = place.at("/log/offset").asLong(-1) + 1;
        if (!place.at("/log/epoch").asText().equals(layout.topicId())
                || partition < 0
                || partition >= layout.partitions()) {
            return List.of();
        }
        long beginning = layout.beginnings()[partition];
        boolean known = !appended.equals(Instant.MAX) && !appended.equals(Instant.EPOCH);
        Instant since = known ? appended.minus(CLOCKS) : Instant.EPOCH;
        long from = Math.max(beginning, log.offsetsAt(layout, since)[partition]);
        if (from == beginning && beginning > 0
                || end - from > Math.min(MAX_RECORDS, log.budget().maxRecords() / 4)) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        try {
            boolean timed = read(result, partition, from, end, found);
            if (!timed && from > 0) {
                return List.of();
            }
            // the key may have another partition since the topic has more of them
            boolean mayHaveMoved = !found.isEmpty() && !found.get(0).revision.isFinal() && layout.partitions() > 1;
            if (mayHaveMoved && !(timed && readOthers(result, layout, partition, since, end - from, found))) {
                return List.of();
            }
        } catch (NotRecomputedException | BudgetExceededException e) {
            return List.of();
        }
        return found.stream().map(Found::revision).toList();
    }

    /** Adds what other partitions have from before the last one found; false if they may not have all, or if there is too much to read. */
    private boolean readOthers(
            PublishedResult result, TopicLayout layout, int partition, Instant since, long read, List<Found> found) {
        long[] starts = log.offsetsAt(layout, since);
        long left = Math.min(MAX_RECORDS, log.budget().maxRecords() / 4) - read;
        long until = found.get(found.size() - 1).at;
        for (int other = 0; other < layout.partitions(); other++) {
            if (other == partition) {
                continue;
            }
            long beginning = layout.beginnings()[other];
            long from = Math.max(beginning, starts[other]);
            left -= layout.ends()[other] - from;
            if (left < 0
                    || from == beginning && beginning > 0
                    || !read(result, other, from, layout.ends()[other], found)) {
                return false;
            }
        }
        found.removeIf(one -> one.at > until);
        found.sort(Comparator.comparingLong(Found::at));
        return true;
    }

    /** Adds the window's revisions between two offsets; false if a record has no time of the broker. */
    private boolean read(PublishedResult result, int partition, long from, long end, List<Found> found) {
        JsonNode id = result.json().path("id");
        byte[] key = result.key().getBytes(StandardCharsets.UTF_8);
        AtomicBoolean timed = new AtomicBoolean(true);
        log.forEach(new TopicPartition(topic, partition), from, end, record -> {
            timed.compareAndSet(true, record.timestampType() == TimestampType.LOG_APPEND_TIME);
            if (!Arrays.equals(record.key(), key)) {
                return;
            }
            JsonNode json = RecordJson.read(record.value());
            // superseded: written by a command, not by the job
            if (json.path("id").equals(id) && !json.path("cause").asText().equals("superseded")) {
                found.add(new Found(Revision.of(json), record.timestamp()));
            }
        });
        return timed.get();
    }
}
