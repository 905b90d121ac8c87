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
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Checks a result against the revisions of its window that come before it in the log. The first of them is FINAL. Those of a generation are
 * numbered 1, 2, 3 … without a gap, and only number 1 can be FINAL.
 *
 * <p>Example: generation 1: FINAL 1, REVISED 2; generation 2, which went on from its state: REVISED 1, REVISED 2; generation 3, which began
 * without state: FINAL 1.
 *
 * @param who where the result is: {@code document} or {@code log}
 * @param place has the place of its record in field {@code log}
 * @param settings reads the runs of the job
 */
record RevisionSequence(
        InputLog log,
        Explanation.Topics topics,
        Findings findings,
        String who,
        PublishedResult result,
        JsonNode place,
        Supplier<JobSettings> settings) {

    private static final long MAX_RECORDS = 100_000;

    /** How far apart the brokers' clocks may be. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    /** A revision of a window, and the result that it is. */
    record Found(Revision revision, JsonNode json, long at) {}

    record Revision(int generation, long rev, String status, boolean complete, boolean isSuperseded) {

        private static Revision of(JsonNode json) {
            return new Revision(
                    json.path("generation").asInt(),
                    json.path("rev").asLong(),
                    json.path("status").asText(),
                    json.path("complete").asBoolean(),
                    json.path("cause").asText().equals("superseded"));
        }

        boolean isFinal() {
            return status.equals("FINAL");
        }

        private boolean follows(Revision before) {
            return before.generation == generation
                    ? rev == before.rev + 1 && !isFinal()
                    : rev == 1 && before.generation < generation;
        }

        /** Whether a command may have written it after these: a newer generation may have gone on meanwhile. */
        private boolean supersedes(List<Found> before) {
            return rev == 1
                    && before.stream().anyMatch(one -> one.revision.generation < generation)
                    && before.stream().noneMatch(one -> one.revision.generation == generation);
        }

        @Override
        public String toString() {
            return "revision " + rev + " of generation " + generation;
        }
    }

    /**
     * Checks what a result states of itself, and reports differences. Of the cause of a retraction, only whether it can be one.
     *
     * @param appended see {@link ResultRecomputation#appended}; the window has no revision from before that time. A retraction does not need it
     * @return the window's revisions up to the result; empty if they are not known
     */
    List<Found> check(Instant appended) {
        Revision revision = Revision.of(result.json());
        if (!result.isRetracted()) {
            findings.check("cause");
        }
        String cause = result.cause();
        if (!causes().contains(cause)) {
            findings.difference(who + ": is " + revision.status + " because of '" + cause + "'");
        }
        checkWatermark();
        if (revision.isFinal()) {
            findings.check("rev", "status");
            if (revision.rev != 1) {
                findings.difference(who + ": is FINAL, which only revision 1 may be, but has " + revision.rev);
                return List.of();
            }
        }
        List<Found> revisions = revisions(appended);
        if (revisions.isEmpty() || !revisions.get(revisions.size() - 1).revision.equals(revision)) {
            return List.of();
        }
        findings.check("rev", "status");
        if (!revision.isSuperseded) {
            findings.check("generation");
        }
        check(revisions);
        return revisions;
    }

    private Set<String> causes() {
        return switch (result.status()) {
            case "FINAL" -> Set.of(result.spec().contains("global(count=") ? "count" : "watermark");
            case "REVISED" -> Set.of("late-record");
            case "RETRACTED" ->
                result.spec().contains("session(")
                        ? Set.of("merged", "superseded")
                        : result.spec().contains("global(") ? Set.of() : Set.of("superseded");
            default -> Set.of();
        };
    }

    /** Checks that the watermark is not before the last millisecond of the window; a global window's is not checked. */
    private void checkWatermark() {
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

    private void check(List<Found> revisions) {
        Revision last = null;
        for (int n = 0; n < revisions.size(); n++) {
            Revision next = revisions.get(n).revision;
            boolean follows = next.isSuperseded
                    ? next.supersedes(revisions.subList(0, n))
                    : last == null ? next.isFinal() && next.rev == 1 : next.follows(last);
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
    private List<Found> revisions(Instant appended) {
        TopicLayout layout = log.layout(topics.results());
        int partition = place.at("/log/partition").asInt(-1);
        long end = place.at("/log/offset").asLong(-1) + 1;
        if (!place.at("/log/epoch").asText().equals(layout.topicId())
                || partition < 0
                || partition >= layout.partitions()) {
            return List.of();
        }
        long beginning = layout.beginnings()[partition];
        boolean isPart = result.isRetracted() && (beginning > 0 || end > maxRecords(log));
        long[] starts = log.offsetsAt(layout, since(isPart ? result.start() : appended));
        long from = Math.max(beginning, starts[partition]);
        if (from == beginning && beginning > 0 && !isPart || end - from > maxRecords(log)) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        try {
            boolean timed = read(partition, from, end, found);
            if (!timed && from > 0) {
                return List.of();
            }
            if (found.isEmpty() || found.get(0).revision.isFinal()) {
                return found;
            }
            if (isPart) {
                return List.of(); // it is only likely that there is none from before the window's start
            }
            // the key may have another partition since the topic has more of them
            boolean isAll =
                    layout.partitions() == 1 || timed && readOthers(layout, starts, partition, end - from, found);
            return isAll && (found.get(0).revision.isFinal() || !hasOtherTopics()) ? found : List.of();
        } catch (NotRecomputedException | BudgetExceededException e) {
            return List.of();
        }
    }

    /** Whether the job has published to another topic, too, which may have the revisions before those here. */
    private boolean hasOtherTopics() {
        return settings.get().runs().values().stream()
                .flatMap(run -> run.everySetting("results-topic", topics.results()).stream())
                .anyMatch(name -> !name.equals(topics.results()));
    }

    private static Instant since(Instant appended) {
        return appended.equals(Instant.MAX) || appended.isBefore(Instant.EPOCH.plus(CLOCKS))
                ? Instant.EPOCH
                : appended.minus(CLOCKS);
    }

    /** Maximum number of results that are searched for those of a window. */
    static long maxRecords(InputLog log) {
        return Math.min(MAX_RECORDS, log.maxRecords() / 4);
    }

    /** Adds what other partitions have from before the last one found; false if they may not have all, or if there is too much to read. */
    private boolean readOthers(TopicLayout layout, long[] starts, int partition, long read, List<Found> found) {
        long left = maxRecords(log) - read;
        long until = found.get(found.size() - 1).at;
        for (int other = 0; other < layout.partitions(); other++) {
            if (other == partition) {
                continue;
            }
            long beginning = layout.beginnings()[other];
            long from = Math.max(beginning, starts[other]);
            left -= layout.ends()[other] - from;
            if (left < 0 || from == beginning && beginning > 0 || !read(other, from, layout.ends()[other], found)) {
                return false;
            }
        }
        found.removeIf(one -> one.at > until);
        found.sort(Comparator.comparingLong(Found::at));
        return true;
    }

    /** Adds the window's revisions between two offsets; false if a record has no time of the broker. */
    private boolean read(int partition, long from, long end, List<Found> found) {
        JsonNode id = result.json().path("id");
        byte[] key = result.key().getBytes(StandardCharsets.UTF_8);
        AtomicBoolean timed = new AtomicBoolean(true);
        log.forEach(new TopicPartition(topics.results(), partition), from, end, record -> {
            timed.compareAndSet(true, record.timestampType() == TimestampType.LOG_APPEND_TIME);
            if (!Arrays.equals(record.key(), key)) {
                return;
            }
            JsonNode json = RecordJson.read(record.value());
            Revision revision = Revision.of(json);
            // superseded: written by a command, not by the job
            if (json.path("id").equals(id)
                    && (!revision.isSuperseded
                            || result.isSuperseded() && revision.generation == result.generation())) {
                found.add(new Found(revision, json, record.timestamp()));
            }
        });
        return timed.get();
    }
}
