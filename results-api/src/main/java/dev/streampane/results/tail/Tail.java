// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The newest results, alerts and counts of words, in the order in which this process read them.
 *
 * <p>Per topic and partition it holds every readable record with {@code earliest <= offset < position}, bounded by number, bytes and age;
 * whatever lies below the {@link #earliest} has to be read from elsewhere. Each entry has a number: the reading order over all topics, which
 * differs between processes. A reader that has seen everything below a position is sent the entries at or above it, whatever the order:
 * so a position of one process resumes in another one, or after a restart, with no gap and no duplicate.
 *
 * <p>Safe for use by several threads; what {@link #index} finds needs no lock.
 */
public final class Tail {

    /**
     * Behind everything that was read.
     *
     * @param next number of the entry that comes next
     * @param position everything below was {@link #reached}
     * @param epoch the tail's {@link #epoch} when this was true
     */
    public record Place(long next, Position position, long epoch) {}

    /**
     * What comes next for a reader.
     *
     * @param reach of its position; what follows is there when that is HELD
     * @param from its position, with what it had no place in
     * @param entries in the order of their numbers, also some that it has seen
     * @param now where it is when it has gone past them, if they are the last ones: also past what was no entry
     */
    public record Slice(Reach reach, Position from, List<TailEntry> entries, Optional<Place> now) {}

    /**
     * What was found within one epoch.
     *
     * @param position up to where a topic had been read before
     * @param earliest where it began afterwards
     */
    public record ConsistentRead<T>(Position.Topic position, T found, Position.Topic earliest) {}

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
                .map(kept -> new TopicBuffer(kept, indexOf(kept.kind())))
                .toList();
    }

    /**
     * Replaces all of a topic: it was deleted and made again, or the place in it was lost.
     *
     * @param whole per partition the append time from which on everything is at its earliest offset or above
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

    /** Goes past a record, and adds the entry that it is, if it is one. */
    synchronized void append(String topic, int partition, long offset, Optional<TailEntry> found) {
        TopicBuffer buffer = buffer(topic);
        buffer.pass(partition, offset);
        if (found.isPresent()) {
            TailEntry entry = found.get().numbered(end++);
            buffer.add(entry);
            listener.accept(entry);
        }
    }

    /** Gives {@code appended} each entry that is appended from now on, in the order of their numbers, with this tail locked. */
    public synchronized void onAppend(Consumer<TailEntry> appended) {
        listener = appended;
    }

    /** Notes that everything below these offsets was read; true when that moves anything. */
    synchronized boolean reached(String topic, long[] offsets) {
        return buffer(topic).reached(offsets);
    }

    /** Where the follower reads a topic on, or nothing when it has to be read afresh. */
    synchronized Optional<long[]> readOn(TopicLayout topic) {
        return buffer(topic.name()).readOn(topic);
    }

    /** Whether a topic was read to its end once. */
    synchronized boolean loaded(String topic) {
        return buffer(topic).loaded();
    }

    /** Grows whenever a topic is read afresh: it is new, was made again, or the place in it was lost. */
    public long epoch() {
        return epoch;
    }

    /** What the records of a topic are. */
    public TailEntry.Kind kind(String topic) {
        return buffer(topic).kind();
    }

    /** The newest revisions of windows that are here. */
    public TailIndex index() {
        return index;
    }

    /** The alerts that are here, by id and by job in the order of their starts. */
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

    /** Behind everything that was read. */
    public synchronized Place now() {
        return new Place(end, reached(), epoch);
    }

    /** Behind the last record of each partition that was read. */
    public synchronized Position position() {
        return ofLoaded(TopicBuffer::position);
    }

    /**
     * Everything below was read. Lies behind {@link #position} where markers of transactions follow the last record. Streams go on from here:
     * the log may begin behind the markers once the records before them have expired.
     */
    public synchronized Position reached() {
        return ofLoaded(TopicBuffer::reached);
    }

    /** Everything from here on is in the tail. */
    public synchronized Position earliest() {
        return ofLoaded(TopicBuffer::earliest);
    }

    /**
     * Every record of a topic that was appended at this time or later is in the tail; nothing when no such time is known.
     *
     * <p>A window that starts then or later is in the tail with all of its revisions, if its job writes results after their windows' ends:
     * not so global windows, nor a {@link TailIndex#early} job.
     */
    public synchronized Optional<Instant> whole(String topic) {
        return buffer(topic).whole();
    }

    /**
     * At most {@code max} entries, from the first one on that lies at {@code seen} or above; topics and partitions that {@code seen} has no
     * place in, because they were not there, come from their beginning in the tail.
     */
    public synchronized Slice read(Position seen, int max) {
        Reach reach = reach(seen);
        if (reach != Reach.HELD) {
            return new Slice(reach, seen, List.of(), Optional.empty());
        }
        List<Position.Topic> places = new ArrayList<>();
        long next = end;
        for (TopicBuffer buffer : buffers) {
            if (buffer.loaded()) {
                Position.Topic from = seen.topic(buffer.name())
                        .map(topic -> topic.withPartitions(buffer.partitions()))
                        .orElseGet(buffer::earliest);
                places.add(from);
                next = Math.min(next, buffer.firstUnseen(from, end));
            }
        }
        List<TailEntry> entries = read(next, max);
        return new Slice(
                reach, Position.of(places), entries, entries.size() < max ? Optional.of(now()) : Optional.empty());
    }

    private List<TailEntry> read(long next, int max) {
        List<TailEntry> entries = new ArrayList<>();
        int[] at = buffers.stream().mapToInt(buffer -> buffer.find(next)).toArray();
        while (entries.size() < max) {
            int oldest = -1;
            for (int i = 0; i < at.length; i++) {
                if (at[i] < buffers.get(i).size() && (oldest < 0 || number(i, at) < number(oldest, at))) {
                    oldest = i;
                }
            }
            if (oldest < 0) {
                break;
            }
            entries.add(buffers.get(oldest).entry(at[oldest]++));
        }
        return entries;
    }

    private long number(int buffer, int[] at) {
        return buffers.get(buffer).entry(at[buffer]).number();
    }

    /**
     * Per series that {@code wanted} takes the last {@code windows} windows that are not retracted, together {@code max} at most. May take
     * its time, and holds up nobody: what comes meanwhile lies behind the place, what is evicted lies below the earliest offsets.
     *
     * @param keys {@code wanted} takes none but of these; empty: of any
     */
    public Snapshot snapshot(Set<String> keys, Predicate<Series> wanted, int windows, int max) {
        return ofOneEpoch(() -> {
            Place place = now();
            TailIndex.Latest latest = index.latest(keys, wanted, windows, max, place.next());
            return new Snapshot(latest.entries(), place.position(), earliest(), latest.retracted(), latest.whole());
        });
    }

    /**
     * What {@code find} finds within one epoch, and how much of a topic was read; it is called again when the epoch changes. Nothing before the
     * topic was read to its end once.
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

    /** Number of entries of a topic. */
    synchronized int size(String topic) {
        return buffer(topic).size();
    }

    /** About the heap that a topic's entries take. */
    synchronized long bytes(String topic) {
        return buffer(topic).bytes();
    }

    /** Whether everything behind {@code wanted} is here. */
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

    private Position ofLoaded(Function<TopicBuffer, Position.Topic> part) {
        return Position.of(
                buffers.stream().filter(TopicBuffer::loaded).map(part).toList());
    }

    private TopicBuffer buffer(String topic) {
        for (TopicBuffer buffer : buffers) {
            if (buffer.name().equals(topic)) {
                return buffer;
            }
        }
        throw new IllegalArgumentException("no topic " + topic + " here");
    }
}
