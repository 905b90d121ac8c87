// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.store.ResultJson;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** The aggregate of the records of one key and window. Its size does not depend on the number of records. */
final class Pane {

    /** A result with more partitions than this names only their topics. */
    private static final int MAX_PARTITIONS = 16;

    /** Of several texts with the same time, the greatest partition, then offset, then row is the last. */
    private static final Comparator<CountedRow> ORDER = Comparator.comparingLong(CountedRow::time)
            .thenComparingInt(counted -> counted.partition().partition())
            .thenComparingLong(CountedRow::offset)
            .thenComparingInt(counted -> counted.row().number());

    private final List<Measure> measures;
    private final BigInteger[] sums;
    private final LongSummaryStatistics[] units;
    private final Map<TopicPartition, LongSummaryStatistics> inputs = new TreeMap<>(TopicLayout.PARTITION_ORDER);
    private final LongSummaryStatistics times = new LongSummaryStatistics();
    private long late;
    private CompleteFrom completeFrom = CompleteFrom.THE_BEGINNING;

    /** The last row with a text; null if none has one. */
    private CountedRow last;

    Pane(List<Measure> measures) {
        this.measures = measures;
        this.sums = new BigInteger[measures.size()];
        Arrays.fill(sums, BigInteger.ZERO);
        this.units = new LongSummaryStatistics[measures.size()];
        Arrays.setAll(units, measure -> new LongSummaryStatistics());
    }

    /** Adds one counted row. */
    void add(CountedRow counted) {
        late += counted.late() ? 1 : 0;
        completeFrom = completeFrom.and(counted.completeFrom());
        times.accept(counted.time());
        offsets(counted.partition()).accept(counted.offset());
        if (counted.row().text() != null) {
            keepLast(counted);
            return;
        }
        for (int i = 0; i < sums.length; i++) {
            long measured = counted.row().units()[i];
            sums[i] = sums[i].add(BigInteger.valueOf(measured));
            units[i].accept(measured);
        }
    }

    /** Adds all that another pane holds. */
    void add(Pane other) {
        late += other.late;
        completeFrom = completeFrom.and(other.completeFrom);
        times.combine(other.times);
        other.inputs.forEach((partition, offsets) -> offsets(partition).combine(offsets));
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sums[i].add(other.sums[i]);
            units[i].combine(other.units[i]);
        }
        if (other.last != null) {
            keepLast(other.last);
        }
    }

    private LongSummaryStatistics offsets(TopicPartition partition) {
        return inputs.computeIfAbsent(partition, none -> new LongSummaryStatistics());
    }

    private void keepLast(CountedRow text) {
        last = last == null || ORDER.compare(text, last) > 0 ? text : last;
    }

    long count() {
        return times.getCount();
    }

    long minTime() {
        return times.getMin();
    }

    long maxTime() {
        return times.getMax();
    }

    /**
     * The fields of a result that follow from the inputs alone.
     *
     * @param from the earliest event time that a record of the window can have, ms since the epoch
     */
    ObjectNode json(long from) {
        ObjectNode json = ResultJson.JSON.createObjectNode();
        ObjectNode values = json.putObject("values");
        ObjectNode scaled = json.putObject("sums");
        for (int i = 0; i < sums.length && units[i].getCount() > 0; i++) {
            Measure measure = measures.get(i);
            values.put(measure.main(), measure.value(sums[i], units[i].getCount()));
            values.put("min_" + measure.name(), measure.number(units[i].getMin()));
            values.put("max_" + measure.name(), measure.number(units[i].getMax()));
            scaled.put(measure.name(), sums[i].toString());
        }
        if (last != null) {
            values.put("last", last.row().text());
        }
        json.put("count", count());
        json.put("late", late);
        Boolean complete = completeFrom.holds(from);
        if (complete != null) {
            json.put("complete", complete);
        }
        json.put(
                "minEventTime",
                count() == 0 ? null : Instant.ofEpochMilli(minTime()).toString());
        json.put(
                "maxEventTime",
                count() == 0 ? null : Instant.ofEpochMilli(maxTime()).toString());
        inputs(json.putArray("inputs"));
        return json;
    }

    private void inputs(ArrayNode json) {
        if (inputs.size() > MAX_PARTITIONS) {
            inputs.keySet().stream().map(TopicPartition::topic).distinct().forEach(topic -> json.addObject()
                    .put("topic", topic));
            return;
        }
        inputs.forEach((partition, offsets) -> json.addObject()
                .put("topic", partition.topic())
                .put("partition", partition.partition())
                .put("first", offsets.getMin())
                .put("last", offsets.getMax()));
    }
}
