// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * The plan of a replay: audit lines of one generation, without a gap in any partition. The first line of a partition has the clock and horizons
 * to begin with, and all lines together have the settings that were in force from each offset on.
 */
final class ReplayPlan {

    /** Lines by topic and partition, in the order of offsets. */
    private final Map<TopicPartition, List<AuditLine>> lines;

    private ReplayPlan(Map<TopicPartition, List<AuditLine>> lines) {
        this.lines = lines;
    }

    /**
     * Selects the lines of all windows from {@code from} to {@code to}. In each partition these begin with the last line whose clock was before
     * {@code from} at its beginning, and end with the first line at whose end all horizons had reached {@code to}. Without {@code from} they begin
     * with the first line, without {@code to} they end with the last.
     *
     * @param all lines of one generation
     * @throws IllegalStateException naming the partition and offsets between which a line is missing
     */
    static ReplayPlan of(List<AuditLine> all, Optional<Instant> from, Optional<Instant> to) {
        Map<TopicPartition, List<AuditLine>> byPartition =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        all.stream().sorted(Comparator.comparingLong(AuditLine::first)).forEach(line -> byPartition
                .computeIfAbsent(partition(line), p -> new ArrayList<>())
                .add(line));
        byPartition.replaceAll((partition, ofOne) -> within(ofOne, from, to));
        byPartition.values().removeIf(List::isEmpty);
        byPartition.forEach(ReplayPlan::checkGaps);
        return new ReplayPlan(byPartition);
    }

    static TopicPartition partition(AuditLine line) {
        return new TopicPartition(line.key().topic(), line.key().partition());
    }

    private static List<AuditLine> within(List<AuditLine> ofOne, Optional<Instant> from, Optional<Instant> to) {
        int first = 0;
        int end = ofOne.size();
        for (int i = ofOne.size() - 1; i >= 0; i--) {
            AuditLine line = ofOne.get(i);
            if (to.isPresent() && hasClosed(line, AuditLine.SpecCounts::horizonAfter, to.get())) {
                end = i + 1;
            }
            if (from.isPresent() && first == 0 && !hasReached(line.clockBefore(), from.get())) {
                first = i;
            }
        }
        boolean ended = from.isPresent() && !hasReached(ofOne.get(end - 1).clockAfter(), from.get());
        boolean closed = to.isPresent() && hasClosed(ofOne.get(first), AuditLine.SpecCounts::horizonBefore, to.get());
        return ended || closed ? List.of() : List.copyOf(ofOne.subList(first, end));
    }

    private static boolean hasReached(Optional<Instant> clock, Instant time) {
        return clock.filter(reached -> !reached.isBefore(time)).isPresent();
    }

    private static boolean hasClosed(
            AuditLine line, Function<AuditLine.SpecCounts, Optional<Instant>> horizon, Instant time) {
        return line.specs().stream().allMatch(spec -> hasReached(horizon.apply(spec), time));
    }

    private static void checkGaps(TopicPartition partition, List<AuditLine> ofOne) {
        for (int i = 1; i < ofOne.size(); i++) {
            AuditLine before = ofOne.get(i - 1);
            AuditLine line = ofOne.get(i);
            if (line.first() != before.last() + 1 || !line.clockBefore().equals(before.clockAfter())) {
                throw new IllegalStateException("the audit of %s does not fit together between offsets %d and %d"
                        .formatted(partition, before.last(), line.first()));
            }
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    Set<TopicPartition> partitions() {
        return lines.keySet();
    }

    List<AuditLine> lines(TopicPartition partition) {
        return lines.get(partition);
    }

    /** The first offset of a partition. */
    long first(TopicPartition partition) {
        return lines.get(partition).get(0).first();
    }

    /** The last offset of a partition. */
    long last(TopicPartition partition) {
        List<AuditLine> ofOne = lines.get(partition);
        return ofOne.get(ofOne.size() - 1).last();
    }

    /** The number of records in the lines. */
    long records() {
        return all().mapToLong(AuditLine::records).sum();
    }

    /** Every specification that was in force somewhere, in canonical form. */
    Set<String> specs() {
        Set<String> specs = new LinkedHashSet<>();
        all().forEach(line -> specs.addAll(line.settings().specs()));
        return specs;
    }

    /** The largest out-of-orderness. With it and the largest allowed lateness, no operator drops a row that was counted under smaller ones. */
    Duration outOfOrderness() {
        return settings(AuditLine.Settings::outOfOrderness).last();
    }

    /** The largest allowed lateness. */
    Duration allowedLateness() {
        return settings(AuditLine.Settings::allowedLateness).last();
    }

    /** The smallest skew, so that no watermark overtakes a clock. */
    Duration skew() {
        return settings(AuditLine.Settings::skew).first();
    }

    private SortedSet<Duration> settings(Function<AuditLine.Settings, Duration> setting) {
        return all().map(line -> setting.apply(line.settings())).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The lines of all partitions. */
    Stream<AuditLine> all() {
        return lines.values().stream().flatMap(List::stream);
    }

    /** Whether all inputs of a result lie in these lines; false for a result that names only topics. */
    boolean holds(PublishedResult result) {
        return result.inputs().stream().allMatch(input -> {
            TopicPartition partition = partition(input);
            return lines.containsKey(partition) && input.first() >= first(partition) && input.last() <= last(partition);
        });
    }

    /** Whether some of a result's inputs may lie in these lines. */
    boolean touches(PublishedResult result) {
        return result.inputs().stream().anyMatch(input -> {
            TopicPartition partition = partition(input);
            return input.isWholeTopic()
                    || lines.containsKey(partition)
                            && input.first() <= last(partition)
                            && input.last() >= first(partition);
        });
    }

    private static TopicPartition partition(PublishedResult.Input input) {
        return new TopicPartition(input.topic(), input.partition());
    }

    /** The contract {@code replay-plan/v1}. */
    private record Plan(List<Range> partitions) {}

    private record Range(
            String topic, int partition, long first, long last, Optional<Instant> clock, List<Rules> rules) {}

    private record Rules(
            long from,
            Duration outOfOrderness,
            Duration allowedLateness,
            Duration skew,
            Map<String, Optional<Instant>> horizons) {}

    /** The text that the job's option {@code --replay} takes: contract {@code replay-plan/v1}. */
    String json() {
        List<Range> ranges = new ArrayList<>();
        lines.forEach((partition, ofOne) -> {
            List<Rules> rules = new ArrayList<>();
            AuditLine before = null;
            for (AuditLine line : ofOne) {
                if (before == null || isUnderOtherRules(before, line)) {
                    rules.add(rules(line));
                }
                before = line;
            }
            ranges.add(new Range(
                    partition.topic(),
                    partition.partition(),
                    first(partition),
                    last(partition),
                    ofOne.get(0).clockBefore(),
                    rules));
        });
        return new String(Json.of(new Plan(ranges)), StandardCharsets.UTF_8);
    }

    /** Whether a restart between two lines has changed the settings, or the horizons, which change with them. */
    private static boolean isUnderOtherRules(AuditLine before, AuditLine line) {
        return !line.settings().equals(before.settings())
                || !horizons(line, AuditLine.SpecCounts::horizonBefore)
                        .equals(horizons(before, AuditLine.SpecCounts::horizonAfter));
    }

    private static Rules rules(AuditLine line) {
        AuditLine.Settings settings = line.settings();
        return new Rules(
                line.first(),
                settings.outOfOrderness(),
                settings.allowedLateness(),
                settings.skew(),
                horizons(line, AuditLine.SpecCounts::horizonBefore));
    }

    private static Map<String, Optional<Instant>> horizons(
            AuditLine line, Function<AuditLine.SpecCounts, Optional<Instant>> which) {
        Map<String, Optional<Instant>> horizons = new TreeMap<>();
        line.specs().forEach(spec -> horizons.put(spec.spec(), which.apply(spec)));
        return horizons;
    }
}
