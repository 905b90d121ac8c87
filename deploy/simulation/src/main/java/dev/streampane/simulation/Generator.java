// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/** Generates records at their event times, without faults. It does not read the clock. For use by one thread. */
public interface Generator {

    /** Value of {@link #nextDueMillis} after the last record. */
    long NEVER = Long.MAX_VALUE;

    /**
     * A record without faults.
     *
     * @param sequence the record's number, from 0, among all of this generator
     * @param key null for a record without a key
     * @param headers names and texts of the headers
     * @param value gives the value's bytes for an event time in ms since the epoch
     * @param mayFail false if no fault may be injected
     */
    record Generated(
            long sequence,
            String key,
            long eventTimeMillis,
            Map<String, String> headers,
            LongFunction<byte[]> value,
            boolean mayFail) {}

    /** Event time of the next record, in ms since the epoch; {@link #NEVER} after the last one. */
    long nextDueMillis();

    /** Generates the record that is due next; may be empty. */
    Optional<Generated> next();

    /**
     * Changes the rate.
     *
     * @param rate records per second; 0 for the periods of the configuration
     * @param fromMillis where the new rate begins, in ms since the epoch; it begins at the next record if that is due earlier
     */
    void rate(long rate, long fromMillis);

    /** Whether all records up to the limit have been generated. */
    boolean finished();
}
