// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The settings that all simulators have. {@link ConfigCheck} holds the values to what {@link Allowed} says. */
@RegisterForReflection(ignoreNested = false)
public interface SimulatorConfig {

    /** What the name of a topic may be. */
    String TOPIC = "a topic name of 1 to 249 letters, digits, '.', '_' and '-'";

    /** What a probability may be. */
    String PROBABILITY = "a number from {0} to {1}";

    /** What a delay may be. */
    String DELAY = "a duration from {1ms} to {30d}";

    /** Topic that records and heartbeats go to. It must exist. */
    String topic();

    /** Zone of the times in format {@code legacy}, which have none; {@code json} is always UTC. */
    @WithDefault("UTC")
    @Allowed("a time zone such as UTC, Europe/Berlin or +01:00")
    String zone();

    /** Seed of all that is random. With {@code start} it decides every byte. */
    @WithDefault("1")
    @Allowed("a whole number of 64 bits")
    long seed();

    /**
     * Event time of the first records. Default: the next whole second. What is due since a start in the past is sent at
     * once; a start in the future is waited for.
     */
    @Allowed("a time from 1970 to 9999 such as 2026-11-20T06:00:00Z")
    Optional<Instant> start();

    /** Records after which no more are made, heartbeats go on; 0: no end. */
    @WithDefault("0")
    @Allowed("a whole number from {0} (no end)")
    long limit();

    /** Rate mode: records per second over all senders, evenly; 0: at their periods. */
    long rate();

    /** Whether a heartbeat goes to every partition on each whole second. */
    @WithDefault("true")
    @Allowed("true or false")
    boolean heartbeats();

    /** File that gets one line per acknowledged record; appended to. Default: none. */
    @Allowed("a file that can be written, in an existing folder")
    Optional<Path> journal();

    /** Bytes of records that wait for Kafka, at most; then they are dropped while the broker is away. */
    @WithDefault("8M")
    @Allowed("a size from {64K} to {48M}")
    MemorySize buffer();

    /** Time without an acknowledgement after which the broker counts as away and health is red. */
    @WithDefault("5s")
    @Allowed("a duration from {100ms} to {10m}")
    Duration acknowledgementTimeout();

    /** Whether requests for another host than this machine are refused (421). Default: where it listens on this machine alone. */
    @Allowed("true or false")
    Optional<Boolean> loopbackHosts();

    /** What goes wrong on purpose. */
    Faults faults();

    /** Faults, each with its probability per record. */
    interface Faults {

        /** Published long after its event time. */
        Late late();

        /** Published a random time after its event time, so that others overtake it. */
        OutOfOrder outOfOrder();

        /** Published more than once. */
        Duplicated duplicated();

        /** Published spoilt. */
        Malformed malformed();

        /** Event time moved ahead (or back) of the clock. */
        Future future();

        /** Its sender says nothing for a while. */
        Silent silent();
    }

    /** What may happen to a record. */
    interface Fault {

        /** How often. */
        @WithDefault("0")
        @Allowed(PROBABILITY)
        double probability();
    }

    /** See {@link Faults#late()}. */
    interface Late extends Fault {

        /** How late. With the jobs' defaults (5 s and 1 min) 3 minutes is late in every one-minute window. */
        @WithDefault("3m")
        @Allowed(DELAY)
        Duration by();
    }

    /** See {@link Faults#outOfOrder()}. */
    interface OutOfOrder extends Fault {

        /** Longest delay. 3 s is within the jobs' default bound of 5 s. */
        @WithDefault("3s")
        @Allowed(DELAY)
        Duration by();
    }

    /** See {@link Faults#duplicated()}. */
    interface Duplicated extends Fault {

        /** How many times it is published. */
        @WithDefault("2")
        @Allowed("a whole number from {2} to {1000}")
        int copies();
    }

    /** See {@link Faults#malformed()}. */
    interface Malformed extends Fault {

        /** In which ways, each as likely as the others. */
        @WithDefault("empty,not-utf8,not-json,not-object,missing,null,type,range,too-long,too-deep,too-big,"
                + "duplicate-key,trailing,unknown-type")
        @Allowed("a list of empty, not-utf8, not-json, not-object, missing, null, type, range, too-long, too-deep,"
                + " too-big, duplicate-key, trailing, unknown-type")
        List<Malformation> kinds();
    }

    /** See {@link Faults#future()}. */
    interface Future extends Fault {

        /** How far ahead; negative: how far behind. */
        @WithDefault("1h")
        @Allowed("a duration from {-36500d} to {36500d}, not {0}")
        Duration by();
    }

    /** See {@link Faults#silent()}. */
    interface Silent extends Fault {

        /** How long. */
        @WithDefault("30s")
        @Allowed(DELAY)
        Duration by();
    }
}
