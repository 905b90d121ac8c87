// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a window is as its document says: reads the record of the log that the document was made of, and recomputes the window from the
 * inputs by the audit lines that cover them.
 *
 * <p>Made for one request; used by one thread.
 */
final class Explanation {

    /** A late revision may need so long to be committed and indexed. */
    private static final long SETTLES_MILLIS = 30_000;

    private static final int MAX_LINES = 100;

    private final InputLog log;
    private final Topics topics;
    private final Budget budget;
    private final JsonNode document;
    private final Instant now;
    private final ObjectNode answer = Comparison.JSON.createObjectNode();
    private final List<String> findings = new ArrayList<>();

    /** Names of topics that are not inputs. */
    record Topics(String results, String audit, String jobRuns) {}

    /** Why nothing was recomputed. */
    private record Unknown(String verdict, String summary) {}

    /**
     * @param document the newest revision as Elasticsearch has it, with the fields that the index adds
     * @param now what time it is on the brokers, about
     */
    Explanation(InputLog log, Topics topics, Budget budget, JsonNode document, Instant now) {
        this.log = log;
        this.topics = topics;
        this.budget = budget;
        this.document = document;
        this.now = now;
    }

    /**
     * The answer.
     *
     * @throws ProblemException when it cannot be recomputed here, or would take too much
     */
    ObjectNode answer() {
        LoggedResult logged = LoggedResult.find(log, topics.results(), document);
        Comparison before = Comparison.of(document, logged.json(), null);
        boolean isForged = logged.isWrong() || Boolean.FALSE.equals(before.isDocumentAsLogged());
        if (isForged) {
            findings.add("document: differs from the log");
        }
        if (logged.absence() != null) {
            findings.add("document: " + logged.absence());
        }
        Optional<Result> result = Result.of(logged.json() == null ? document : logged.json());
        answer.put("id", document.path("id").asText());
        ObjectNode recomputed = null;
        Unknown unknown = null;
        if (result.isEmpty()) {
            findings.add(who(logged) + ": is no result as contract window-result/v1 says");
            unknown = new Unknown("different", "What is said of this window is no result.");
        } else if (result.get().isRetracted()) {
            unknown = retracted(result.get());
        } else {
            try {
                recomputed = recompute(result.get(), who(logged));
            } catch (ExpiredException expired) {
                unknown = expired(expired);
            } catch (UnauditedException unaudited) {
                unknown = new Unknown(unaudited.verdict(), unaudited.getMessage());
            } catch (TooMuchException e) {
                if (!isForged) {
                    throw tooMuch(result.get(), e);
                }
                unknown =
                        new Unknown("different", "It was not recomputed: " + e.getMessage() + ".");
            } catch (ProblemException e) {
                if (!isForged) {
                    throw e;
                }
                unknown = new Unknown("different", e.problem().detail());
            }
        }
        return finish(
                Comparison.of(document, logged.json(), recomputed),
                recomputed,
                unknown,
                who(logged));
    }

    private static String who(LoggedResult logged) {
        return logged.json() == null ? "document" : "log";
    }

    private static Unknown retracted(Result result) {
        String into = result.json().path("mergedInto").asText("");
        return new Unknown(
                "retracted",
                into.isEmpty()
                        ? "This window is no more: a later generation that covers it did not make it."
                        : "This session is no more: a record joined it with another one, and the longer session is "
                                + into
                                + ".");
    }

    private Unknown expired(ExpiredException expired) {
        answer.putObject("expired")
                .put("topic", expired.topic())
                .put("partition", expired.partition())
                .put("firstNeeded", expired.needed())
                .put("firstThere", expired.there());
        return new Unknown("expired", "The inputs have expired: " + expired.getMessage() + ".");
    }

    private ObjectNode recompute(Result result, String who) {
        List<Measure> measures =
                Measure.of(result.job())
                        .orElseThrow(
                                () ->
                                        notRecomputable(
                                                "job "
                                                        + result.job()
                                                        + " computes what this service does not know how to"));
        WindowRule rule = rule(result);
        if (!rule.isWindow(result.start(), result.end())) {
            findings.add(who + ": its window is none of " + result.spec());
        }
        Rows rows = rows(result);
        Map<String, TopicLayout> inputs = inputs(result);
        AuditLines lines = new AuditScan(log, budget, result, rule, inputs).scan(topics.audit());
        boolean isClosed = lines.isClosed(rule.closedAt(result.end()), inputs);
        answer.put("settling", !isClosed);
        checkAudited(result, lines, inputs);
        boolean wide = isClosed && isAffordable(lines.holding(result, rule), inputs, result);
        if (!wide && result.namesTopicsOnly()) {
            if (!isClosed) {
                throw new UnauditedException(
                        "settling",
                        "The result names no offsets, and the window can still change; ask again later.");
            }
            budget.plan(offsets(lines.holding(result, rule)));
        }
        Recomputation recomputation =
                new Recomputation(log, budget, result, rule, rows, measures, lines.corrections());
        List<Stretch> stretches = wide ? lines.holding(result, rule) : lines.named(result);
        read(recomputation, stretches, result, inputs, wide);
        answer.put("scope", wide ? "window" : "inputs");
        answer.set("read", recomputation.counts());
        lines(recomputation.lines());
        boolean isSettled =
                isClosed
                        && lines.isClosed(rule.closedAt(recomputation.end()), inputs)
                        && lines.closedSince(rule.closedAt(recomputation.end())) + SETTLES_MILLIS
                                < now.toEpochMilli();
        if (rule.kind() != WindowRule.Kind.GLOBAL) {
            recomputation
                    .more()
                    .filter(more -> !wide || isSettled)
                    .ifPresent(more -> omitted(who, more));
        }
        return recomputation.named();
    }

    private void omitted(String who, ObjectNode more) {
        findings.add(who + ": omits records of its window that the inputs hold");
        answer.set("omitted", more);
    }

    private static WindowRule rule(Result result) {
        try {
            return WindowRule.of(result.spec());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw notRecomputable("this service does not know its windows");
        }
    }

    private Rows rows(Result result) {
        JobSettings settings = JobSettings.find(log, budget, topics.jobRuns(), result);
        var zone = settings.zone(result.zone());
        return switch (result.job()) {
            case "weather-average" -> Rows.ofReadings(zone);
            case "transaction-total" -> Rows.ofTransactions(zone);
            default ->
                    throw notRecomputable(
                            "the rows of job " + result.job() + " cannot be read here");
        };
    }

    private Map<String, TopicLayout> inputs(Result result) {
        Map<String, TopicLayout> inputs = new HashMap<>();
        for (String topic : result.topics()) {
            inputs.put(topic, log.layout(topic));
        }
        return inputs;
    }

    /** Each offset that the result names must be there, and be told of by a line. */
    private void checkAudited(Result result, AuditLines lines, Map<String, TopicLayout> inputs) {
        for (Result.Input input : result.inputs()) {
            TopicLayout topic = inputs.get(input.topic());
            if (input.isWholeTopic()
                    ? topic.partitions() == 0
                    : input.partition() >= topic.partitions()) {
                throw new UnauditedException(
                        "different",
                        "It names a partition that is not there: " + name(input) + ".");
            }
            if (!input.isWholeTopic() && input.last() >= topic.ends()[input.partition()]) {
                throw new UnauditedException(
                        "different",
                        "It names offset %d of %s, which ends at %d."
                                .formatted(
                                        input.last(),
                                        name(input),
                                        topic.ends()[input.partition()]));
            }
            if (!input.isWholeTopic() && input.first() < topic.beginnings()[input.partition()]) {
                throw new ExpiredException(
                        input.topic(),
                        input.partition(),
                        input.first(),
                        topic.beginnings()[input.partition()]);
            }
        }
        lines.missing(result)
                .ifPresent(
                        gap -> {
                            answer.putObject("unaudited")
                                    .put("topic", gap.topic())
                                    .put("partition", gap.partition())
                                    .put("first", gap.first())
                                    .put("last", gap.last());
                            throw new UnauditedException(
                                    gap.open() && !lines.beginsLate() ? "settling" : "unaudited",
                                    unaudited(gap, lines.beginsLate()));
                        });
    }

    private static String unaudited(AuditLines.Gap gap, boolean expired) {
        String which =
                "No audit line covers offsets %d to %d of %s-%d"
                        .formatted(gap.first(), gap.last(), gap.topic(), gap.partition());
        if (expired) {
            return which + ": the audit begins later.";
        }
        return gap.open()
                ? which
                        + " yet: a job writes it with the first checkpoint after its audit interval (10 s), or after its next start."
                : which + ": see /api/v1/audit.";
    }

    private static String name(Result.Input input) {
        return input.isWholeTopic() ? input.topic() : input.topic() + "-" + input.partition();
    }

    /** Whether all lines that can hold records of the window can be read, and not only those that the result names. */
    private boolean isAffordable(
            List<Stretch> stretches, Map<String, TopicLayout> inputs, Result result) {
        return offsets(stretches) <= budget.maxRecords() / (result.namesTopicsOnly() ? 1 : 4)
                && stretches.stream()
                        .allMatch(
                                line ->
                                        line.first()
                                                >= inputs.get(line.topic())
                                                        .beginnings()[line.partition()]);
    }

    private static long offsets(List<Stretch> stretches) {
        return stretches.stream().mapToLong(Stretch::offsets).sum();
    }

    private void read(
            Recomputation recomputation,
            List<Stretch> stretches,
            Result result,
            Map<String, TopicLayout> inputs,
            boolean wide) {
        Map<Stretch, Long> ends = new HashMap<>();
        for (Stretch line : stretches) {
            long last = wide ? line.last() : Math.min(line.last(), lastNamed(line, result));
            ends.put(line, Math.min(last, inputs.get(line.topic()).ends()[line.partition()] - 1));
        }
        budget.plan(
                ends.entrySet().stream()
                        .mapToLong(one -> one.getValue() - one.getKey().first() + 1)
                        .sum());
        for (Stretch line : stretches) {
            long beginning = inputs.get(line.topic()).beginnings()[line.partition()];
            if (line.first() < beginning) {
                throw new ExpiredException(line.topic(), line.partition(), line.first(), beginning);
            }
            recomputation.read(line, ends.get(line));
        }
    }

    private static long lastNamed(Stretch line, Result result) {
        return result.inputs().stream()
                .filter(line::overlaps)
                .mapToLong(Result.Input::last)
                .max()
                .orElse(line.last());
    }

    private void lines(List<Recomputation.Read> lines) {
        ArrayNode list = answer.putArray("lines");
        lines.stream().limit(MAX_LINES).forEach(read -> line(list.addObject(), read));
        answer.put("linesRead", lines.size());
        lines.stream()
                .filter(read -> Boolean.FALSE.equals(read.agrees()))
                .findFirst()
                .ifPresent(
                        read ->
                                findings.add(
                                        "audit: the line from offset %d of %s-%d differs from the inputs"
                                                .formatted(
                                                        read.line().first(),
                                                        read.line().topic(),
                                                        read.line().partition())));
    }

    private static void line(ObjectNode json, Recomputation.Read read) {
        Stretch line = read.line();
        json.put("topic", line.topic()).put("partition", line.partition());
        json.put("first", line.first()).put("last", line.last());
        json.put("generation", line.generation()).put("restored", line.restored());
        json.put("clockBefore", time(line.clockBefore()));
        json.put("horizonBefore", time(line.horizonBefore()));
        json.put("outOfOrderness", java.time.Duration.ofMillis(line.outOfOrderness()).toString());
        json.put("allowedLateness", java.time.Duration.ofMillis(line.allowedLateness()).toString());
        json.put("skew", java.time.Duration.ofMillis(line.skew()).toString());
        json.put("agrees", read.agrees());
    }

    private static String time(long millis) {
        return millis == Stretch.NONE ? null : Instant.ofEpochMilli(millis).toString();
    }

    private ObjectNode finish(
            Comparison comparison, ObjectNode recomputed, Unknown unknown, String who) {
        if (Boolean.FALSE.equals(comparison.isAsRecomputed())) {
            findings.add(who + ": differs from the inputs");
        }
        boolean isDifferent =
                findings.stream()
                                .anyMatch(
                                        finding -> !finding.startsWith("audit:") && !isAge(finding))
                        || unknown != null && unknown.verdict().equals("different");
        String verdict = isDifferent ? "different" : unknown == null ? "equal" : unknown.verdict();
        answer.put("verdict", verdict);
        answer.put("summary", summary(verdict, unknown));
        findings.forEach(answer.withArray("findings")::add);
        answer.set("differences", comparison.differences());
        answer.set("log", document.path("log"));
        if (recomputed != null) {
            answer.set("recomputed", recomputed);
        }
        answer.put("seconds", budget.seconds());
        return answer;
    }

    private static boolean isAge(String finding) {
        return finding.contains("another life") || finding.contains("begins behind");
    }

    private String summary(String verdict, Unknown unknown) {
        if (unknown != null) {
            return unknown.summary();
        }
        return verdict.equals("equal")
                ? "The document, the log and the inputs say the same."
                : String.join("; ", findings) + ".";
    }

    private static ProblemException notRecomputable(String why) {
        return new ProblemException(
                Problem.of(
                        ProblemType.NOT_RECOMPUTABLE,
                        "This result cannot be recomputed here: " + why + "."));
    }

    private static ProblemException tooMuch(Result result, TooMuchException e) {
        String command = command(result);
        return new ProblemException(
                Problem.of(
                                ProblemType.TOO_MUCH_TO_EXPLAIN,
                                "This result is not explained here, for "
                                        + e.getMessage()
                                        + "; run '"
                                        + command
                                        + "' instead.")
                        .withMember("command", command));
    }

    private static String command(Result result) {
        String replay =
                "streampane replay " + result.job() + " --generation " + result.generation();
        WindowRule rule = rule(result);
        return rule.kind() == WindowRule.Kind.GLOBAL
                ? replay
                : replay
                        + " --compare --from "
                        + Instant.ofEpochMilli(result.start())
                        + " --to "
                        + Instant.ofEpochMilli(rule.closedAt(result.end()));
    }
}
