// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * Recomputes one result from its inputs.
 *
 * <p>Reads the audit lines over the offsets that the result names, up to the last of them. Where the window is closed in all partitions and
 * it does not take much more, it reads all lines in which records of the window can have been counted, so that a result is also seen through
 * that names less than there is.
 */
record ResultRecomputation(
        InputLog log,
        Explanation.Topics topics,
        Instant now,
        ExplainedWindow subject,
        ObjectNode answer,
        Findings findings) {

    /** The last revision of a window that has closed is committed by then. */
    private static final long SETTLES_MILLIS = 30_000;

    private static final int MAX_LINES_SHOWN = 100;

    /**
     * The fields of the result that follow from the inputs.
     *
     * @param who what the result stands in
     * @throws ExpiredException when the inputs are no longer there
     * @throws UnauditedException when audit lines are missing
     * @throws BudgetExceededException when it would take too long
     * @throws ProblemException when this service does not know how
     */
    ObjectNode recompute(PublishedResult result, String who) {
        List<Measure> measures =
                Measure.of(result.job()).orElseThrow(() -> notRecomputable("what its job computes is not known"));
        WindowRule rule = rule(result);
        if (!rule.isWindow(result.startMillis(), result.endMillis())) {
            findings.difference(who + ": its window is none of its specification");
        }
        JobSettings settings = JobSettings.find(log, topics.jobRuns(), result);
        Map<String, TopicLayout> inputs = new HashMap<>();
        result.topics().forEach(topic -> inputs.put(topic, log.layout(topic)));
        checkThere(result, inputs);
        Instant appended = appended(result, inputs);
        AuditLines lines = new AuditScan(log, result, rule, inputs, appended, false).scan(topics.audit());
        checkEnds(result, who, inputs);
        boolean isClosed = lines.isClosed(rule.closedAt(result.endMillis()), inputs);
        if (isClosed && !appended.equals(Instant.EPOCH) && !lines.reachBackTo(result.startMillis())) {
            lines = new AuditScan(log, result, rule, inputs, appended, true).scan(topics.audit());
        }
        answer.put("settling", !isClosed && rule.kind() != WindowRule.Kind.GLOBAL);
        checkAudited(result, lines);
        List<AuditedRange> holding = lines.holding(result, rule);
        boolean wide = isClosed && lines.reachBackTo(result.startMillis()) && isAffordable(holding, result, inputs);
        if (!wide && result.namesTopicsOnly()) {
            throw beyondTheNames(isClosed, holding);
        }
        var recomputation = new Recomputation(log, result, rule, rows(result, rule, settings, lines), measures, lines);
        readWithinBudget(recomputation, wide ? holding : lines.named(result), result, inputs, wide);
        answer.put("scope", wide ? "window" : "inputs");
        answer.set("read", recomputation.counts());
        show(recomputation.lines());
        long closed = rule.closedAt(recomputation.end());
        boolean isSettled =
                lines.isClosed(closed, inputs) && lines.closedSince(closed) + SETTLES_MILLIS < now.toEpochMilli();
        if (rule.kind() != WindowRule.Kind.GLOBAL && (!wide || isSettled)) {
            recomputation.more().ifPresent(more -> omitted(who, more));
        }
        ObjectNode recomputed = recomputation.named();
        List<String> zones = settings.zones();
        if (rule.kind() != WindowRule.Kind.CALENDAR && !zones.isEmpty()) {
            recomputed
                    .withObject("/window")
                    .put("zone", zones.contains(result.zone()) ? result.zone() : zones.get(zones.size() - 1));
        }
        if (settings.run().isPresent()) {
            findings.check("generation");
        }
        new RevisionSequence(log, topics.results(), findings).check(who, result, subject.place(), appended);
        return recomputed;
    }

    /** When the first record that a result names was appended; the epoch when that is not known, the largest instant when it names none. */
    Instant appended(PublishedResult result, Map<String, TopicLayout> inputs) {
        Instant earliest = Instant.MAX;
        for (PublishedResult.Input input : result.inputs()) {
            TopicLayout layout = inputs.get(input.topic());
            if (input.isWholeTopic() || input.partition() >= layout.partitions()) {
                continue;
            }
            long end = Math.min(input.last() + 1, layout.ends()[input.partition()]);
            long first = Math.max(input.first(), layout.beginnings()[input.partition()]);
            List<ConsumerRecord<byte[], byte[]>> records = first < end
                    ? log.read(input.topic(), input.partition(), first, end).records()
                    : List.of();
            if (records.isEmpty() || records.get(0).timestampType() != TimestampType.LOG_APPEND_TIME) {
                return Instant.EPOCH;
            }
            Instant appended = Instant.ofEpochMilli(records.get(0).timestamp());
            earliest = appended.isBefore(earliest) ? appended : earliest;
        }
        return earliest;
    }

    private void omitted(String who, ObjectNode more) {
        if (!subject.isNewest()) {
            findings.note(who + ": may have a newer revision, of more records, that Elasticsearch does not show yet");
            return;
        }
        findings.difference(who + ": omits records of its window that the inputs hold");
        answer.set("omitted", more);
    }

    private static WindowRule rule(PublishedResult result) {
        try {
            return WindowRule.of(result.spec());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw notRecomputable("its windows are not known");
        }
    }

    /** How the records of a line are read: as the start did that read them. */
    private static Function<AuditedRange, Rows> rows(
            PublishedResult result, WindowRule rule, JobSettings settings, AuditLines lines) {
        Map<Map<String, String>, Rows> known = new HashMap<>();
        return line -> known.computeIfAbsent(settings.at(line, lines), options -> rows(result, rule, options));
    }

    /** Times without a zone are read in the job's, which is also the zone of its windows, but for those of a calendar. */
    private static Rows rows(PublishedResult result, WindowRule rule, Map<String, String> options) {
        String otherwise = rule.kind() == WindowRule.Kind.CALENDAR ? "UTC" : result.zone();
        ZoneId zone = JobSettings.zone(options.getOrDefault("zone", ""))
                .or(() -> JobSettings.zone(otherwise))
                .orElse(ZoneOffset.UTC);
        return switch (result.job()) {
            case "weather-average" -> new JsonRows(JsonRows.READING, zone);
            case "transaction-total" -> new JsonRows(JsonRows.TRANSACTION, zone);
            case "time-series-speed" ->
                new CsvRows(
                        zone,
                        pattern(options, "integer-names", ".*-ni-.*"),
                        pattern(options, "string-names", ".*-ns-.*"));
            default -> throw notRecomputable("its job's input is not read here");
        };
    }

    private static Pattern pattern(Map<String, String> options, String option, String otherwise) {
        try {
            return Pattern.compile(options.getOrDefault(option, otherwise));
        } catch (PatternSyntaxException e) {
            throw notRecomputable("its job's --" + option + " is no regular expression");
        }
    }

    private static void checkThere(PublishedResult result, Map<String, TopicLayout> inputs) {
        for (PublishedResult.Input input : result.inputs()) {
            TopicLayout topic = inputs.get(input.topic());
            if (topic.partitions() <= Math.max(0, input.partition())) {
                throw new UnauditedException("The result names a partition that is not there: " + name(input) + ".");
            }
            if (input.isWholeTopic()) {
                continue;
            }
            long beginning = topic.beginnings()[input.partition()];
            if (input.first() < beginning) {
                throw new ExpiredException(input.topic(), input.partition(), input.first(), beginning);
            }
        }
    }

    /** Of topics that are those that the result was made of. */
    private void checkEnds(PublishedResult result, String who, Map<String, TopicLayout> inputs) {
        for (PublishedResult.Input input : result.inputs()) {
            if (input.isWholeTopic()) {
                continue;
            }
            long end = inputs.get(input.topic()).ends()[input.partition()];
            if (input.last() >= end) {
                findings.difference(
                        "%s: names offset %d of %s, which ends at %d".formatted(who, input.last(), name(input), end));
            }
        }
    }

    private static String name(PublishedResult.Input input) {
        return input.isWholeTopic() ? input.topic() : input.topic() + "-" + input.partition();
    }

    private void checkAudited(PublishedResult result, AuditLines lines) {
        lines.missing(result).ifPresent(gap -> {
            answer.putObject("unaudited")
                    .put("topic", gap.topic())
                    .put("partition", gap.partition())
                    .put("first", gap.first())
                    .put("last", gap.last());
            throw new UnauditedException(gap.say(lines.beginsLate()));
        });
    }

    private RuntimeException beyondTheNames(boolean isClosed, List<AuditedRange> holding) {
        return isClosed
                ? new BudgetExceededException("its inputs take %,d offsets".formatted(offsets(holding)))
                : new UnauditedException(
                        "The result names no offsets, and its window can still change; ask again later.");
    }

    /** A quarter of what may be read goes without asking: a result that names its offsets can be recomputed by those alone. */
    private boolean isAffordable(List<AuditedRange> ranges, PublishedResult result, Map<String, TopicLayout> inputs) {
        long affordable = log.budget().maxRecords() / (result.namesTopicsOnly() ? 1 : 4);
        return offsets(ranges) <= affordable
                && ranges.stream().allMatch(line -> line.firstRecord() >= beginning(line, inputs));
    }

    private static long offsets(List<AuditedRange> ranges) {
        return ranges.stream().mapToLong(AuditedRange::offsets).sum();
    }

    private static long beginning(AuditedRange line, Map<String, TopicLayout> inputs) {
        return inputs.get(line.topic()).beginnings()[line.partition()];
    }

    private void readWithinBudget(
            Recomputation recomputation,
            List<AuditedRange> ranges,
            PublishedResult result,
            Map<String, TopicLayout> inputs,
            boolean wide) {
        ToLongFunction<AuditedRange> last = line -> Math.min(
                wide ? line.last() : line.lastNamed(result),
                inputs.get(line.topic()).ends()[line.partition()] - 1);
        long offsets = 0;
        for (AuditedRange line : ranges) {
            long beginning = beginning(line, inputs);
            if (line.firstRecord() < beginning) {
                throw new ExpiredException(line.topic(), line.partition(), line.firstRecord(), beginning);
            }
            offsets += last.applyAsLong(line) - line.firstRecord() + 1;
        }
        log.budget().plan(offsets);
        recomputation.read(ranges, last);
    }

    private void show(List<Recomputation.CheckedRange> lines) {
        ArrayNode shown = answer.put("lineCount", lines.size()).putArray("lines");
        lines.stream()
                .limit(MAX_LINES_SHOWN)
                .map(read -> read.line().json().put("agrees", read.agrees()))
                .forEach(shown::add);
        lines.stream()
                .filter(read -> Boolean.FALSE.equals(read.agrees()))
                .findFirst()
                .map(Recomputation.CheckedRange::line)
                .ifPresent(line -> findings.note("audit: the line from offset %d of %s-%d differs from the inputs"
                        .formatted(line.first(), line.topic(), line.partition())));
    }

    private static ProblemException notRecomputable(String why) {
        return new ProblemException(
                Problem.of(ProblemType.NOT_RECOMPUTABLE, "This result cannot be recomputed here: " + why + "."));
    }
}
