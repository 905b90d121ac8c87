// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The newest results, alerts and word counts, in the order in which this process read them.
 *
 * <p>Per topic and partition it holds every readable record with {@code earliest <= offset < position}, bounded by number, bytes and age.
 * Records below {@link #earliest} have to be read from elsewhere. Each entry has a number: its place in the reading order over all topics,
 * which differs between processes. A reader that has seen everything below a position is sent the entries at or above it, in any order.
 * So a position from one process can be resumed in another one, or after a restart, with no gap and no duplicate.
 *
 * <p>Safe for use by several threads; reads of {@link #index} take no lock.
 */
public final class Tail {

    /**
     * The place after everything that was read.
     *
     * @param next number of the next entry
     * @param position the position {@link #reached} then
     * @param epoch the tail's {@link #epoch} then
     */
    public record Place(long next, Position position, long epoch) {}

    /**
     * The next entries for a reader.
     *
     * @param reach the reach of the reader's position; unless it is HELD, there are no entries
     * @param from the reader's position, completed with the topics and partitions that it lacked
     * @param entries ordered by number; some may have been seen by the reader before
     * @param now the place of the reader after these entries, if they are the last ones; it also lies after records that are no entries
     */
    public record Slice(Reach reach, Position from, List<TailEntry> entries, Optional<Place> now) {}

    /**
     * The result of a read within one epoch.
     *
     * @param position up to where the topic had been read before the read
     * @param earliest where the topic began in the tail after the read
     */
    public record ConsistentRead<T>(TopicPosition position, T found, TopicPosition earliest) {}

    private final List<TopicBuffer> buffers;
    private final TailIndex index = new TailIndex();
    private final TailIndex alerts = new TailIndex();
    private Consumer<TailEntry> listener = entry -> {};
    private long end;
    private volatile long epoch;

    /** An empty tail of some topics. */
    public Tail(List<TopicRetention> topics) {
        buffers = topics.stream()
                .sorted(Comparator.comparing(TopicRetention::name))
                .map(kept -> new TopicBuffer(this, kept, indexOf(kept.kind())))
                .toList();
    }

    /**
     * Replaces all entries of a topic that was read for the first time, was recreated, or in which the place was lost.
     *
     * @param whole per partition, the append time from which on every record lies at {@code earliest} or above
     */
    synchronized void open(
            TopicLayout topic, long[] earliest, long[] positions, long[] whole, List<TailEntry> entries) {
        TopicBuffer buffer = buffer(topic.name());
        buffer.open(topic.topicId(), earliest, positions, whole);
        for (TailEntry entry : entries) {
            buffer.add(entry.numbered(end++));
        }
        epoch++;
    }

    /** Advances past a record, and adds its entry if it was decoded to one. */
    synchronized void append(TopicBuffer buffer, int partition, long offset, Optional<TailEntry> found) {
        if (found.isPresent()) {
            TailEntry entry = found.get().numbered(end++);
            buffer.add(entry);
            listener.accept(entry);
        } else {
            buffer.pass(partition, offset);
        }
    }

    /** Passes each entry appended from now on to {@code appended}, ordered by number, while the lock of this tail is held. */
    public synchronized void onAppend(Consumer<TailEntry> appended) {
        listener = appended;
    }

    /** Grows whenever a topic is loaded again: it is new, was recreated, or the place in it was lost. */
    public long epoch() {
        return epoch;
    }

    /** The kind of a topic's records. */
    public TailEntry.Kind kind(String topic) {
        return buffer(topic).kind();
    }

    /** The windows in the tail and their revisions. */
    public TailIndex index() {
        return index;
    }

    /** The alerts in the tail, by id, and per job ordered by start. */
    public TailIndex alerts() {
        return alerts;
    }

    private Optional<TailIndex> indexOf(TailEntry.Kind kind) {
        return switch (kind) {
            case WINDOW -> Optional.of(index);
            case ALERT -> Optional.of(alerts);
            case WORD -> Optional.empty();
        };
    }

    /** The place after everything that was read. */
    public synchronized Place now() {
        return new Place(end, reached(), epoch);
    }

    /** The position after the last record read of each partition. */
    public synchronized Position position() {
        return place(TopicBuffer.Partition::position);
    }

    /**
     * The position below which everything was read. Lies after {@link #position} where transaction markers follow the last record. Streams go on
     * from here: once the records before the markers have expired, the log may begin after the markers.
     */
    public synchronized Position reached() {
        return place(TopicBuffer.Partition::reached);
    }

    /** The position from which on everything is in the tail. */
    public synchronized Position earliest() {
        return place(TopicBuffer.Partition::earliest);
    }

    /**
     * The append time from which on every record of a topic is in the tail; empty when no such time is known.
     *
     * <p>A window that starts then or later is in the tail with all its revisions if its job writes results only after their windows' ends. This
     * does not hold for global windows and for {@link TailIndex#early} jobs.
     */
    public synchronized Optional<Instant> whole(String topic) {
        return buffer(topic).whole();
    }

    /**
     * At most {@code max} entries, from the first one at or above {@code seen}. Topics and partitions that {@code seen} lacks, because they did
     * not exist then, are read from their beginning in the tail.
     */
    public synchronized Slice read(Position seen, int max) {
        Reach reach = reach(seen);
        if (reach != Reach.HELD) {
            return new Slice(reach, seen, List.of(), Optional.empty());
        }
        List<TopicPosition> places = new ArrayList<>();
        long next = end;
        for (TopicBuffer buffer : buffers) {
            if (buffer.loaded()) {
                TopicPosition from = seen.topic(buffer.name())
                        .map(topic -> topic.withPartitions(buffer.partitions()))
                        .orElseGet(() -> buffer.place(TopicBuffer.Partition::earliest));
                places.add(from);
                next = Math.min(next, buffer.firstUnseen(from, end));
            }
        }
        List<TailEntry> entries = new ArrayList<>();
        for (TopicBuffer buffer : buffers) {
            buffer.addFrom(next, max, entries);
        }
        entries.sort(Comparator.comparingLong(TailEntry::number));
        return entries.size() < max
                ? new Slice(reach, new Position(places), entries, Optional.of(now()))
                : new Slice(reach, new Position(places), entries.subList(0, max), Optional.empty());
    }

    /**
     * The last {@code windows} windows that are not retracted, of each series that {@code wanted} accepts; at most {@code max} windows in total.
     * May be slow, but blocks nobody: entries added meanwhile lie after {@code place}, evicted ones lie below {@code earliest}.
     *
     * @param keys the only keys that {@code wanted} accepts; empty: it may accept any key
     */
    public Snapshot snapshot(Set<String> keys, Predicate<Series> wanted, int windows, int max) {
        return ofOneEpoch(() -> {
            Place place = now();
            TailIndex.Latest latest = index.latest(keys, wanted, windows, max, place.next());
            return new Snapshot(latest.entries(), place.position(), earliest(), latest.retracted(), latest.whole());
        });
    }

    /**
     * The result of {@code find} within one epoch, and how much of a topic was read. {@code find} is called again when the epoch changes. Empty
     * until the topic has been read to its end once.
     */
    public <T> Optional<ConsistentRead<T>> readConsistently(String topic, Supplier<T> find) {
        return ofOneEpoch(() -> position()
                .topic(topic)
                .map(before -> new ConsistentRead<>(
                        before, find.get(), earliest().topic(topic).orElseThrow())));
    }

    private <T> T ofOneEpoch(Supplier<T> read) {
        while (true) {
            long before = epoch;
            T found = read.get();
            if (epoch == before) {
                return found;
            }
        }
    }

    /** Whether everything after {@code wanted} is in the tail; over several topics, the last {@link Reach} in declaration order. */
    public synchronized Reach reach(Position wanted) {
        return wanted.topics().stream()
                .map(topic -> buffers.stream()
                        .filter(buffer -> buffer.name().equals(topic.name()))
                        .findFirst()
                        .map(buffer -> buffer.reach(topic))
                        .orElse(Reach.FOREIGN))
                .max(Comparator.naturalOrder())
                .orElse(Reach.HELD);
    }

    private Position place(ToLongFunction<TopicBuffer.Partition> offset) {
        return new Position(buffers.stream()
                .filter(TopicBuffer::loaded)
                .map(buffer -> buffer.place(offset))
                .toList());
    }

    /** What this tail has of a topic. */
    TopicBuffer buffer(String topic) {
        for (TopicBuffer buffer : buffers) {
            if (buffer.name().equals(topic)) {
                return buffer;
            }
        }
        throw new IllegalArgumentException("no topic " + topic + " here");
    }
}
