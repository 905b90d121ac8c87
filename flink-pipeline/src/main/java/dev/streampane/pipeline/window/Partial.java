// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.util.Arrays;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The aggregate of some records of a pane: in the stream, of those that a source task combined; in window state, of the whole pane.
 * Addition is exact and its order does not matter.
 *
 * <p>Mutable; serialized by {@code PartialSerializer} in package {@code state}. A partial that was emitted is never changed; {@link #add}
 * copies what it adds.
 */
public final class Partial {

    /** The key; null in window state, where Flink has it anyway. */
    public String key;

    /** Number of records. */
    public long count;

    /**
     * Number of these records that came after their window's end by their partition's clock. For sliding windows, {@link #in} adds it from
     * {@link #passed}.
     */
    public long late;

    /** The records of sliding windows that came after the end of some of their windows; null for none. */
    public PassedEnds passed;

    /** The smallest event time, ms since the epoch. */
    public long minEventTime = Long.MAX_VALUE;

    /** The largest event time, ms since the epoch. */
    public long maxEventTime = Long.MIN_VALUE;

    /** False if the window may lack records, because it may have begun before what this generation read. For sliding windows, set by {@link #in}. */
    public boolean complete = true;

    /**
     * For sliding windows and sessions, ms since the epoch: a window that begins before this time may have begun before what this
     * generation read. It is the largest value of the records; a session keeps it because a later merge can move its start before it.
     */
    public long completeFrom = Long.MIN_VALUE;

    /** One per metric of the job; empty as long as there is no record with numbers. */
    public Totals[] metrics = {};

    /** The texts of the records; null if there are none. */
    public Texts texts;

    /** Where the records are in the log. */
    public Provenance provenance = new Provenance();

    /** A partial without records. */
    public static Partial of(String key) {
        var partial = new Partial();
        partial.key = key;
        return partial;
    }

    /**
     * Adds one record of the same pane, as one that is in time and whose windows are complete; see {@link #mark}.
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
        texts = texts == null ? new Texts(0, null, 0, 0, 0, 0) : texts;
        texts.add(other);
    }

    /**
     * Marks for which of its windows a record came late, and which of them may lack earlier records.
     *
     * @param by windows that end at or before this time had ended by the partition's clock
     * @param from windows that begin before this time may lack records
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

    /** Makes this sum of slices the pane of the sliding window {@code [start, end)}: sets {@link #late} and {@link #complete}; returns this. */
    Partial in(long start, long end) {
        late += passed == null ? 0 : passed.from(end);
        complete &= start >= completeFrom;
        return this;
    }

    /** Adds other records of the same pane. */
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
