// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/**
 * What some of a pane's records add up to: one record's when it leaves {@code Intake}, more of them when partials are combined, the whole
 * pane's in window state. Adding is exact and the order changes nothing.
 *
 * <p>Mutable; a POJO for Flink. A partial that was emitted is never changed; {@link #add} copies what it takes in.
 */
public final class Partial {

    /** The entity's key; null in window state, which knows it anyway. */
    public String key;

    /** Records. */
    public long count;

    /** Of them those whose window's end had passed by their partition's clock. */
    public long late;

    /** The smallest event time, ms since the epoch. */
    public long minEventTime = Long.MAX_VALUE;

    /** The largest event time, ms since the epoch. */
    public long maxEventTime = Long.MIN_VALUE;

    /** False when a record's window may have begun before what this generation read. */
    public boolean complete = true;

    /** One per metric of the job; none as long as there is no record with numbers. */
    public Totals[] metrics = {};

    /** The texts among the records; null when there is none. */
    public Texts texts;

    /** Where the records lay. */
    public Provenance provenance = new Provenance();

    /**
     * What one record adds.
     *
     * @param provenance where it lay
     * @param values one per metric, in units; none for a record that is a text
     */
    public static Partial of(
            String key,
            long eventTime,
            boolean late,
            boolean complete,
            Provenance provenance,
            long... values) {
        var partial = new Partial();
        partial.key = key;
        partial.count = 1;
        partial.late = late ? 1 : 0;
        partial.minEventTime = eventTime;
        partial.maxEventTime = eventTime;
        partial.complete = complete;
        partial.provenance = provenance;
        partial.metrics = new Totals[values.length];
        for (int metric = 0; metric < values.length; metric++) {
            partial.metrics[metric] = Totals.of(values[metric]);
        }
        return partial;
    }

    /** Takes in other records of the same pane. */
    void add(Partial other) {
        count += other.count;
        late += other.late;
        minEventTime = Math.min(minEventTime, other.minEventTime);
        maxEventTime = Math.max(maxEventTime, other.maxEventTime);
        complete &= other.complete;
        if (metrics.length < other.metrics.length) {
            metrics = new Totals[other.metrics.length];
            for (int metric = 0; metric < metrics.length; metric++) {
                metrics[metric] = new Totals();
            }
        }
        for (int metric = 0; metric < other.metrics.length; metric++) {
            metrics[metric].add(other.metrics[metric]);
        }
        if (other.texts != null) {
            texts = texts == null ? new Texts() : texts;
            texts.add(other.texts);
        }
        provenance.add(other.provenance);
    }

    /** Records that have numbers. */
    long numbers() {
        return texts == null ? count : count - texts.count;
    }
}
