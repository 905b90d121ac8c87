// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.Hundredths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * All devices and when each measures next; readings come in the order of their event times. Event times are scheduled,
 * not observed: the k-th reading of a device with period p is at {@code start + k * p}, and in rate mode the n-th
 * reading of the whole fleet, of device {@code n % count}, is at {@code start + n * 1000 / rate} milliseconds. So the same
 * settings and start give the same readings whenever they are taken.
 *
 * <p>Not safe for use by several threads at once.
 */
final class DeviceFleet {

    /** A device's next measurement. Readings of one moment come in the devices' order. */
    private record Tick(long timeMillis, int device) {}

    private static final Comparator<Tick> IN_TIME_ORDER =
            Comparator.comparingLong(Tick::timeMillis).thenComparingInt(Tick::device);

    private final List<Device> devices = new ArrayList<>();
    private final List<Duration> periods;
    private final long startMillis;
    private final PriorityQueue<Tick> ticks = new PriorityQueue<>(IN_TIME_ORDER);

    private long rate;
    private long rateSinceMillis;
    private long rateTicks;

    /** The fleet that the configuration describes; lists in it go round when there are more devices. */
    DeviceFleet(IotConfig.Devices config, long seed, long startMillis, long rate) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < config.count(); i++) {
            devices.add(new Device(
                    config.prefix() + (i + 1),
                    drift(config.temperature(), i, true, seeds.split()),
                    drift(config.humidity(), i, false, seeds.split())));
        }
        this.periods = config.period();
        this.startMillis = startMillis;
        rate(rate, startMillis);
    }

    private static Drift drift(IotConfig.Quantity quantity, int device, boolean rising, SplittableRandom random) {
        return new Drift(
                Hundredths.of(at(quantity.min(), device)),
                Hundredths.of(at(quantity.max(), device)),
                quantity.start()
                        .map(starts -> OptionalInt.of(Hundredths.of(at(starts, device))))
                        .orElse(OptionalInt.empty()),
                rising,
                random);
    }

    /** The n-th value of a list that goes round. */
    static <T> T at(List<T> values, int device) {
        return values.get(device % values.size());
    }

    /**
     * From a moment on sends at another rate.
     *
     * @param newRate readings per second over all devices, 0 for each device's own period
     * @param fromMillis no reading from now on has an earlier event time
     */
    void rate(long newRate, long fromMillis) {
        rate = newRate;
        rateSinceMillis = fromMillis;
        rateTicks = 0;
        ticks.clear();
        if (newRate == 0) {
            for (int i = 0; i < devices.size(); i++) {
                long period = periodMillis(i);
                long passed = Math.max(0, fromMillis - startMillis);
                ticks.add(new Tick(startMillis + (passed + period - 1) / period * period, i));
            }
        }
    }

    long nextTimeMillis() {
        return rate == 0
                ? ticks.element().timeMillis()
                : rateSinceMillis + rateTicks / rate * 1000 + rateTicks % rate * 1000 / rate;
    }

    DeviceReading next() {
        if (rate == 0) {
            Tick tick = ticks.remove();
            int device = tick.device();
            ticks.add(new Tick(tick.timeMillis() + periodMillis(device), device));
            return devices.get(device).read(tick.timeMillis());
        }
        long timeMillis = nextTimeMillis();
        return devices.get((int) (rateTicks++ % devices.size())).read(timeMillis);
    }

    private long periodMillis(int device) {
        return at(periods, device).toMillis();
    }
}
