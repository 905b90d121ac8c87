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
 * Finds windows, or alerts, in the {@link Tail}: by id, by job in the order of their starts, and by series.
 *
 * <p>Reads take no lock. A read sees every window that is in the tail from its beginning to its end; what is added or goes meanwhile, it may
 * see or not. Who puts the tail and a store together therefore reads here first, takes the {@link Tail#earliest} then, and asks the
 * store, which must have everything below those, last.
 */
public final class TailIndex {

    /** When there are so many early jobs, all are taken for such. */
    private static final int MAX_EARLY = 1_000;

    private static final ConcurrentSkipListMap<WindowEnd, TailEntry> NONE = new ConcurrentSkipListMap<>();

    /** The order of rows: by start, those of one start by id. */
    public record Row(Instant start, String id) implements Comparable<Row> {

        private static final Comparator<Row> ORDER =
                Comparator.comparing(Row::start).thenComparing(Row::id);

        @Override
        public int compareTo(Row other) {
            return ORDER.compare(this, other);
        }
    }

    /** The order of the windows of a series: by end, those of one end by start, then by id. */
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

    /** How many series there are of each job and specification; the key is empty. */
    private final Map<Series, Integer> kinds = new ConcurrentHashMap<>();

    private final Set<String> early = ConcurrentHashMap.newKeySet();

    TailIndex() {}

    /** Whether a result of the job was in the tail that was appended before its window's end, so that others may be, too. */
    public boolean early(String job) {
        return early.contains(job) || early.size() >= MAX_EARLY;
    }

    /** The revisions of a window that are in the tail now, the oldest version first. */
    public List<TailEntry> revisions(String id) {
        return List.copyOf(revisions(id, Long.MIN_VALUE));
    }

    /** The revisions of a window that are in the tail and newer than a version, the oldest version first. */
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

    /** The newest revisions of a job's windows behind {@code after} by {@link Row}; the map is live and in the order asked for. */
    public NavigableMap<Row, TailEntry> windows(String job, boolean ascending, Optional<Row> after) {
        ConcurrentSkipListMap<Row, TailEntry> rows = jobs.get(job);
        if (rows == null) {
            return Collections.emptyNavigableMap();
        }
        NavigableMap<Row, TailEntry> ordered = ascending ? rows : rows.descendingMap();
        return after.map(row -> ordered.tailMap(row, false)).orElse(ordered);
    }

    /** The series that have windows in the tail. */
    public Set<Series> series() {
        return Collections.unmodifiableSet(series.keySet());
    }

    /**
     * Per series that {@code wanted} takes the last windows.
     *
     * @param entries those that are not retracted, oldest first
     * @param retracted ids of retracted windows that are newer than the oldest entry of their series
     * @param whole whether all series were looked at
     */
    record Latest(List<TailEntry> entries, List<String> retracted, boolean whole) {}

    /**
     * Per series that {@code wanted} takes the last {@code windows} windows; of as many series as make {@code max} windows.
     *
     * @param keys {@code wanted} takes none but of these; empty: of any
     * @param next entries of this number and above have come later
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
                if (entry.status().equals("RETRACTED")) {
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

    /** The newest revision of the same window that had come by then, or null. */
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

    /** Takes out the oldest revision of its window. What is newest then may be older than what went; a store has that. */
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

    /** Whether it was the last one of its key. */
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

    /** The revisions of a window agree in all this, unless somebody else wrote one. */
    private static boolean sameRow(TailEntry one, TailEntry other) {
        return one.series().equals(other.series()) && WindowEnd.of(one).equals(WindowEnd.of(other));
    }
}
