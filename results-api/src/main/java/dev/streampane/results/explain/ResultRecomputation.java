// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.PublishedResult.Input;
import dev.streampane.results.explain.WindowRule.Kind;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Recomputes one result from its inputs.
 *
 * <p>Reads the records of the audit lines over the offsets that the result names, up to the last of these offsets. If the window is closed in
 * all partitions and the cost is limited, it reads all lines in which records of the window can have been counted instead. This also detects
 * a result that omits inputs.
 */
record ResultRecomputation(
        InputLog log,
        Explanation.Topics topics,
        Instant now,
        ExplainedWindow subject,
        PublishedResult result,
        String who,
        ObjectNode answer,
        Findings findings) {

    /** Time after a window has closed by which its last revision is committed. */
    private static final long SETTLES_MILLIS = 30_000;

    private static final int MAX_LINES_SHOWN = 100;

    /**
     * The fields of the result that follow from the inputs.
     *
     * @throws NotRecomputedException when inputs are no longer there, or audit lines are missing
     * @throws BudgetExceededException when it would take too many records or too long
     * @throws ProblemException when this service does not know how to recompute it, or readers or Kafka do not answer
     */
    ObjectNode recompute() {
        List<Measure> measures =
                Measure.of(result.job()).orElseThrow(() -> notRecomputable("the computation of its job is not known"));
        WindowRule rule = rule(result, who, findings);
        JobSettings settings = JobSettings.find(log, topics.jobRuns(), result);
        checkThere();
        Instant appended = appended();
        AuditLines named = new AuditScan(log, result, rule, appended, false).scan(topics.audit());
        checkEnds();
        boolean isClosed = named.isClosed(rule.closedAt(result.endMillis()), log.layouts(result));
        AuditLines lines = isClosed && !appended.equals(Instant.EPOCH) && !named.reachBackTo(result.startMillis())
                ? new AuditScan(log, result, rule, appended, true).scan(topics.audit())
                : named;
        answer.put("settling", !isClosed && rule.kind() != Kind.GLOBAL);
        lines.missing(result).ifPresent(missing -> {
            throw missing;
        });
        if (result.namesTopicsOnly() && lines.chains().isEmpty()) {
            throw NotRecomputedException.unaudited("No audit line of this result's inputs is left.");
        }
        List<AuditedRange> holding = lines.holding(result, rule);
        boolean wide = isClosed && lines.reachBackTo(result.startMillis()) && isAffordable(holding);
        if (!wide && result.namesTopicsOnly()) {
            holding.forEach(line -> checkThere(line.partition(), line.firstRecord()));
            throw beyondTheNames(isClosed, holding);
        }
        var recomputation =
                new Recomputation(log, result, rule, line -> rows(rule, settings.at(line, lines)), measures, lines);
        readWithinBudget(recomputation, wide ? holding : lines.named(result), wide);
        answer.put("scope", wide ? "window" : "inputs");
        answer.set("read", recomputation.counts());
        show(recomputation.lines());
        long closed = rule.closedAt(recomputation.end());
        boolean isSettled = lines.isClosed(closed, log.layouts(result))
                && lines.closedSince(closed) < now.toEpochMilli() - SETTLES_MILLIS;
        if (rule.kind() != Kind.GLOBAL && (!wide || isSettled)) {
            recomputation.more().ifPresent(more -> omitted(more));
        }
        ObjectNode recomputed = recomputation.named();
        List<String> zones = settings.zones();
        if (rule.kind() != Kind.CALENDAR && !zones.isEmpty()) {
            recomputed
                    .withObject("/window")
                    .put("zone", zones.contains(result.zone()) ? result.zone() : zones.get(zones.size() - 1));
        }
        if (settings.run().isPresent()) {
            findings.check("generation");
        }
        new RevisionSequence(log, topics, findings, who, result, subject.place(), () -> settings).check(appended);
        return recomputed;
    }

    /** The append time of the first record that the result names; {@link Instant#EPOCH} if not known, {@link Instant#MAX} if it names none. */
    Instant appended() {
        Instant earliest = Instant.MAX;
        for (Input input : result.inputs()) {
            if (input.isWholeTopic()
                    || input.partition() >= log.layout(input.topic()).partitions()) {
                continue;
            }
            TopicPartition partition = partition(input);
            long end = Math.min(input.last() + 1, log.end(partition));
            long first = Math.max(input.first(), log.beginning(partition));
            List<ConsumerRecord<byte[], byte[]>> records =
                    first < end ? log.read(partition, first, end).records() : List.of();
            if (records.isEmpty() || records.get(0).timestampType() != TimestampType.LOG_APPEND_TIME) {
                return Instant.EPOCH;
            }
            Instant appended = Instant.ofEpochMilli(records.get(0).timestamp());
            earliest = appended.isBefore(earliest) ? appended : earliest;
        }
        return earliest;
    }

    private void omitted(ObjectNode more) {
        if (!subject.isNewest()) {
            findings.note(who + ": may have a newer revision, of more records, that Elasticsearch does not show yet");
            return;
        }
        if (result.version().complete()
                && more.has("complete")
                && !more.get("complete").booleanValue()) {
            findings.note(who + ": omits records with which its window would not be complete");
            return;
        }
        findings.difference(who + ": omits records of its window that the inputs hold");
        answer.set("omitted", more);
    }

    /** The windows of a result's specification; reports a difference if the result's is none of them. */
    static WindowRule rule(PublishedResult result, String who, Findings findings) {
        try {
            WindowRule rule = WindowRule.of(result.spec());
            if (!rule.isWindow(result.startMillis(), result.endMillis())) {
                findings.difference(who + ": its window does not match its specification");
            }
            return rule;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw notRecomputable("its window specification is not known");
        }
    }

    /**
     * How records are parsed that a start with these options has read. Times without a zone are in the job's zone. If that is unknown, it is
     * the zone of the windows, or UTC for calendar windows.
     */
    private Rows rows(WindowRule rule, Map<String, String> options) {
        String otherwise = rule.kind() == Kind.CALENDAR ? "UTC" : result.zone();
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
            default -> throw notRecomputable("the input of its job is not supported");
        };
    }

    private static Pattern pattern(Map<String, String> options, String option, String otherwise) {
        try {
            return Pattern.compile(options.getOrDefault(option, otherwise));
        } catch (PatternSyntaxException e) {
            throw notRecomputable("its job's --" + option + " is not a regular expression");
        }
    }

    private void checkThere() {
        for (Input input : result.inputs()) {
            if (log.layout(input.topic()).partitions() <= Math.max(0, input.partition())) {
                throw NotRecomputedException.unaudited("The result names a partition that does not exist: "
                        + (input.isWholeTopic() ? input.topic() : partition(input)) + ".");
            }
            if (!input.isWholeTopic()) {
                checkThere(partition(input), input.first());
            }
        }
    }

    /** Reports offsets beyond the ends of the topics, which have been checked to be the ones that the result was made from. */
    private void checkEnds() {
        for (Input input : result.inputs()) {
            if (!input.isWholeTopic() && input.last() >= log.end(partition(input))) {
                findings.difference("%s: names offset %d of %s, which ends at %d"
                        .formatted(who, input.last(), partition(input), log.end(partition(input))));
            }
        }
    }

    private static TopicPartition partition(Input input) {
        return new TopicPartition(input.topic(), input.partition());
    }

    private RuntimeException beyondTheNames(boolean isClosed, List<AuditedRange> holding) {
        return isClosed
                ? new BudgetExceededException("its inputs take %,d offsets".formatted(offsets(holding)))
                : NotRecomputedException.unaudited(
                        "The result names no offsets, and its window can still change; ask again later.");
    }

    /**
     * Whether the ranges are still in the log and cheap enough. If the result names its offsets, they may take a quarter of the budget only,
     * because those offsets alone suffice to recompute it.
     */
    private boolean isAffordable(List<AuditedRange> ranges) {
        long affordable = log.maxRecords() / (result.namesTopicsOnly() ? 1 : 4);
        return offsets(ranges) <= affordable
                && ranges.stream().allMatch(line -> line.firstRecord() >= log.beginning(line.partition()));
    }

    private static long offsets(List<AuditedRange> ranges) {
        return ranges.stream().mapToLong(AuditedRange::offsets).sum();
    }

    private void checkThere(TopicPartition partition, long first) {
        if (first < log.beginning(partition)) {
            throw NotRecomputedException.expired(partition, first, log.beginning(partition));
        }
    }

    private void readWithinBudget(Recomputation recomputation, List<AuditedRange> ranges, boolean wide) {
        ToLongFunction<AuditedRange> last =
                line -> Math.min(wide ? line.last() : line.lastNamed(result), log.end(line.partition()) - 1);
        long offsets = 0;
        for (AuditedRange line : ranges) {
            checkThere(line.partition(), line.firstRecord());
            offsets += last.applyAsLong(line) - line.firstRecord() + 1;
        }
        log.plan(offsets);
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
                .ifPresent(line -> findings.note("audit: the line from offset %d of %s differs from the inputs"
                        .formatted(line.first(), line.partition())));
    }

    private static ProblemException notRecomputable(String why) {
        return new ProblemException(
                ProblemType.NOT_RECOMPUTABLE, "This result cannot be recomputed here: " + why + ".");
    }
}
