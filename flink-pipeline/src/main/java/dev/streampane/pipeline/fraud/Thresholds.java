// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;

/** The thresholds of each pattern. Amounts are in 10^-4 of the currency unit. */
public record Thresholds(
        SmallThenLarge smallThenLarge,
        ManyTransactions manyTransactions,
        UnusualAmount unusualAmount,
        ImpossibleTravel impossibleTravel)
        implements Serializable {

    /**
     * A card is tried out with a small payment, and then emptied.
     *
     * @param smallUnits a payment up to this amount is small
     * @param largeUnits a payment from this amount on is large
     * @param window the large payment follows in less than this
     */
    public record SmallThenLarge(long smallUnits, long largeUnits, Duration window) implements Serializable {}

    /**
     * A burst of payments.
     *
     * @param count more payments than this are a burst
     * @param window they come in less than this; a burst ends when none of its payments has come for this long
     */
    public record ManyTransactions(int count, Duration window) implements Serializable {}

    /**
     * An amount far above what the client usually pays.
     *
     * @param factor a payment of more than this times the mean is unusual; at most 2 decimals
     * @param minCount the number of earlier payments that are needed for a mean
     * @param timeToLive the mean is forgotten when the client has not paid for longer than this
     */
    public record UnusualAmount(BigDecimal factor, int minCount, Duration timeToLive) implements Serializable {}

    /**
     * Purchases too far apart for the time between them.
     *
     * @param highUnits purchases from this amount on are compared
     * @param maxSpeedKmh the highest speed at which a client can travel, along the great circle
     * @param window the second purchase follows in less than this
     */
    public record ImpossibleTravel(long highUnits, int maxSpeedKmh, Duration window) implements Serializable {}
}
