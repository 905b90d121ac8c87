// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The revisions of one window, ordered by version. Most windows have few: these are in a list that is copied at each change. Many revisions are in
 * a map, so that adding one does not copy all. One thread changes them while others read.
 */
final class Revisions {

    private static final int FEW = 8;

    private record Place(long version, long number) {

        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::version).thenComparingLong(Place::number);

        private static Place of(TailEntry entry) {
            return new Place(entry.version(), entry.number());
        }
    }

    /** Empty when there are many. */
    private final List<TailEntry> few;

    /** Null when there are few. */
    private final NavigableMap<Place, TailEntry> many;

    private Revisions(List<TailEntry> few, NavigableMap<Place, TailEntry> many) {
        this.few = few;
        this.many = many;
    }

    static Revisions of(TailEntry only) {
        return new Revisions(List.of(only), null);
    }

    /** These revisions and {@code entry}. */
    Revisions with(TailEntry entry) {
        if (many != null) {
            many.put(Place.of(entry), entry);
            return this;
        }
        if (few.size() < FEW) {
            List<TailEntry> all = new ArrayList<>(few);
            all.add(entry);
            all.sort(Comparator.comparing(Place::of, Place.ORDER));
            return new Revisions(List.copyOf(all), null);
        }
        NavigableMap<Place, TailEntry> all = new ConcurrentSkipListMap<>(Place.ORDER);
        few.forEach(known -> all.put(Place.of(known), known));
        all.put(Place.of(entry), entry);
        return new Revisions(List.of(), all);
    }

    /** These revisions without {@code entry}; empty when none is left. */
    Optional<Revisions> without(TailEntry entry) {
        if (many != null) {
            many.remove(Place.of(entry));
            return many.isEmpty() ? Optional.empty() : Optional.of(this);
        }
        List<TailEntry> left = few.stream().filter(other -> other != entry).toList();
        return left.isEmpty() ? Optional.empty() : Optional.of(new Revisions(left, null));
    }

    /** The revisions newer than {@code version}, lowest version first; a live view when there are many. */
    Collection<TailEntry> after(long version) {
        return many == null
                ? few.stream().filter(entry -> entry.version() > version).toList()
                : many.tailMap(new Place(version, Long.MAX_VALUE), false).values();
    }

    /** The revision with the highest version; empty when another thread has just removed the last one. */
    Optional<TailEntry> newest() {
        return many == null
                ? Optional.of(few.get(few.size() - 1))
                : many.descendingMap().values().stream().findFirst();
    }
}
