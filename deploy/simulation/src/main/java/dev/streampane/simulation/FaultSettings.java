// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.List;

/**
 * The faults to inject, each with its probability per record, from 0 (never) to 1 (always).
 *
 * @param late a record is published {@code by} after its event time; beyond the jobs' bounds this makes it late there
 * @param outOfOrder a record is published up to {@code by} after its event time, at random, so that others overtake it
 * @param duplicated a record is published {@code copies} times
 * @param malformed a record is published with one of the malformations {@code kinds}
 * @param future {@code by} is added to a record's event time; a negative one simulates a slow clock
 * @param silent a record's sender is silent for {@code by}, beginning with this record
 */
public record FaultSettings(
        Shift late, Shift outOfOrder, Copies duplicated, Malformed malformed, Shift future, Shift silent) {

    /** A fault with a duration. */
    public record Shift(double probability, Duration by) {}

    /** A record that is published more than once. */
    public record Copies(double probability, int copies) {}

    /** A record that is malformed. */
    public record Malformed(double probability, List<Malformation> kinds) {
        public Malformed {
            kinds = List.copyOf(kinds);
        }
    }

    /** Whether any fault can happen. */
    boolean any() {
        return late.probability() > 0
                || outOfOrder.probability() > 0
                || duplicated.probability() > 0
                || malformed.probability() > 0
                || future.probability() > 0
                || silent.probability() > 0;
    }

    /** Reads the settings from a configuration. */
    public static FaultSettings of(SimulatorConfig.Faults config) {
        return new FaultSettings(
                new Shift(config.late().probability(), config.late().by()),
                new Shift(config.outOfOrder().probability(), config.outOfOrder().by()),
                new Copies(
                        config.duplicated().probability(), config.duplicated().copies()),
                new Malformed(
                        config.malformed().probability(), config.malformed().kinds()),
                new Shift(config.future().probability(), config.future().by()),
                new Shift(config.silent().probability(), config.silent().by()));
    }
}
