// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Hundredths;
import dev.streampane.tx.Scenario.Step;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The scenarios, by number. Each one tests one threshold of one pattern of the job fraud-detection. An even number is a case, which just
 * meets the threshold and easily meets the other thresholds of its pattern. The next number is a near miss, which misses the threshold by
 * one step: a hundredth of an amount, a millisecond, one payment, or half a km/h. So if a threshold of the job is wrong by one step, the
 * job misses a case or raises a false alert.
 *
 * <p>A round has 20 numbers: a case and a near miss for each threshold.
 */
final class ScenarioBook {

    /** The thresholds in the order of a round; the order lets each pattern come early. */
    private enum Threshold {
        SMALL_AMOUNT("small-then-large"),
        BURST_COUNT("many-transactions"),
        MAX_SPEED_KMH("impossible-travel"),
        MEAN_FACTOR("unusual-amount"),
        LARGE_AMOUNT("small-then-large"),
        BURST_WINDOW("many-transactions"),
        HIGH_VALUE("impossible-travel"),
        MEAN_MIN_COUNT("unusual-amount"),
        SMALL_LARGE_WINDOW("small-then-large"),
        TRAVEL_WINDOW("impossible-travel");

        private final String pattern;

        Threshold(String pattern) {
            this.pattern = pattern;
        }
    }

    /** Number of scenarios in a round. */
    static final int ROUND = 2 * Threshold.values().length;

    private static final double KILOMETRES_PER_DEGREE = Math.PI * 6371.0088 / 180;
    private static final double MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();
    private static final double PLACE_SCALE = StrictMath.pow(10, Transaction.Place.DECIMALS);

    /** Speed in scenarios that test another threshold, as a multiple of the maximum speed. */
    static final double WELL_OVER = 1.5;

    /** Longest travel, in degrees of latitude. */
    private static final double FARTHEST_DEGREES = 140;

    private final TxConfig.Scenarios limits;
    private final Transaction.Place home;
    private final long usualHundredths;
    private final long factorHundredths;

    ScenarioBook(TxConfig config) {
        limits = config.scenarios();
        home = new Transaction.Place(
                fixed(config.locations().latitude().doubleValue()),
                fixed(config.locations().longitude().doubleValue()));
        factorHundredths = Hundredths.of(limits.meanFactor());
        // Whole currency units, so that the factor times it has at most two decimals, and so small that this is still
        // far below large amounts.
        BigDecimal large = limits.largeAmount().min(limits.highValue());
        usualHundredths = 100 * Math.max(1, 100L * large.longValue() / (2 * factorHundredths));
    }

    /** The scenario with a number. */
    Scenario scenario(long number) {
        boolean met = number % 2 == 0;
        Threshold[] all = Threshold.values();
        Threshold threshold = all[(int) (number / 2 % all.length)];
        return new Scenario(
                threshold.pattern + (met ? "/case/" : "/near-miss/") + number,
                switch (threshold) {
                    case SMALL_AMOUNT, LARGE_AMOUNT, SMALL_LARGE_WINDOW -> smallThenLarge(threshold, met);
                    case BURST_COUNT, BURST_WINDOW -> manyTransactions(threshold, met);
                    case MEAN_FACTOR, MEAN_MIN_COUNT -> unusualAmount(threshold, met);
                    case HIGH_VALUE, MAX_SPEED_KMH, TRAVEL_WINDOW ->
                        impossibleTravel(threshold, met, number / ROUND % 2 == 0);
                });
    }

    private List<Step> smallThenLarge(Threshold at, boolean met) {
        long small = Hundredths.of(limits.smallAmount());
        long large = Hundredths.of(limits.largeAmount());
        long window = limits.smallLargeWindow().toMillis();
        return List.of(
                step(0, at == Threshold.SMALL_AMOUNT ? small + missed(met) : Math.max(1, small / 2)),
                step(
                        at == Threshold.SMALL_LARGE_WINDOW ? inside(window, met) : window / 3,
                        at == Threshold.LARGE_AMOUNT ? large - missed(met) : 2 * large));
    }

    private List<Step> manyTransactions(Threshold at, boolean met) {
        int count = limits.burstCount() + 1 - (at == Threshold.BURST_COUNT ? missed(met) : 0);
        long window = limits.burstWindow().toMillis();
        long span = at == Threshold.BURST_WINDOW ? inside(window, met) : window / 2;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(step(span * i / Math.max(1, count - 1), usualHundredths));
        }
        return steps;
    }

    /** The usual payments are too far apart to be a burst. */
    private List<Step> unusualAmount(Threshold at, boolean met) {
        int earlier = limits.meanMinCount() - (at == Threshold.MEAN_MIN_COUNT ? missed(met) : 0);
        long apart = 2 * limits.burstWindow().toMillis() / limits.burstCount();
        long bound = factorHundredths * usualHundredths / 100;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < earlier; i++) {
            steps.add(step(apart * i, usualHundredths));
        }
        steps.add(step(apart * earlier, at == Threshold.MEAN_FACTOR ? bound + 1 - missed(met) : bound * 3 / 2));
        return steps;
    }

    /**
     * @param secondIsLower whether the second payment, not the first, is below the high value in the near miss of that threshold
     */
    private List<Step> impossibleTravel(Threshold at, boolean met, boolean secondIsLower) {
        long high = Hundredths.of(limits.highValue());
        long amount = at == Threshold.HIGH_VALUE ? high : high * 3 / 2;
        long lower = at == Threshold.HIGH_VALUE ? high - missed(met) : amount;
        long window = limits.travelWindow().toMillis();
        long millis = at == Threshold.TRAVEL_WINDOW ? inside(window, met) : window / 4;
        double speedKmh = at == Threshold.MAX_SPEED_KMH
                ? limits.maxSpeedKmh() + (met ? 0.5 : -0.5)
                : WELL_OVER * limits.maxSpeedKmh();
        return List.of(
                new Step(0, secondIsLower ? amount : lower, home),
                new Step(millis, secondIsLower ? lower : amount, away(speedKmh * millis / MILLIS_PER_HOUR)));
    }

    /** Longest travel from a latitude along the meridian that does not pass a pole, in kilometres. */
    static double farthestKilometres(double latitude) {
        return Math.min(FARTHEST_DEGREES, 90 + Math.abs(latitude)) * KILOMETRES_PER_DEGREE;
    }

    /** The place at a distance from home, along its meridian. */
    private Transaction.Place away(double kilometres) {
        int degrees = fixed(kilometres / KILOMETRES_PER_DEGREE);
        return new Transaction.Place(home.latitude() + (home.latitude() > 0 ? -degrees : degrees), home.longitude());
    }

    private Step step(long afterMillis, long amountHundredths) {
        return new Step(afterMillis, amountHundredths, home);
    }

    /** Steps by which the threshold is missed: 0 or 1. */
    private static int missed(boolean met) {
        return met ? 0 : 1;
    }

    /** If {@code met}, the longest time that is less than the window, in ms; otherwise the window. */
    private static long inside(long window, boolean met) {
        return met ? window - 1 : window;
    }

    private static int fixed(double degrees) {
        return (int) Math.rint(degrees * PLACE_SCALE);
    }
}
