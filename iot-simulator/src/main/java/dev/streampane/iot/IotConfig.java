// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.Allowed;
import dev.streampane.simulation.SimulatorConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The simulator's settings. {@link ConfigCheck} holds the values to what {@link Allowed} says. */
@RegisterForReflection(ignoreNested = false)
@ConfigMapping(prefix = "iot")
public interface IotConfig extends SimulatorConfig {

    /** What a prefix of tags may be. */
    String PREFIX = "1 to 200 bytes of UTF-8 without control characters";

    /** What the first number of tags may be. */
    String FIRST = "a whole number from {0} to {1000000}";

    /** How many tags there may be. */
    String COUNT = "a whole number from {1} to {10000}";

    /** Topic that readings and heartbeats go to. It must exist. */
    @Override
    @WithDefault("device-readings")
    @Allowed(TOPIC)
    String topic();

    /** What a reading looks like: {@code json} (contract device-reading/v1) or {@code legacy}. */
    @WithDefault("json")
    @Allowed("json or legacy")
    ReadingFormat format();

    /** Rate mode: readings per second over all devices, evenly; 0: each device has its own period. */
    @Override
    @WithDefault("0")
    @Allowed("a whole number from {0} (each device's period) to {1000000}")
    long rate();

    /** The time series. */
    Tags tags();

    /** The fleet. */
    Devices devices();

    /** Devices are called {@code <prefix>1} and so on. The n-th device takes the n-th value of a list, which goes round. */
    interface Devices {

        /** How many. */
        @WithDefault("3")
        @Allowed("a whole number from {1} to {1000000}")
        int count();

        /** Beginning of the ids. */
        @WithDefault("device")
        @Allowed(PREFIX)
        String prefix();

        /** Time between two readings of a device. */
        @WithDefault("2s,5s,10s")
        @Allowed("a list of durations from {1ms} to {1d}")
        List<Duration> period();

        /** In degrees Celsius. */
        Temperature temperature();

        /** Relative, in percent. */
        Humidity humidity();
    }

    /** Bounds and start of what a device measures, with at most two decimals. */
    interface Quantity {

        List<BigDecimal> min();

        List<BigDecimal> max();

        /** The first. Default: somewhere on the day's curve. */
        @Allowed("a list of numbers from the minimum to the maximum, with at most {two} decimals")
        Optional<List<BigDecimal>> start();
    }

    /** Degrees Celsius. */
    interface Temperature extends Quantity {

        /** Lowest temperature. */
        @Override
        @WithDefault("0")
        @Allowed("a list of numbers from {-1000000} to the maximum, with at most {two} decimals")
        List<BigDecimal> min();

        /** Highest temperature. */
        @Override
        @WithDefault("35")
        @Allowed("a list of numbers from the minimum to {1000000}, with at most {two} decimals")
        List<BigDecimal> max();
    }

    /** Percent. */
    interface Humidity extends Quantity {

        /** Lowest humidity. */
        @Override
        @WithDefault("40")
        @Allowed("a list of numbers from {-1000000} to the maximum, with at most {two} decimals")
        List<BigDecimal> min();

        /** Highest humidity. */
        @Override
        @WithDefault("90")
        @Allowed("a list of numbers from the minimum to {1000000}, with at most {two} decimals")
        List<BigDecimal> max();
    }

    /** Tags of machines, whose rows go to a topic of their own, many to a message. */
    interface Tags {

        /** Whether there are any. */
        @WithDefault("true")
        @Allowed("true or false")
        boolean enabled();

        /** Topic that messages of rows and their heartbeats go to. It must exist. */
        @WithDefault("time-series")
        @Allowed(TOPIC + ", another than iot.topic")
        String topic();

        /** Rows per second over all tags, evenly, the tags in turn. */
        @WithDefault("10")
        @Allowed("a whole number from {1} to {100000}")
        long rate();

        /** Most rows of one message; each second begins a new one. Messages above `max.request.size` of Kafka (1 MiB) are refused and count as failed. */
        @WithDefault("10")
        @Allowed("a whole number from {1} to {10000}")
        int rowsPerMessage();

        /** Seed of all that is random here. Default: {@code iot.seed}. With {@code iot.start} it decides every byte. */
        @Allowed("a whole number of 64 bits")
        Optional<Long> seed();

        /** Tags of whole numbers. */
        IntegerTags integers();

        /** Tags of numbers with three decimals. */
        DoubleTags doubles();

        /** Tags of texts. */
        StringTags strings();

        /** Rows that are old on purpose. */
        Old old();
    }

    /** See {@link Tags#old()}. */
    interface Old {

        /** How often. */
        @WithDefault("0.02")
        @Allowed(PROBABILITY)
        double probability();

        /** Their greatest age; each age up to it is as likely as the others. */
        @WithDefault("15m")
        @Allowed(DELAY)
        Duration by();
    }

    /** Tags that are called by a prefix and a number of at least three digits. */
    interface TagNames {

        String prefix();

        int first();

        /** How many. */
        @WithDefault("10")
        @Allowed(COUNT)
        int count();
    }

    /** Tags of numbers, and their bounds. */
    interface NumberTags extends TagNames {

        BigDecimal min();

        BigDecimal max();
    }

    /** See {@link Tags#integers()}. */
    interface IntegerTags extends NumberTags {

        /** Beginning of the names, by which the jobs know the type. */
        @Override
        @WithDefault("pu136mod-ni-")
        @Allowed(PREFIX)
        String prefix();

        /** Number of the first. */
        @Override
        @WithDefault("1")
        @Allowed(FIRST)
        int first();

        /** Lowest value. */
        @Override
        @WithDefault("0")
        @Allowed("a {whole} number from {-1000000} to the maximum")
        BigDecimal min();

        /** Highest value. */
        @Override
        @WithDefault("100")
        @Allowed("a {whole} number from the minimum to {1000000}")
        BigDecimal max();
    }

    /** See {@link Tags#doubles()}. */
    interface DoubleTags extends NumberTags {

        /** Beginning of the names, by which the jobs know the type. */
        @Override
        @WithDefault("pu136mod-nd-")
        @Allowed(PREFIX)
        String prefix();

        /** Number of the first. */
        @Override
        @WithDefault("11")
        @Allowed(FIRST)
        int first();

        /** Lowest value. */
        @Override
        @WithDefault("0")
        @Allowed("a number from {-1000000} to the maximum, with at most {three} decimals")
        BigDecimal min();

        /** Highest value. */
        @Override
        @WithDefault("100")
        @Allowed("a number from the minimum to {1000000}, with at most {three} decimals")
        BigDecimal max();
    }

    /** See {@link Tags#strings()}. */
    interface StringTags extends TagNames {

        /** Beginning of the names, by which the jobs know the type. */
        @Override
        @WithDefault("pu136mod-ns-")
        @Allowed(PREFIX)
        String prefix();

        /** Number of the first. */
        @Override
        @WithDefault("21")
        @Allowed(FIRST)
        int first();

        /** What they show; a comma of a text stands behind a backslash. */
        @WithDefault("running,stopped,warming up,fault \"E7\"")
        @Allowed("a list of 1 to 1000 texts of at most 4096 characters")
        List<String> texts();
    }
}
