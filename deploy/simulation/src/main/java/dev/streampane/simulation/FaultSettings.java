// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.List;

/**
 * How often which fault is injected. Probabilities are per record, from 0 (never) to 1 (always).
 *
 * @param late published {@code by} after its event time; with more than the jobs' bounds it is late there
 * @param outOfOrder published a random time of up to {@code by} after its event time, so that others overtake it
 * @param duplicated published {@code copies} times
 * @param malformed published as one of {@code kinds}
 * @param future its event time moved by {@code by}; negative is a clock that is slow
 * @param silent its sender falls silent for {@code by}, beginning with this record
 */
public record FaultSettings(
        Shift late, Shift outOfOrder, Copies duplicated, Malformed malformed, Shift future, Shift silent) {

    /** A fault with a length of time. */
    public record Shift(double probability, Duration by) {}

    /** A record that is published more than once. */
    public record Copies(double probability, int copies) {}

    /** A record that is spoilt. */
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

    /** The settings of a configuration. */
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
