// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.explain.WindowRule.Kind;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.ResultJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Explains one window: compares its document with the record of the log that it was made from, and that record with the result recomputed from the
 * inputs.
 *
 * <p>Serves one request and is used by one thread.
 */
final class Explanation {

    private final InputLog log;
    private final Topics topics;
    private final ExplainedWindow subject;
    private final Instant now;
    private final ObjectNode answer = ResultJson.JSON.createObjectNode();
    private final Findings findings = new Findings();

    /** Names of topics that are not inputs. */
    record Topics(String results, String audit, String jobRuns) {}

    /** @param now the approximate time on the brokers */
    Explanation(InputLog log, Topics topics, ExplainedWindow subject, Instant now) {
        this.log = log;
        this.topics = topics;
        this.subject = subject;
        this.now = now;
    }

    /**
     * The answer. Throws a {@link ProblemException} if the window cannot be recomputed here or would take too much, unless a difference has been
     * found.
     */
    ObjectNode answer() {
        answer.put("id", subject.id()).put("verdict", "").put("summary", "");
        JsonNode document = subject.document();
        JsonNode place = document == null ? subject.revision() : document;
        JsonNode logged = place == null ? null : logged(place);
        if (subject.revision() != null) {
            lost(logged);
            document = logged == null ? subject.revision() : null;
        } else if (subject.isDocumentBehind()) {
            findings.note(
                    document == null
                            ? "document: is not in Elasticsearch yet"
                            : "document: is of an older revision than the newest in the log");
            document = null;
            logged = subject.tail();
        }
        String who = logged == null ? "document" : "log";
        Optional<PublishedResult> result = PublishedResult.read(logged == null ? document : logged);
        Optional<NotRecomputedException> unknown = Optional.empty();
        ObjectNode recomputed = null;
        try {
            if (result.isEmpty()) {
                findings.difference(who + ": does not match contract window-result/v1");
            } else {
                recomputed = recompute(result.get(), who);
            }
        } catch (NotRecomputedException e) {
            e.offsets().ifPresent(offsets -> answer.set(e.verdict(), offsets));
            unknown = Optional.of(e);
        } catch (BudgetExceededException e) {
            throwUnlessDifferent(tooMuch(result.get(), e));
        } catch (ProblemException e) {
            throwUnlessDifferent(e);
        }
        answer.set("compared", compared(document, logged));
        Comparison comparison = Comparison.of(document, logged, recomputed);
        answer.set("unchecked", comparison.unchecked(findings.checked()));
        return finish(comparison, result, unknown, who);
    }

    /** The names of what was there to be compared. */
    private ArrayNode compared(JsonNode document, JsonNode logged) {
        ArrayNode there = ResultJson.JSON.createArrayNode();
        if (document != null) {
            there.add(subject.revision() == null ? "document" : subject.tail() == null ? "history" : "memory");
        }
        if (logged != null) {
            there.add("log");
        }
        return there;
    }

    /** Reports that a document that was there once is missing, or not there yet. */
    private void lost(JsonNode logged) {
        if (!subject.isNewest()) {
            findings.note("document: is not in Elasticsearch yet");
        } else if (logged == null) {
            findings.difference(
                    "document: is missing from Elasticsearch, which had it; the log does not have its record");
        } else {
            findings.difference("document: is missing from Elasticsearch; the log has the window");
        }
    }

    /** The record that the document was made of; null when it is not there. */
    private JsonNode logged(JsonNode document) {
        try {
            return recordOf(document);
        } catch (BudgetExceededException e) {
            // it is only one record, so the time is up only if Kafka does not answer
            throw ProblemException.unavailable(
                    ProblemType.LOG_UNAVAILABLE,
                    "Kafka does not answer in time: " + e.getMessage() + ".",
                    InputLog.RETRY_AFTER);
        }
    }

    private JsonNode recordOf(JsonNode document) {
        JsonNode place = document.path("log");
        int partition = place.path("partition").asInt(-1);
        long offset = place.path("offset").asLong(-1);
        TopicLayout layout = log.layout(topics.results());
        if (!place.path("epoch").asText().equals(layout.topicId())) {
            findings.note("document: was made from another topic named " + layout.name());
            return null;
        }
        if (partition < 0 || partition >= layout.partitions() || offset < 0 || offset >= layout.ends()[partition]) {
            return differing("the log has no such offset");
        }
        if (offset < layout.beginnings()[partition]) {
            findings.note("document: the log begins after that offset");
            return null;
        }
        List<ConsumerRecord<byte[], byte[]>> records = log.read(
                        new TopicPartition(layout.name(), partition), offset, offset + 1)
                .records();
        if (records.isEmpty()) {
            return differing("the log has no committed record at that offset");
        }
        JsonNode json = RecordJson.read(records.get(0).value());
        if (!json.path("id").equals(document.path("id"))) {
            return differing("the log has another record at that offset");
        }
        if (!Comparison.of(document, json, null).isDocumentAsLogged()) {
            findings.difference("document: differs from the log");
        }
        return json;
    }

    private JsonNode differing(String why) {
        findings.difference("document: differs from the log: " + why);
        return null;
    }

    private ObjectNode recompute(PublishedResult result, String who) {
        if (result.isRetracted()) {
            return new Retraction(log, topics, subject, result, who, findings).recompute();
        }
        ObjectNode recomputed =
                new ResultRecomputation(log, topics, now, subject, result, who, answer, findings).recompute();
        answer.set("recomputed", recomputed);
        return recomputed;
    }

    /** A known difference is reported even when the rest is unknown. */
    private void throwUnlessDifferent(ProblemException problem) {
        if (!findings.isDifferent()) {
            throw problem;
        }
        findings.note("inputs: " + problem.problem().detail());
    }

    private ObjectNode finish(
            Comparison comparison,
            Optional<PublishedResult> result,
            Optional<NotRecomputedException> unknown,
            String who) {
        Optional<PublishedResult> retraction = result.filter(PublishedResult::isRetracted);
        if (comparison.differsFromInputs()) {
            findings.difference(who
                    + (retraction.isEmpty()
                            ? ": differs from the inputs"
                            : ": differs from a retraction of its window"));
        }
        if (findings.isDifferent()) {
            answer.put("verdict", "different").put("summary", findings + ".");
        } else if (unknown.isPresent()) {
            answer.put("verdict", unknown.get().verdict())
                    .put("summary", unknown.get().getMessage());
        } else if (retraction.isPresent()) {
            answer.put("verdict", "retracted").put("summary", Retraction.summary(retraction.get(), findings));
        } else {
            answer.put("verdict", "equal").put("summary", "This window follows from its inputs.");
        }
        answer.set("findings", findings.json());
        answer.set("differences", comparison.differences());
        if (subject.place().has("log")) {
            answer.set("log", subject.place().get("log"));
        }
        return answer.put("seconds", log.seconds());
    }

    private static ProblemException tooMuch(PublishedResult result, BudgetExceededException e) {
        String command = command(result);
        return new ProblemException(Problem.of(
                        ProblemType.TOO_MUCH_TO_EXPLAIN,
                        "This result is not recomputed here: " + e.getMessage() + ". Run '" + command + "' instead.")
                .withMember("command", command));
    }

    /** The command that recomputes the result. Global windows depend on the order of arrival, so their replay does not compare. */
    private static String command(PublishedResult result) {
        String replay = "streampane replay " + result.job() + " --generation " + result.generation();
        WindowRule rule = WindowRule.of(result.spec());
        return rule.kind() == Kind.GLOBAL
                ? replay
                : replay
                        + " --compare --from "
                        + result.start()
                        + " --to "
                        + Instant.ofEpochMilli(rule.closedAt(result.endMillis()));
    }
}
