// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.explain.RevisionSequence.Revision;
import dev.streampane.results.log.RecordJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
     * @throws dev.streampane.results.problem.ProblemException when its specification is not known, or readers or Kafka do not answer
     * @throws BudgetExceededException when it would take too long
     */
    ObjectNode recompute() {
        WindowRule rule = ResultRecomputation.rule(result, who, findings);
        ObjectNode expected = Recomputation.identity(rule, result, result.start(), result.end())
                .put("count", 0)
                .put("late", 0);
        List<Revision> revisions = new RevisionSequence(log, topics.results(), findings)
                .check(who, result, subject.place(), Instant.EPOCH);
        if (result.isSuperseded()) {
            expected.put("rev", 1).put("complete", true);
            checkSupersession(revisions);
        } else if (result.cause().equals("merged")) {
            boolean isComplete = result.json().path("complete").asBoolean();
            boolean wasComplete = before(revisions).stream().anyMatch(Revision::complete);
            // a generation that began anew does not know of the revisions before it
            if (!revisions.isEmpty() && (isComplete || !wasComplete)) {
                expected.put("complete", wasComplete);
            }
            checkMerge();
        }
        return expected;
    }

    private static List<Revision> before(List<Revision> revisions) {
        return revisions.subList(0, Math.max(0, revisions.size() - 1));
    }

    /** Checks that the generation has run; that it is a later one follows from the revisions. Knows nothing if the topic lacks older runs, too. */
    private void checkSupersession(List<Revision> revisions) {
        List<Revision> before = before(revisions);
        if (before.isEmpty()) {
            return;
        }
        Map<Integer, JobRun> runs =
                JobSettings.find(log, topics.jobRuns(), result).runs();
        if (runs.containsKey(result.generation())) {
            findings.check("generation", "cause");
        } else if (runs.containsKey(before.get(before.size() - 1).generation())) {
            findings.difference("%s: is superseded by generation %d, of which %s has no run"
                    .formatted(who, result.generation(), topics.jobRuns()));
        }
    }

    /** Checks that the longer session is there; does not know if it is not among the results shortly before. */
    private void checkMerge() {
        if (who.equals("document")) {
            return;
        }
        JsonNode place = subject.place().path("log");
        long end = place.path("offset").asLong();
        byte[] key = result.key().getBytes(StandardCharsets.UTF_8);
        TopicPartition partition =
                new TopicPartition(topics.results(), place.path("partition").asInt());
        long from = Math.max(log.beginning(partition), end - RevisionSequence.maxRecords(log));
        AtomicBoolean isThere = new AtomicBoolean();
        log.forEach(partition, from, end, record -> {
            if (Arrays.equals(record.key(), key)
                    && PublishedResult.read(RecordJson.read(record.value()))
                            .filter(this::isPartOf)
                            .isPresent()) {
                isThere.set(true);
            }
        });
        if (isThere.get()) {
            findings.check("mergedInto", "cause");
        } else if (from == 0 || !result.json().path("mergedInto").isTextual()) {
            findings.difference(who + ": is merged into a session that the log does not have before it");
        }
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
