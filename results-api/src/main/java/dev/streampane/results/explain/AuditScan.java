// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the audit lines of a result without reading the whole audit. Lines are written after the records that they describe, so the scan begins
 * a little before the first of these records was appended. It ends when the window is closed in all partitions.
 */
final class AuditScan {

    /** How much earlier than the result's own inputs records of other partitions may have been appended. */
    private static final Duration EARLIER = Duration.ofMinutes(10);

    /** How long before its event time a record may have been appended: this is limited by the skew, which few jobs set to more than this. */
    private static final Duration BEFORE_THE_WINDOW = Duration.ofHours(1);

    /** How much later than a line a correction of its counts may be committed. */
    private static final long CORRECTIONS_MILLIS = 60_000;

    private static final int MAX_LINES = 50_000;

    private final InputLog log;
    private final PublishedResult result;
    private final WindowRule rule;
    private final List<TopicLayout> inputs;
    private final Instant appended;
    private final boolean isWide;
    private final Map<TopicPartition, List<AuditedRange>> lines = new HashMap<>();
    private final List<AuditCorrection> corrections = new ArrayList<>();
    /** Topics that were deleted and created again since the result's generation read them. */
    private final Set<String> former = new TreeSet<>();

    private boolean beginsLate;
    private boolean fromTheFirst = true;

    /** Newest timestamp in the audit partition that is being read, ms since the epoch. */
    private long newest;

    private int found;

    /**
     * @param appended see {@link ResultRecomputation#appended}
     * @param isWide whether the result may also have inputs from long before those that it names
     */
    AuditScan(InputLog log, PublishedResult result, WindowRule rule, Instant appended, boolean isWide) {
        this.log = log;
        this.result = result;
        this.rule = rule;
        this.inputs = log.layouts(result);
        this.appended = appended;
        this.isWide = isWide;
    }

    /**
     * The lines in {@code topic}: those of each partition without a gap, and of the newest generation where several cover the same offsets.
     *
     * @throws NotRecomputedException when an input topic was deleted and created again
     */
    AuditLines scan(String topic) {
        TopicLayout audit = log.layout(topic);
        long[] starts = audit.partitions() == 0 ? new long[0] : starts(audit);
        for (TopicPartition partition : audit.topicPartitions()) {
            int number = partition.partition();
            long at = starts[number];
            fromTheFirst &= at == 0;
            beginsLate |= at == audit.beginnings()[number] && at > 0;
            newest = 0;
            while (at < audit.ends()[number] && !isBehindTheLast()) {
                Chunk chunk = log.read(partition, at, audit.ends()[number]);
                fromTheFirst &= !chunk.expired();
                beginsLate |= chunk.expired();
                chunk.records().forEach(this::add);
                at = chunk.next();
            }
        }
        if (!former.isEmpty()) {
            throw NotRecomputedException.unaudited(
                    "Topic %s was recreated: the inputs of this result are gone.".formatted(String.join(", ", former)));
        }
        return lines();
    }

    private long[] starts(TopicLayout audit) {
        Instant from = from();
        long[] starts = from.equals(Instant.EPOCH) ? audit.beginnings() : log.offsetsAt(audit, from);
        Arrays.setAll(starts, partition -> Math.max(starts[partition], audit.beginnings()[partition]));
        return starts;
    }

    /** The earliest time at which a line that matters can have been written. */
    private Instant from() {
        if (appended.equals(Instant.EPOCH)) {
            return appended;
        }
        Instant window = result.start().minus(BEFORE_THE_WINDOW);
        Instant named = appended.minus(EARLIER);
        Instant before = isWide || appended.equals(Instant.MAX)
                ? Instant.EPOCH
                : named.minusMillis(result.endMillis() - result.startMillis());
        return Collections.max(List.of(before, named.isBefore(window) ? named : window, Instant.EPOCH));
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        newest = Math.max(newest, record.timestamp());
        if (record.key() != null && !AuditLine.isKeyOf(result.job(), record.key())) {
            return;
        }
        JsonNode json = RecordJson.read(record.value());
        if (!json.path("job").asText().equals(result.job())
                || json.path("generation").asInt() > result.generation()) {
            return;
        }
        if (++found > MAX_LINES) {
            throw new BudgetExceededException("it takes more than %,d audit lines".formatted(MAX_LINES));
        }
        AuditCorrection.read(json)
                .filter(correction -> correction.spec().equals(result.spec()))
                .ifPresent(corrections::add);
        AuditLine.read(json)
                .filter(line -> isOfTheInputs(line.key()))
                .map(line -> AuditedRange.of(line, result.spec(), result.end(), record.timestamp()))
                .ifPresent(this::add);
    }

    private boolean isOfTheInputs(AuditLine.Key key) {
        Optional<TopicLayout> topic = inputs.stream()
                .filter(input -> input.name().equals(key.topic()))
                .findFirst();
        if (topic.isPresent() && !topic.get().topicId().equals(key.topicId())) {
            if (key.generation() == result.generation()) {
                former.add(key.topic());
            }
            return false;
        }
        return topic.isPresent()
                && key.partition() >= 0
                && key.partition() < topic.get().partitions();
    }

    private void add(AuditedRange line) {
        if (line.last() >= line.first()) {
            lines.computeIfAbsent(line.partition(), none -> new ArrayList<>()).add(line);
        } else if (lines.containsKey(line.partition())) { // without offsets: the rest of a line that was written before
            lines.get(line.partition()).replaceAll(before -> before.and(line));
        }
    }

    /** Whether all lines were found, and the scan is so far past them that no further correction can be about them. */
    private boolean isBehindTheLast() {
        if (!former.isEmpty()) {
            return true;
        }
        AuditLines now = lines();
        long closed = rule.closedAt(result.endMillis());
        return now.missing(result).isEmpty()
                && now.areOf(result.generation())
                && now.isClosed(closed, inputs)
                && now.closedSince(closed) < newest - CORRECTIONS_MILLIS;
    }

    private AuditLines lines() {
        Map<TopicPartition, NavigableMap<Long, AuditedRange>> chains = new TreeMap<>(TopicLayout.PARTITION_ORDER);
        Set<TopicPartition> fromStart = new HashSet<>();
        lines.forEach((partition, all) -> {
            NavigableMap<Long, AuditedRange> chain = AuditLines.chain(all);
            chains.put(partition, chain);
            if (isFirst(chain.firstEntry().getValue(), all)) {
                fromStart.add(partition);
            }
        });
        return new AuditLines(chains, fromStart, corrections(chains), beginsLate);
    }

    /** The corrections, except those of an older generation than the line over their offset, whose generation read the rows again. */
    private Corrections corrections(Map<TopicPartition, NavigableMap<Long, AuditedRange>> chains) {
        Corrections dropped = new Corrections();
        for (AuditCorrection one : corrections) {
            Corrections.Place place = Corrections.Place.of(one);
            NavigableMap<Long, AuditedRange> chain = chains.get(place.partition());
            if (chain == null
                    || one.generation()
                            >= chain.floorEntry(Math.max(one.offset(), chain.firstKey()))
                                    .getValue()
                                    .generation()) {
                dropped.add(place, one.count());
            }
        }
        return dropped;
    }

    /** Whether nothing was read before this line. A line without a clock before it may also follow one that has only rejected records. */
    private boolean isFirst(AuditedRange line, List<AuditedRange> all) {
        return line.clockBefore() == AuditedRange.NONE
                && (line.first() == 0
                        || fromTheFirst
                                && all.stream()
                                        .noneMatch(other -> other.last() == line.first() - 1
                                                && other.clockAfter() == AuditedRange.NONE));
    }
}
