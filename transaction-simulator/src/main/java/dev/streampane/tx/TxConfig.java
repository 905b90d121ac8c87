// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Allowed;
import dev.streampane.simulation.SimulatorConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/** The simulator's settings. {@link ConfigCheck} holds the values to what {@link Allowed} says. */
@RegisterForReflection(ignoreNested = false)
@ConfigMapping(prefix = "tx")
public interface TxConfig extends SimulatorConfig {

    /** Topic that transactions and heartbeats go to. It must exist. */
    @Override
    @WithDefault("transactions")
    @Allowed(TOPIC)
    String topic();

    /** What a transaction looks like: {@code json} (contract transaction/v1) or {@code legacy}. */
    @WithDefault("json")
    @Allowed("json or legacy")
    TransactionFormat format();

    /** Time between two transactions, over all clients. */
    @WithDefault("5s")
    @Allowed("a duration from {1ms} to {1d}")
    Duration period();

    /** Rate mode: transactions per second over all clients, evenly; 0: one per period. */
    @Override
    @WithDefault("0")
    @Allowed("a whole number from {0} (one per period) to {1000000}")
    long rate();

    /** Who pays. */
    Clients clients();

    /** How much. */
    Amounts amounts();

    /** To whom; half of a client's transactions are at its favourite. */
    @WithDefault("Bakery,Supermarket,Pharmacy,Bookshop,Cinema,Café,Petrol station,Clothes,Electronics,Hotel")
    @Allowed("a list of names of 1 to 200 characters, none of them a control character")
    List<String> merchants();

    /** Where. */
    Locations locations();

    /** Fraud on purpose, and what nearly is. */
    Scenarios scenarios();

    /** The population. Its ids are whole numbers, from the first on. */
    interface Clients {

        /** How many. */
        @WithDefault("4")
        @Allowed("a whole number from {1} to {1000000}")
        int count();

        /** The first id. */
        @WithDefault("1")
        @Allowed("a whole number from {0} to {1000000000000}")
        long first();

        /** How unequally often they pay: the n-th as often as n to the power of minus this. 0: all the same. */
        @WithDefault("0")
        @Allowed("a number from {0} to {5}")
        double skew();
    }

    /** Amounts in the currency unit, with at most two decimals. */
    interface Amounts {

        /** {@code uniform}, {@code normal} or {@code log-normal}. */
        @WithDefault("uniform")
        @Allowed("uniform, normal or log-normal")
        SpendingPattern.Distribution distribution();

        /** Smallest amount. */
        @WithDefault("1")
        @Allowed("a number from {-1000000} to the maximum, with at most {two} decimals")
        BigDecimal min();

        /** Largest amount. */
        @WithDefault("200")
        @Allowed("a number from the minimum to {1000000}, with at most {two} decimals")
        BigDecimal max();

        /** Amounts are whole steps above the smallest. */
        @WithDefault("1")
        @Allowed("a number from {0.01} to {1000000}, with at most {two} decimals")
        BigDecimal step();

        /** Mean of the normal distribution, median of the log-normal one. */
        @WithDefault("40")
        @Allowed("a number from {0.01} to {1000000}, with at most {two} decimals")
        BigDecimal typical();

        /** Width of these distributions, relative to the typical amount. */
        @WithDefault("0.8")
        @Allowed("a number from {0.01} to {5}")
        double spread();
    }

    /** Homes are spread over a circle; clients move around theirs. */
    interface Locations {

        /** Middle of the circle, degrees north. */
        @WithDefault("52.52")
        @Allowed("a number from {-80} to {80}")
        BigDecimal latitude();

        /** Middle of the circle, degrees east. */
        @WithDefault("13.405")
        @Allowed("a number from {-170} to {170}")
        BigDecimal longitude();

        /** Radius of the circle in kilometres. */
        @WithDefault("25")
        @Allowed("a whole number from {0} to {100}")
        int radiusKm();

        /** Fastest that a client moves between two transactions, in kilometres per hour. */
        @WithDefault("100")
        @Allowed("a whole number from {0} to {1000}")
        int speedKmh();
    }

    /**
     * Labelled scenarios for the job fraud-detection; the thresholds are the job's. No fault hits them, and pauses cut them off.
     */
    interface Scenarios {

        /** Scenarios begun per minute, a case and a near miss in turn; 0: none. None in format {@code legacy}. */
        @WithDefault("1")
        @Allowed("a whole number from {0} (none) to {60000}")
        int rate();

        /** Up to this a payment is small. */
        @WithDefault("1")
        @Allowed("a number from {0.01} to {1000000}, with at most {two} decimals")
        BigDecimal smallAmount();

        /** From this on a payment is large. */
        @WithDefault("500")
        @Allowed("a number from {0.01} to {1000000}, with at most {two} decimals")
        BigDecimal largeAmount();

        /** In less than this a large payment follows a small one. */
        @WithDefault("1m")
        @Allowed("a duration from {1s} to {1d}")
        Duration smallLargeWindow();

        /** More than so many payments are a burst. */
        @WithDefault("10")
        @Allowed("a whole number from {1} to {100}")
        int burstCount();

        /** In less than this the payments of a burst come. */
        @WithDefault("1m")
        @Allowed("a duration from {1s} to {1d}")
        Duration burstWindow();

        /** More than so many times the mean is unusual. */
        @WithDefault("10")
        @Allowed("a number from {1} to {1000000}, with at most {two} decimals")
        BigDecimal meanFactor();

        /** So many payments make a mean. */
        @WithDefault("10")
        @Allowed("a whole number from {1} to {1000}")
        int meanMinCount();

        /** From this on a purchase is of high value. */
        @WithDefault("250")
        @Allowed("a number from {0.01} to {1000000}, with at most {two} decimals")
        BigDecimal highValue();

        /** Nobody travels faster, in kilometres per hour. */
        @WithDefault("900")
        @Allowed("a whole number from {1} to {100000}")
        int maxSpeedKmh();

        /** In less than this the second purchase follows. */
        @WithDefault("1h")
        @Allowed("a duration from {1m} to {1d}")
        Duration travelWindow();
    }
}
