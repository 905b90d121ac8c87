// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The newest results, alerts and counts of words, in the order in which this process read them.
 *
 * <p>Per topic and partition it holds every readable record with {@code floor <= offset < position}, bounded by number, bytes and age;
 * whatever lies below the {@link #floors} has to be read from elsewhere. Each entry has a number: the reading order over all topics, which
 * differs between processes. A reader that has seen everything below a position is sent the entries at or above it, whatever the order:
 * so a position of one process resumes in another one, or after a restart, with no gap and no duplicate.
 *
 * <p>Safe for use by several threads; what {@link #index} finds needs no lock.
 */
public final class Tail {

    /**
     * A topic that is kept.
     *
     * @param maxEntries records kept of it at most
     * @param maxBytes heap that they take at most, about
     * @param maxAge records that were appended longer ago go when one is added
     */
    public record Kept(String name, TailEntry.Kind kind, int maxEntries, long maxBytes, Duration maxAge) {}

    /**
     * Where a reader is.
     *
     * @param next number of the entry that comes next; those before it are behind {@code position}
     * @param position what the reader has seen: an entry below it was sent before
     * @param lives the tail's {@link #lives} when this was true; once they are others, {@link #rejoin}
     */
    public record Place(long next, Position position, long lives) {}

    /**
     * Entries in the order of their numbers.
     *
     * @param next number from which to read on
     * @param lost entries before the first one are no longer here
     * @param now where a reader is that has gone past them, if they are the last ones: also past what was no entry
     */
    public record Slice(List<TailEntry> entries, long next, boolean lost, Optional<Place> now) {}

    /** Whether a stream can go on behind a position. */
    public enum Reach {
        /** Everything behind it is in the tail. */
        HELD,
        /** The tail does not reach back so far; the log may. */
        OLDER,
        /** Nothing has been read that far. */
        AHEAD,
        /** It belongs to an earlier life of a topic. */
        RECREATED,
        /** It belongs to topics, or partitions, that are none of these. */
        FOREIGN
    }

    /**
     * The answer to {@link #resume}.
     *
     * @param place where to read on; there exactly when {@code reach} is HELD
     */
    public record Resumed(Reach reach, Optional<Place> place) {}

    /**
     * The newest windows, and where the stream behind them begins.
     *
     * @param entries per series the newest revisions of its last windows, oldest first
     * @param place behind everything that was looked at
     * @param floors below which nothing was looked at
     * @param retracted ids of windows that are retracted here; of each series those newer than its oldest entry
     * @param whole whether all series were looked at; there may be too many
     */
    public record Cut(List<TailEntry> entries, Place place, Position floors, List<String> retracted, boolean whole) {}

    /**
     * What was found while no topic was read afresh.
     *
     * @param position up to where a topic had been read before; nothing when it had not been
     * @param floors where it began afterwards
     */
    public record Look<T>(Optional<Position.Topic> position, T found, Optional<Position.Topic> floors) {}

    private final List<Section> sections;
    private final TailIndex index = new TailIndex();
    private final TailIndex alerts = new TailIndex();
    private long end;
    private volatile long lives;

    /** An empty tail of some topics. */
    public Tail(List<Kept> topics) {
        sections = topics.stream()
                .sorted(Comparator.comparing(Kept::name))
                .map(kept -> new Section(kept, indexOf(kept.kind())))
                .toList();
    }

    /**
     * Replaces all of a topic by another life of it, or by what is left of this one.
     *
     * @param whole per partition the append time from which on everything is at its floor or above
     */
    synchronized void open(TopicLayout topic, long[] floors, long[] positions, long[] whole, List<TailEntry> entries) {
        Section section = section(topic.name());
        section.open(topic.topicId(), floors, positions, whole);
        for (TailEntry entry : entries) {
            section.add(entry.numbered(end++));
        }
        lives++;
    }

    /** Adds an entry. */
    synchronized void append(String topic, TailEntry entry) {
        section(topic).append(entry.numbered(end++));
    }

    /** Goes past a record that is none. */
    synchronized void skip(String topic, int partition, long offset) {
        section(topic).pass(partition, offset);
    }

    /** Everything below these offsets was read; true when that is news. */
    synchronized boolean reached(String topic, long[] offsets) {
        return section(topic).reached(offsets);
    }

    /** Where the follower reads a topic on, or nothing when it has to be read afresh. */
    synchronized Optional<long[]> readOn(TopicLayout topic) {
        return section(topic.name()).readOn(topic);
    }

    /** Whether a topic was read to its end once. */
    synchronized boolean loaded(String topic) {
        return section(topic).loaded();
    }

    /** Grows when a topic was read afresh: it is new, was made anew, or the place in it was lost. */
    public long lives() {
        return lives;
    }

    /** What the records of a topic are. */
    public TailEntry.Kind kind(String topic) {
        return section(topic).kind();
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
        return new Place(end, position(), lives);
    }

    /** Behind everything that was read. */
    public synchronized Position position() {
        return Position.of(
                sections.stream().filter(Section::loaded).map(Section::position).toList());
    }

    /**
     * Everything below was read. Lies behind {@link #position} where markers of transactions follow the last record; positions that
     * another process gave out may lie between the two.
     */
    public synchronized Position reached() {
        return Position.of(
                sections.stream().filter(Section::loaded).map(Section::reached).toList());
    }

    /** Everything from here on is in the tail. */
    public synchronized Position floors() {
        return Position.of(
                sections.stream().filter(Section::loaded).map(Section::floor).toList());
    }

    /**
     * Every record of a topic that was appended at this time or later is in the tail; nothing when no such time is known.
     *
     * <p>A window that starts then or later is in the tail with all of its revisions, if its job writes results after their windows' ends:
     * not so global windows, nor a {@link TailIndex#early} job.
     */
    public synchronized Optional<Instant> whole(String topic) {
        OptionalLong since = section(topic).whole();
        return since.isPresent() ? Optional.of(Instant.ofEpochMilli(since.getAsLong())) : Optional.empty();
    }

    /** Where to read on behind {@code wanted}; topics that it leaves out go on from now. */
    public synchronized Resumed resume(Position wanted) {
        return resume(wanted, false);
    }

    /**
     * Where a reader goes on after the {@link #lives} have changed; topics that it had no place in, because they were not there, come
     * from their beginning in the tail.
     */
    public synchronized Resumed rejoin(Position seen) {
        return resume(seen, true);
    }

    /** At most {@code max} entries from {@code next} on. */
    public synchronized Slice read(long next, int max) {
        List<TailEntry> entries = new ArrayList<>();
        boolean lost = sections.stream().anyMatch(section -> section.evicted() > next);
        int[] at = sections.stream().mapToInt(section -> section.find(next)).toArray();
        long after = next;
        while (entries.size() < max) {
            int oldest = -1;
            for (int i = 0; i < at.length; i++) {
                if (at[i] < sections.get(i).size()
                        && (oldest < 0
                                || sections.get(i).number(at[i])
                                        < sections.get(oldest).number(at[oldest]))) {
                    oldest = i;
                }
            }
            if (oldest < 0) {
                return new Slice(entries, end, lost, Optional.of(now()));
            }
            after = sections.get(oldest).number(at[oldest]) + 1;
            entries.add(sections.get(oldest).entry(at[oldest]++));
        }
        return new Slice(entries, after, lost, Optional.empty());
    }

    /**
     * Per series that {@code wanted} takes the last {@code windows} windows that are not retracted, together {@code max} at most. May take
     * its time, and holds up nobody: what comes meanwhile lies behind the place, what goes lies below the floors.
     *
     * @param keys {@code wanted} takes none but of these; empty: of any
     */
    public Cut cut(Set<String> keys, Predicate<Series> wanted, int windows, int max) {
        return ofOneLife(() -> {
            Place place = now();
            TailIndex.Latest latest = index.latest(keys, wanted, windows, max, place.next());
            return new Cut(latest.entries(), place, floors(), latest.retracted(), latest.whole());
        });
    }

    /** What {@code find} finds, and how much of a topic it has looked through; it is called once more when a topic was read afresh. */
    public <T> Look<T> look(String topic, Supplier<T> find) {
        return ofOneLife(() -> new Look<>(position().topic(topic), find.get(), floors().topic(topic)));
    }

    private <T> T ofOneLife(Supplier<T> look) {
        while (true) {
            long before = lives;
            T found = look.get();
            if (lives == before) {
                return found;
            }
        }
    }

    /** Number of entries of a topic. */
    synchronized int size(String topic) {
        return section(topic).size();
    }

    /** About the heap that a topic's entries take. */
    synchronized long bytes(String topic) {
        return section(topic).bytes();
    }

    /** Whether everything behind {@code wanted} is here. */
    public synchronized Reach reach(Position wanted) {
        Reach worst = Reach.HELD;
        for (Position.Topic topic : wanted.topics()) {
            Optional<Section> section = sections.stream()
                    .filter(known -> known.name().equals(topic.name()))
                    .findAny();
            Reach reach = section.map(known -> known.reach(topic)).orElse(Reach.FOREIGN);
            worst = reach.compareTo(worst) > 0 ? reach : worst;
        }
        return worst;
    }

    private Resumed resume(Position wanted, boolean missingFromFloor) {
        Reach reach = reach(wanted);
        if (reach != Reach.HELD) {
            return new Resumed(reach, Optional.empty());
        }
        List<Position.Topic> seen = new ArrayList<>();
        long next = end;
        for (Section section : sections) {
            if (section.loaded()) {
                Position.Topic from = wanted.topic(section.name())
                        .map(topic -> topic.withPartitions(section.partitions()))
                        .orElse(missingFromFloor ? section.floor() : section.position());
                seen.add(from);
                next = Math.min(next, section.firstUnseen(from, end));
            }
        }
        return new Resumed(Reach.HELD, Optional.of(new Place(next, Position.of(seen), lives)));
    }

    private Section section(String topic) {
        return sections.stream()
                .filter(section -> section.name().equals(topic))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no topic " + topic + " here"));
    }
}
