// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Hundredths;
import dev.streampane.tx.Scenario.Step;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The scenarios, by number. Each is about one threshold of one pattern of the job fraud-detection: a case just meets it, and meets all
 * the others of its pattern with room to spare; the near miss of the odd number after it misses it by one step: a hundredth of an amount,
 * a millisecond, one payment, half a km/h. So no threshold can be moved by a step without losing a case or crying wolf.
 *
 * <p>20 numbers make a round: of each threshold a case and a near miss.
 */
final class ScenarioBook {

    /** The thresholds in the order of a round, so that each pattern comes early. */
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

    /** Scenarios of one round. */
    static final int ROUND = 2 * Threshold.values().length;

    private static final double KILOMETRES_PER_DEGREE = Math.PI * 6371.0088 / 180;
    private static final double MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();
    private static final double PLACE_SCALE = StrictMath.pow(10, Transaction.Place.DECIMALS);

    /** How many times the highest speed a case has whose speed is not the point. */
    static final double WELL_OVER = 1.5;

    /** Nobody is sent over a pole. */
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
        // In whole units, so that the factor times it has two decimals; and far from what is large.
        BigDecimal large = limits.largeAmount().min(limits.highValue());
        usualHundredths = 100 * Math.max(1, 100L * large.longValue() / (2 * factorHundredths));
    }

    /** The scenario of that number. */
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

    /** The usual payments are so far apart that they are no burst. */
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
     * @param secondIsLower which of the two is below the high value when that is missed
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

    /** How far one gets from a latitude along the meridian, short of the pole. */
    static double farthestKilometres(double latitude) {
        return Math.min(FARTHEST_DEGREES, 90 + Math.abs(latitude)) * KILOMETRES_PER_DEGREE;
    }

    /** As far from home along its meridian. */
    private Transaction.Place away(double kilometres) {
        int degrees = fixed(kilometres / KILOMETRES_PER_DEGREE);
        return new Transaction.Place(home.latitude() + (home.latitude() > 0 ? -degrees : degrees), home.longitude());
    }

    private Step step(long afterMillis, long amountHundredths) {
        return new Step(afterMillis, amountHundredths, home);
    }

    /** One step over the threshold. */
    private static int missed(boolean met) {
        return met ? 0 : 1;
    }

    /** The longest time that is less than the window, or the window. */
    private static long inside(long window, boolean met) {
        return met ? window - 1 : window;
    }

    private static int fixed(double degrees) {
        return (int) Math.rint(degrees * PLACE_SCALE);
    }
}
