// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * Says for every record of an input topic what must have become of it, and for every window what
 * must be published, from the log alone. One thread, no Flink, no code of the pipeline.
 *
 * <p>The rule: a partition's clock C is the largest min(eventTime, appendTime) of the valid records
 * and heartbeats before; a record is late when its window's end is at or before H, the largest C - B - L so far; it is
 * rejected when the load wrote it so (header {@code expected}), or when its event time is more than
 * the skew after its append time; otherwise it is counted. Records must come in the order of their
 * offsets.
 */
final class Oracle {

    /** Header in which the load says what is wrong with a message. */
    static final String EXPECTED = "expected";

    private final WindowRule first;
    private final Map<String, NavigableMap<Long, WindowRule>> later = new HashMap<>();
    private final Map<String, Long> clocks = new HashMap<>();
    private final Map<String, Long> horizons = new HashMap<>();
    private final Map<String, Pane> panes = new TreeMap<>();
    private final Map<Place, String> rejected = new TreeMap<>();
    private final Map<Place, String> late = new TreeMap<>();
    private long counted;
    private long heartbeats;
    private long countedLate;

    /** Where a record lies. */
    record Place(String topic, int partition, long offset) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return java.util.Comparator.comparing(Place::topic)
                    .thenComparing(Place::partition)
                    .thenComparing(Place::offset)
                    .compare(this, other);
        }
    }

    Oracle(WindowRule rule) {
        this.first = rule;
    }

    /**
     * The job was started again with another bound or lateness, and the same windows.
     *
     * @param feed the job's input
     * @param from first offset of each partition that it read then
     */
    void change(Feed feed, Map<Integer, Long> from, WindowRule rule) {
        from.forEach((partition, offset) -> later.computeIfAbsent(feed.topic() + "/" + partition, l -> new TreeMap<>())
                .put(offset, rule));
    }

    private WindowRule rule(Place place) {
        var changes = later.get(place.topic() + "/" + place.partition());
        var change = changes == null ? null : changes.floorEntry(place.offset());
        return change == null ? first : change.getValue();
    }

    void read(Feed feed, ConsumerRecord<byte[], byte[]> record) {
        Place place = new Place(record.topic(), record.partition(), record.offset());
        WindowRule rule = rule(place);
        String malformed = header(record, EXPECTED);
        if (malformed != null) {
            rejected.put(place, malformed);
            return;
        }
        boolean heartbeat = "heartbeat".equals(header(record, "kind"));
        Message message = heartbeat ? Message.heartbeat(record.value()) : Message.of(feed, record.value());
        boolean guarded = record.timestampType() == TimestampType.LOG_APPEND_TIME;
        if (guarded && message.eventTime() > record.timestamp() + rule.skew().toMillis()) {
            rejected.put(place, "future");
            return;
        }
        String log = record.topic() + "/" + record.partition();
        Long clock = clocks.get(log);
        if (heartbeat) {
            heartbeats++;
        } else {
            decide(feed, message, place, clock, rule);
        }
        long time = guarded ? Math.min(message.eventTime(), record.timestamp()) : message.eventTime();
        horizon(place, clocks.merge(log, time, Math::max), rule);
    }

    private void decide(Feed feed, Message message, Place place, Long clock, WindowRule rule) {
        long end = rule.end(message.eventTime());
        boolean closing = clock != null && end <= clock - rule.outOfOrderness().toMillis();
        if (clock != null && end <= horizon(place, clock, rule)) {
            late.put(place, message.key());
            return;
        }
        counted++;
        countedLate += closing ? 1 : 0;
        long start = rule.start(message.eventTime());
        panes.computeIfAbsent(
                        feed + "/" + start + "/" + message.key(), pane -> new Pane(feed, rule, message.key(), start))
                .add(message, place.partition(), place.offset(), closing);
    }

    /** The largest C - B - L there has ever been: what was closed stays closed when B or L grow. */
    private long horizon(Place place, long clock, WindowRule rule) {
        long now = clock
                - rule.outOfOrderness().toMillis()
                - rule.allowedLateness().toMillis();
        return horizons.merge(place.topic() + "/" + place.partition(), now, Math::max);
    }

    /** The last header of a name; null is none. */
    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** What the last revision of every window must say, by id. */
    Map<String, Expected> windows() {
        Map<String, Expected> windows = new TreeMap<>();
        panes.values().forEach(pane -> windows.put(pane.expected().id(), pane.expected()));
        return windows;
    }

    /** The reason for every rejected record. */
    Map<Place, String> rejected() {
        return rejected;
    }

    /** The key of every late record. */
    Map<Place, String> late() {
        return late;
    }

    /** The specification of the windows that it knows. */
    String spec() {
        return first.spec();
    }

    long counted() {
        return counted;
    }

    /** Those of the counted ones that came after their window's end had passed. */
    long countedLate() {
        return countedLate;
    }

    long heartbeats() {
        return heartbeats;
    }
}
