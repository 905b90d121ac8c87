// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/** Makes records at their event times, before any fault. It has no clock of its own. For use by one thread. */
public interface Generator {

    /** What {@link #nextDueMillis} is when there is none any more. */
    long NEVER = Long.MAX_VALUE;

    /**
     * A record as it is when nothing goes wrong.
     *
     * @param sequence its number among all that are made
     * @param key null for none
     * @param headers beside the value
     * @param value its bytes, with an event time in ms since the epoch
     * @param mayFail false where no fault may hit it
     */
    record Generated(
            long sequence,
            String key,
            long eventTimeMillis,
            Map<String, String> headers,
            LongFunction<byte[]> value,
            boolean mayFail) {}

    /** Event time of the next record, in ms since the epoch; {@link #NEVER} when there is none any more. */
    long nextDueMillis();

    /** Makes what is due next, which may turn out to be nothing. */
    Optional<Generated> next();

    /**
     * From a moment on makes records at another rate.
     *
     * @param rate records per second; 0 for the periods of the configuration
     * @param fromMillis no record from now on has an earlier event time, unless it is due before
     */
    void rate(long rate, long fromMillis);

    /** Whether all up to the limit are made. */
    boolean finished();
}
