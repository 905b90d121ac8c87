// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * Finds windows, or alerts, in the {@link Tail}: by id, by job ordered by start, and by series.
 *
 * <p>Reads take no lock. A read sees every window that is in the tail for as long as the read takes; a window that is added or removed meanwhile
 * may be seen or not. So a caller that combines the tail with a store must read here first, then take {@link Tail#earliest}, and query the
 * store last: the store must have everything below those offsets.
 */
public final class TailIndex {

    /** Once there are so many early jobs, every job is treated as early. */
    private static final int MAX_EARLY = 1_000;

    private static final ConcurrentSkipListMap<WindowEnd, TailEntry> NONE = new ConcurrentSkipListMap<>();

    /** The sort key of rows: by start, then by id. */
    public record Row(Instant start, String id) implements Comparable<Row> {

        private static final Comparator<Row> ORDER =
                Comparator.comparing(Row::start).thenComparing(Row::id);

        @Override
        public int compareTo(Row other) {
            return ORDER.compare(this, other);
        }
    }

    /** The sort key of the windows of a series: by end, then by start, then by id. */
    public record WindowEnd(Instant end, Instant start, String id) implements Comparable<WindowEnd> {

        private static final Comparator<WindowEnd> ORDER = Comparator.comparing(WindowEnd::end)
                .thenComparing(WindowEnd::start)
                .thenComparing(WindowEnd::id);

        public static WindowEnd of(TailEntry entry) {
            return new WindowEnd(entry.end(), entry.start(), entry.id());
        }

        @Override
        public int compareTo(WindowEnd other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<String, Revisions> revisions = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentSkipListMap<Row, TailEntry>> jobs = new ConcurrentHashMap<>();
    private final Map<Series, ConcurrentSkipListMap<WindowEnd, TailEntry>> series = new ConcurrentHashMap<>();

    /** Number of series per job and specification; the {@link Series#key} of these map keys is empty. */
    private final Map<Series, Integer> kinds = new ConcurrentHashMap<>();

    private final Set<String> early = ConcurrentHashMap.newKeySet();

    TailIndex() {}

    /** Whether the tail has had a result of the job that was appended before its window's end, so that others may be, too. */
    public boolean early(String job) {
        return early.contains(job) || early.size() >= MAX_EARLY;
    }

    /** The revisions of a window that are in the tail now, lowest version first. */
    public List<TailEntry> revisions(String id) {
        return List.copyOf(revisions(id, Long.MIN_VALUE));
    }

    /** The revisions of a window in the tail whose version is higher than {@code after}, lowest version first. */
    public Collection<TailEntry> revisions(String id, long after) {
        Revisions of = revisions.get(id);
        return of == null ? List.of() : of.after(after);
    }

    /** The newest revision of a window that is in the tail. */
    public Optional<TailEntry> newest(String id) {
        return Optional.ofNullable(revisions.get(id)).flatMap(Revisions::newest);
    }

    /** The jobs that have windows in the tail. */
    public Set<String> jobs() {
        return Set.copyOf(jobs.keySet());
    }

    /** The newest revisions of a job's windows that come after {@code after}, sorted by {@link Row} in the given direction; a live view. */
    public Collection<TailEntry> windows(String job, boolean ascending, Optional<Row> after) {
        ConcurrentSkipListMap<Row, TailEntry> rows = jobs.get(job);
        if (rows == null) {
            return List.of();
        }
        NavigableMap<Row, TailEntry> ordered = ascending ? rows : rows.descendingMap();
        return after.map(row -> ordered.tailMap(row, false)).orElse(ordered).values();
    }

    /** The series that have windows in the tail. */
    public Set<Series> series() {
        return Collections.unmodifiableSet(series.keySet());
    }

    /**
     * The last windows of series.
     *
     * @param entries windows that are not retracted, oldest first
     * @param retracted ids of the retracted windows that were read: those newer than the oldest entry of their series, or all of a series that has
     *     too few entries
     * @param whole whether all series were read
     */
    record Latest(List<TailEntry> entries, List<String> retracted, boolean whole) {}

    /**
     * The last {@code windows} windows of each series that {@code wanted} accepts; stops at {@code max} windows in total.
     *
     * @param keys the only keys that {@code wanted} accepts; empty: it may accept any key
     * @param next entries with this number or a higher one are ignored
     */
    Latest latest(Set<String> keys, Predicate<Series> wanted, int windows, int max, long next) {
        List<TailEntry> latest = new ArrayList<>();
        List<String> retracted = new ArrayList<>();
        boolean few = !keys.isEmpty() && keys.size() * kinds.size() < series.size();
        for (Series of : few ? series(keys) : series.keySet()) {
            if (!wanted.test(of)) {
                continue;
            }
            int left = windows;
            ConcurrentSkipListMap<WindowEnd, TailEntry> inOrder = series.getOrDefault(of, NONE);
            for (TailEntry newest : inOrder.descendingMap().values()) {
                TailEntry entry = newest.number() < next ? newest : before(newest, next);
                if (entry == null) {
                    continue;
                }
                if (entry.isRetracted()) {
                    retracted.add(entry.id());
                } else if (latest.size() == max) {
                    return new Latest(sorted(latest), retracted, false);
                } else {
                    latest.add(entry);
                    left--;
                }
                if (left == 0) {
                    break;
                }
            }
        }
        return new Latest(sorted(latest), retracted, true);
    }

    /** The newest revision of the same window among the entries before number {@code next}; null when there is none. */
    private TailEntry before(TailEntry newest, long next) {
        return revisions(newest.id()).stream()
                .filter(entry -> entry.number() < next && entry.series().equals(newest.series()))
                .reduce((older, newer) -> newer)
                .orElse(null);
    }

    private List<Series> series(Set<String> keys) {
        return keys.stream()
                .flatMap(key -> kinds.keySet().stream().map(kind -> new Series(kind.job(), kind.spec(), key)))
                .toList();
    }

    private static List<TailEntry> sorted(List<TailEntry> entries) {
        entries.sort(Comparator.comparing(WindowEnd::of));
        return entries;
    }

    void add(TailEntry entry) {
        if (entry.end().toEpochMilli() > entry.appended() && early.size() < MAX_EARLY) {
            early.add(entry.job());
        }
        Revisions others = revisions.get(entry.id());
        Optional<TailEntry> known = Optional.ofNullable(others).flatMap(Revisions::newest);
        revisions.put(entry.id(), others == null ? Revisions.of(entry) : others.with(entry));
        if (known.filter(newer -> newer.version() > entry.version()).isEmpty()) {
            known.filter(older -> !sameRow(older, entry)).ifPresent(this::unlist);
            jobs.computeIfAbsent(entry.job(), job -> new ConcurrentSkipListMap<>())
                    .put(entry.row(), entry);
            series.computeIfAbsent(entry.series(), this::begin).put(WindowEnd.of(entry), entry);
        }
    }

    /** Removes the revision of its window that was read first. It may have the highest version; then only a store has the newest revision. */
    void remove(TailEntry entry) {
        revisions.computeIfPresent(entry.id(), (id, all) -> all.without(entry).orElse(null));
        ConcurrentSkipListMap<Row, TailEntry> rows = jobs.get(entry.job());
        if (rows != null && rows.get(entry.row()) == entry) {
            unlist(entry);
        }
    }

    private ConcurrentSkipListMap<WindowEnd, TailEntry> begin(Series of) {
        kinds.merge(kind(of), 1, Integer::sum);
        return new ConcurrentSkipListMap<>();
    }

    private void unlist(TailEntry entry) {
        removeFrom(jobs, entry.job(), entry.row());
        if (removeFrom(series, entry.series(), WindowEnd.of(entry))) {
            kinds.compute(kind(entry.series()), (kind, left) -> left == 1 ? null : left - 1);
        }
    }

    private static Series kind(Series of) {
        return new Series(of.job(), of.spec(), "");
    }

    /** Removes a row; whether it was the last one of its key. */
    private static <K, R> boolean removeFrom(Map<K, ConcurrentSkipListMap<R, TailEntry>> maps, K key, R row) {
        ConcurrentSkipListMap<R, TailEntry> rows = maps.get(key);
        if (rows != null) {
            rows.remove(row);
            if (rows.isEmpty()) {
                maps.remove(key);
                return true;
            }
        }
        return false;
    }

    /** Whether both have the same series, end, start and id: so it is with revisions of one window, unless a foreign producer wrote one. */
    private static boolean sameRow(TailEntry one, TailEntry other) {
        return one.series().equals(other.series()) && WindowEnd.of(one).equals(WindowEnd.of(other));
    }
}
