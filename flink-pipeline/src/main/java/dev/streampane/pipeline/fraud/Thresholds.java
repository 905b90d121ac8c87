// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;

/** From where on something is suspicious, pattern by pattern. Amounts are in 10^-4 of the currency unit. */
public record Thresholds(
        SmallThenLarge smallThenLarge,
        ManyTransactions manyTransactions,
        UnusualAmount unusualAmount,
        ImpossibleTravel impossibleTravel)
        implements Serializable {

    /**
     * A card is tried out with a small payment, and then emptied.
     *
     * @param smallUnits up to this a payment is small
     * @param largeUnits from this on it is large
     * @param window the large one follows in less than this
     */
    public record SmallThenLarge(long smallUnits, long largeUnits, Duration window) implements Serializable {}

    /**
     * A burst of payments.
     *
     * @param count more than so many are a burst
     * @param window they come in less than this; a burst goes on until so long has nothing of it come
     */
    public record ManyTransactions(int count, Duration window) implements Serializable {}

    /**
     * An amount far above what the client usually pays.
     *
     * @param factor more than so many times the mean; at most 2 decimals
     * @param minCount so many earlier payments make a mean
     * @param timeToLive after a longer silence the mean is forgotten
     */
    public record UnusualAmount(BigDecimal factor, int minCount, Duration timeToLive) implements Serializable {}

    /**
     * Purchases too far apart for the time between them.
     *
     * @param highUnits from this on a purchase counts
     * @param maxSpeedKmh nobody is faster, along the great circle
     * @param window the second follows in less than this
     */
    public record ImpossibleTravel(long highUnits, int maxSpeedKmh, Duration window) implements Serializable {}
}
