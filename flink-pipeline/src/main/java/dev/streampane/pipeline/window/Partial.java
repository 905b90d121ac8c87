// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.util.Arrays;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * What some of a pane's records add up to: those that a source's task combined, or the whole pane's in window state. Adding is exact and the order changes nothing.
 *
 * <p>Mutable; written by its serializer in package state. A partial that was emitted is never changed; {@link #add} copies what it takes in.
 */
public final class Partial {

    /** The entity's key; null in window state, which knows it anyway. */
    public String key;

    /** Records. */
    public long count;

    /** Of them those whose window's end had passed by their partition's clock, and with it that of all of their windows. */
    public long late;

    /** Of those that lie in several windows the ones that came when some of these had passed; null for none. */
    public PassedEnds passed;

    /** The smallest event time, ms since the epoch. */
    public long minEventTime = Long.MAX_VALUE;

    /** The largest event time, ms since the epoch. */
    public long maxEventTime = Long.MIN_VALUE;

    /** False when a record's window, or all of its windows, may have begun before what this generation read. */
    public boolean complete = true;

    /**
     * Of several windows those may have begun before what this generation read that begin before then, ms since the epoch. Of a session that
     * is the largest of its records, for what it merges with later can begin before then.
     */
    public long completeFrom = Long.MIN_VALUE;

    /** One per metric of the job; none as long as there is no record with numbers. */
    public Totals[] metrics = {};

    /** The texts among the records; null when there is none. */
    public Texts texts;

    /** Where the records lay. */
    public Provenance provenance = new Provenance();

    /** Of no record so far. */
    public static Partial of(String key) {
        var partial = new Partial();
        partial.key = key;
        return partial;
    }

    /**
     * Takes in one record of the same pane, in time and to complete windows.
     *
     * @param values one per metric, in units; none for a record that is a text
     */
    public void add(long eventTime, String topic, int partition, long offset, long... values) {
        provenance.add(topic, partition, offset, offset, 1);
        count++;
        minEventTime = Math.min(minEventTime, eventTime);
        maxEventTime = Math.max(maxEventTime, eventTime);
        makeMetrics(values.length);
        for (int metric = 0; metric < values.length; metric++) {
            metrics[metric].add(values[metric]);
        }
    }

    private void makeMetrics(int number) {
        if (metrics.length == number || number == 0) {
            return;
        }
        if (metrics.length > 0) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "sums of %d and of %d metrics make no window: their number may not change with state; start a new generation without state"
                            .formatted(metrics.length, number)));
        }
        metrics = new Totals[number];
        Arrays.setAll(metrics, metric -> new Totals());
    }

    public void add(Texts other) {
        texts = texts == null ? new Texts() : texts;
        texts.add(other);
    }

    /**
     * Tells of one record for which of its windows it came late, and which of them may lack earlier ones.
     *
     * @param by windows that end at or before then had passed
     * @param from windows that begin before then may lack records
     */
    public void mark(FirstWindow first, long eventTime, long by, long from) {
        boolean somePassed = first.at(eventTime).end() <= by;
        boolean someLack = first.start() < from;
        if (first.spec() instanceof WindowSpec.Sliding sliding) {
            if (somePassed) {
                add(PassedEnds.of(sliding.lastEnd(eventTime, by)));
            }
            completeFrom = someLack ? Math.max(completeFrom, from) : completeFrom;
        } else {
            late += somePassed ? 1 : 0;
            complete &= !someLack;
            completeFrom = first.spec() instanceof WindowSpec.Session ? Math.max(completeFrom, from) : completeFrom;
        }
    }

    private void add(PassedEnds others) {
        passed = passed == null ? new PassedEnds() : passed;
        passed.add(others);
    }

    /** Of several windows only {@code [start, end)} is meant from here on. */
    Partial in(long start, long end) {
        late += passed == null ? 0 : passed.from(end);
        complete &= start >= completeFrom;
        return this;
    }

    /** Takes in other records of the same pane. */
    public void add(Partial other) {
        count += other.count;
        late += other.late;
        minEventTime = Math.min(minEventTime, other.minEventTime);
        maxEventTime = Math.max(maxEventTime, other.maxEventTime);
        if (other.passed != null) {
            add(other.passed);
        }
        complete &= other.complete;
        completeFrom = Math.max(completeFrom, other.completeFrom);
        makeMetrics(other.metrics.length);
        for (int metric = 0; metric < other.metrics.length; metric++) {
            metrics[metric].add(other.metrics[metric]);
        }
        if (other.texts != null) {
            add(other.texts);
        }
        provenance.add(other.provenance);
    }

    long numbers() {
        return texts == null ? count : count - texts.count;
    }
}
