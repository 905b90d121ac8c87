// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the records of one key and window add up to. Its size does not depend on how many there are. */
final class Pane {

    /** Beyond so many partitions results name their topics only. */
    private static final int MAX_PARTITIONS = 16;

    private static final long NEAR_OVERFLOW = 1L << 61;

    private final List<Measure> measures;
    private final BigInteger[] sums;
    private final long[] added;
    private final long[] min;
    private final long[] max;
    private final Map<Place, long[]> inputs = new TreeMap<>();
    private long count;
    private long texts;
    private long late;
    private boolean lacks;
    private boolean unknown;
    private long minTime = Long.MAX_VALUE;
    private long maxTime = Long.MIN_VALUE;
    private Text last;

    private record Place(String topic, int partition) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
        }
    }

    /** A text and where it lay: of equal times the greater partition, offset and row is the last. */
    private record Text(String text, long time, int partition, long offset, int row) {
        boolean isAfter(Text other) {
            if (other == null || time != other.time) {
                return other == null || time > other.time;
            }
            if (partition != other.partition) {
                return partition > other.partition;
            }
            return offset != other.offset ? offset > other.offset : row > other.row;
        }
    }

    Pane(List<Measure> measures) {
        this.measures = measures;
        this.sums = new BigInteger[measures.size()];
        java.util.Arrays.fill(sums, BigInteger.ZERO);
        this.added = new long[measures.size()];
        this.min = new long[measures.size()];
        this.max = new long[measures.size()];
        java.util.Arrays.fill(min, Long.MAX_VALUE);
        java.util.Arrays.fill(max, Long.MIN_VALUE);
    }

    /** Takes in one counted row. */
    void add(CountedRow row) {
        count++;
        late += row.late() ? 1 : 0;
        lacks |= Boolean.FALSE.equals(row.complete());
        unknown |= row.complete() == null;
        minTime = Math.min(minTime, row.time());
        maxTime = Math.max(maxTime, row.time());
        long offset = row.offset();
        long[] range =
                inputs.computeIfAbsent(new Place(row.topic(), row.partition()), p -> new long[] {offset, offset});
        range[0] = Math.min(range[0], offset);
        range[1] = Math.max(range[1], offset);
        if (row.measured().text() != null) {
            texts++;
            Text text = new Text(row.measured().text(), row.time(), row.partition(), row.offset(), row.row());
            last = text.isAfter(last) ? text : last;
            return;
        }
        for (int i = 0; i < sums.length; i++) {
            long units = row.measured().units()[i];
            added[i] += units;
            if (Math.abs(added[i]) > NEAR_OVERFLOW) {
                carry(i);
            }
            min[i] = Math.min(min[i], units);
            max[i] = Math.max(max[i], units);
        }
    }

    /** Takes in another pane. */
    void add(Pane other) {
        count += other.count;
        texts += other.texts;
        late += other.late;
        lacks |= other.lacks;
        unknown |= other.unknown;
        minTime = Math.min(minTime, other.minTime);
        maxTime = Math.max(maxTime, other.maxTime);
        other.inputs.forEach((place, range) ->
                inputs.merge(place, range, (a, b) -> new long[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])}));
        for (int i = 0; i < sums.length; i++) {
            other.carry(i);
            sums[i] = sums[i].add(other.sums[i]);
            min[i] = Math.min(min[i], other.min[i]);
            max[i] = Math.max(max[i], other.max[i]);
        }
        last = other.last != null && other.last.isAfter(last) ? other.last : last;
    }

    private void carry(int metric) {
        sums[metric] = sums[metric].add(BigInteger.valueOf(added[metric]));
        added[metric] = 0;
    }

    long count() {
        return count;
    }

    long minTime() {
        return minTime;
    }

    long maxTime() {
        return maxTime;
    }

    /** The fields of a result that follow from the inputs alone. */
    ObjectNode json() {
        ObjectNode json = Comparison.JSON.createObjectNode();
        ObjectNode values = json.putObject("values");
        ObjectNode scaled = json.putObject("sums");
        long numbers = count - texts;
        for (int i = 0; i < sums.length && numbers > 0; i++) {
            carry(i);
            Measure measure = measures.get(i);
            values.put(measure.main(), measure.value(sums[i], numbers));
            values.put(measure.min(), measure.number(min[i]));
            values.put(measure.max(), measure.number(max[i]));
            scaled.put(measure.sum(), sums[i].toString());
        }
        if (last != null) {
            values.put("last", last.text());
        }
        json.put("count", count);
        json.put("late", late);
        if (lacks || !unknown) {
            json.put("complete", !lacks);
        }
        json.put(
                "minEventTime",
                count == 0 ? null : Instant.ofEpochMilli(minTime).toString());
        json.put(
                "maxEventTime",
                count == 0 ? null : Instant.ofEpochMilli(maxTime).toString());
        inputs(json.putArray("inputs"));
        return json;
    }

    private void inputs(ArrayNode json) {
        if (inputs.size() > MAX_PARTITIONS) {
            inputs.keySet().stream().map(Place::topic).distinct().forEach(topic -> json.addObject()
                    .put("topic", topic));
            return;
        }
        inputs.forEach((place, range) -> json.addObject()
                .put("topic", place.topic())
                .put("partition", place.partition())
                .put("first", range[0])
                .put("last", range[1]));
    }
}
