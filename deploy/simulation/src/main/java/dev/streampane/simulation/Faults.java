// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Decides which faults hit which records. Each sender has its own random sequence, and every record draws the same number
 * of values from it. So the same seed hits the same records, and a new probability for one fault does not change which
 * records the other faults hit.
 *
 * <p>Not safe for use by several threads at once.
 */
final class Faults {

    /** Makes the senders' seeds differ: 2^64 divided by the golden ratio. */
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    /**
     * The faults of one record.
     *
     * @param published false if the sender is silent
     * @param eventTimeShiftMillis added to the event time
     * @param delayMillis how long after its scheduled time the record is published
     * @param copies how many times the record is published
     * @param malformation null if the record is well-formed
     */
    record Fate(boolean published, long eventTimeShiftMillis, long delayMillis, int copies, Malformation malformation) {
        static final Fate UNHARMED = new Fate(true, 0, 0, 1, null);
        static final Fate SILENT = new Fate(false, 0, 0, 0, null);

        /** The same faults without the delay. */
        Fate undelayed() {
            return new Fate(published, eventTimeShiftMillis, 0, copies, malformation);
        }
    }

    private static final class Dice {
        private final SplittableRandom random;
        private long silentUntilMillis = Long.MIN_VALUE;

        Dice(long seed) {
            random = new SplittableRandom(seed);
        }
    }

    private final long seed;
    private final Map<String, Dice> diceBySender = new HashMap<>();
    private FaultSettings settings;
    private boolean any;

    Faults(FaultSettings settings, long seed) {
        this.seed = seed;
        settings(settings);
    }

    void settings(FaultSettings newSettings) {
        settings = newSettings;
        any = newSettings.any();
    }

    Fate fate(String sender, long eventTimeMillis) {
        if (!any) {
            return Fate.UNHARMED;
        }
        Dice dice = diceBySender.computeIfAbsent(sender, d -> new Dice(seed ^ d.hashCode() * GAMMA));
        SplittableRandom random = dice.random;
        boolean fallsSilent = hits(random, settings.silent().probability());
        boolean late = hits(random, settings.late().probability());
        boolean outOfOrder = hits(random, settings.outOfOrder().probability());
        double disorder = random.nextDouble();
        boolean duplicated = hits(random, settings.duplicated().probability());
        boolean future = hits(random, settings.future().probability());
        boolean malformed = hits(random, settings.malformed().probability());
        double kind = random.nextDouble();

        if (fallsSilent && eventTimeMillis >= dice.silentUntilMillis) {
            dice.silentUntilMillis = eventTimeMillis + settings.silent().by().toMillis();
        }
        if (eventTimeMillis < dice.silentUntilMillis) {
            return Fate.SILENT;
        }
        long delay = late ? settings.late().by().toMillis() : 0;
        if (outOfOrder) {
            delay += (long) (disorder * settings.outOfOrder().by().toMillis());
        }
        return new Fate(
                true,
                future ? settings.future().by().toMillis() : 0,
                delay,
                duplicated ? settings.duplicated().copies() : 1,
                malformed ? pick(settings.malformed().kinds(), kind) : null);
    }

    private static boolean hits(SplittableRandom random, double probability) {
        return random.nextDouble() < probability;
    }

    private static Malformation pick(List<Malformation> kinds, double number) {
        return kinds.get((int) (number * kinds.size()));
    }
}
