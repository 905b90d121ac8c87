// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.explain.RevisionSequence.Found;
import dev.streampane.results.explain.RevisionSequence.Revision;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.ResultJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;

/**
 * Checks a result that retracts its window. A session is merged into a longer one, which its generation has written just before. A window is
 * superseded by the run of a later generation; whether that generation has read all records of the window is not checked.
 */
record Retraction(
        InputLog log,
        Explanation.Topics topics,
        ExplainedWindow subject,
        PublishedResult result,
        String who,
        Findings findings) {

    /**
     * The fields that a retraction of the window has, whoever wrote it.
     *
     * @throws dev.streampane.results.problem.ProblemException when readers or Kafka do not answer
     * @throws BudgetExceededException when it would take too long
     */
    ObjectNode recompute() {
        ObjectNode expected = ResultJson.JSON.createObjectNode().put("count", 0).put("late", 0);
        List<Found> revisions = new RevisionSequence(
                        log, topics, findings, who, result, subject.place(), this::settings)
                .check(Instant.EPOCH);
        List<Found> before = revisions.subList(0, Math.max(0, revisions.size() - 1));
        if (result.isSuperseded()) {
            expected.put("rev", 1).put("complete", true);
            if (!before.isEmpty()) {
                JsonNode superseded = before.get(before.size() - 1).json();
                List.of("id", "job", "spec", "key", "window")
                        .forEach(name -> expected.set(name, superseded.path(name)));
                ifKnown(() -> checkSupersession(before));
            }
        } else if (result.cause().equals("merged")) {
            expected.setAll(identity());
            complete(before).ifPresent(complete -> expected.put("complete", complete));
            ifKnown(this::checkMerge);
        }
        return expected;
    }

    /** The identity of the session; empty if its specification is not known. */
    private ObjectNode identity() {
        try {
            WindowRule rule = ResultRecomputation.rule(result, who, findings);
            return Recomputation.identity(rule, result, result.start(), result.end());
        } catch (ProblemException e) {
            return ResultJson.JSON.createObjectNode();
        }
    }

    /** Whether a merge may be complete, which it must not be if no revision of its generation was; empty if that is not known. */
    private Optional<Boolean> complete(List<Found> before) {
        List<Revision> own = before.stream()
                .map(Found::revision)
                .filter(revision -> revision.generation() == result.generation())
                .toList();
        boolean wasComplete = own.stream().anyMatch(Revision::complete);
        boolean isComplete = result.version().complete();
        return own.stream().anyMatch(Revision::isFinal) && (isComplete || !wasComplete)
                ? Optional.of(wasComplete)
                : Optional.empty();
    }

    /** Leaves unchecked what is not there any more, or too much to read. */
    private static void ifKnown(Runnable check) {
        try {
            check.run();
        } catch (NotRecomputedException | BudgetExceededException e) {
            // what was not checked is listed
        }
    }

    private JobSettings settings() {
        return JobSettings.find(log, topics.jobRuns(), result);
    }

    /** Checks that the generation has run; that it is a later one follows from the revisions. Knows nothing if the topic lacks older runs, too. */
    private void checkSupersession(List<Found> before) {
        Map<Integer, JobRun> runs = settings().runs();
        if (runs.containsKey(result.generation())) {
            findings.check("generation", "cause");
        } else if (before.stream()
                .anyMatch(one -> runs.containsKey(one.revision().generation()))) {
            findings.difference("%s: is superseded by generation %d, of which %s has no run"
                    .formatted(who, result.generation(), topics.jobRuns()));
        }
    }

    /** Checks that the longer session is there, most likely just before; does not know if it is not among the results that may be read. */
    private void checkMerge() {
        if (who.equals("document")) {
            return;
        }
        JsonNode place = subject.place().path("log");
        TopicPartition partition =
                new TopicPartition(topics.results(), place.path("partition").asInt());
        long beginning = log.beginning(partition);
        long end = place.path("offset").asLong();
        long from = end;
        for (long most = 100; from > beginning && most <= RevisionSequence.maxRecords(log); most *= 10) {
            from = Math.max(beginning, end - most);
            if (hasLongerSession(partition, from, end)) {
                findings.check("mergedInto", "cause");
                return;
            }
        }
        if (from == 0 || !result.json().path("mergedInto").isTextual()) {
            findings.difference(who + ": is merged into a session that the log does not have before it");
        }
    }

    private boolean hasLongerSession(TopicPartition partition, long from, long end) {
        byte[] key = result.key().getBytes(StandardCharsets.UTF_8);
        AtomicBoolean isThere = new AtomicBoolean();
        log.forEach(partition, from, end, record -> {
            if (Arrays.equals(record.key(), key)
                    && PublishedResult.read(RecordJson.read(record.value()))
                            .filter(this::isPartOf)
                            .isPresent()) {
                isThere.set(true);
            }
        });
        return isThere.get();
    }

    private boolean isPartOf(PublishedResult longer) {
        return longer.id().equals(result.json().path("mergedInto").asText())
                && longer.job().equals(result.job())
                && longer.spec().equals(result.spec())
                && longer.key().equals(result.key())
                && longer.generation() == result.generation()
                && !longer.isRetracted()
                && longer.startMillis() <= result.startMillis()
                && longer.endMillis() >= result.endMillis();
    }

    /** The verdict in a sentence, which claims only what was checked. */
    static String summary(PublishedResult result, Findings findings) {
        if (!findings.checked().contains("cause")) {
            return "This window was retracted because of '%s', which could not be checked.".formatted(result.cause());
        }
        return result.isSuperseded()
                ? "This window no longer exists: a later generation did not make it."
                : "This session no longer exists: a record merged it with another one into "
                        + result.json().path("mergedInto").asText()
                        + ".";
    }
}
