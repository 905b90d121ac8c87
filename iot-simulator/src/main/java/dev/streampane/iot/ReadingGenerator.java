// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.Generator;
import dev.streampane.simulation.Hundredths;
import dev.streampane.simulation.Malformation;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Generates the readings of all devices, in the order of their event times, up to the limit. Event times are computed, not
 * read from a clock: the k-th reading of a device with period p is at {@code start + k * p}. In rate mode the n-th reading of
 * the whole fleet is at {@code start + n * 1000 / rate} milliseconds and belongs to device {@code n % count}. So the same
 * settings and start always give the same readings.
 */
final class ReadingGenerator implements Generator {

    static final Malformation.Target TARGET = new Malformation.Target("\"ts\":\"[^\"]*\",", "humidity", "\"warm\"");

    private record Device(String id, Drift temperature, Drift humidity) {}

    /** The next reading of a device. Readings with the same time are in the order of the devices. */
    private record Tick(long timeMillis, int device) {}

    private static final Comparator<Tick> IN_TIME_ORDER =
            Comparator.comparingLong(Tick::timeMillis).thenComparingInt(Tick::device);

    private final List<Device> devices = new ArrayList<>();
    private final List<Duration> periods;
    private final ReadingWriter writer;
    private final long startMillis;
    private final long limit;
    private final PriorityQueue<Tick> ticks = new PriorityQueue<>(IN_TIME_ORDER);

    private long readings;
    private long rate;
    private long rateSinceMillis;
    private long rateTicks;
    private int nextDevice;

    /** Creates the fleet of a configuration; a list with fewer values than there are devices is repeated. */
    ReadingGenerator(IotConfig config, long startMillis) {
        IotConfig.Devices fleet = config.devices();
        SplittableRandom seeds = new SplittableRandom(config.seed());
        for (int i = 0; i < fleet.count(); i++) {
            devices.add(new Device(
                    fleet.prefix() + (i + 1),
                    drift(fleet.temperature(), i, true, seeds.split()),
                    drift(fleet.humidity(), i, false, seeds.split())));
        }
        this.periods = fleet.period();
        this.writer = new ReadingWriter(config.format(), ZoneId.of(config.zone()));
        this.startMillis = startMillis;
        this.limit = config.limit() == 0 ? Long.MAX_VALUE : config.limit();
        begin(config.rate(), startMillis);
    }

    private static Drift drift(IotConfig.Quantity quantity, int device, boolean rising, SplittableRandom random) {
        return new Drift(
                Hundredths.of(at(quantity.min(), device)),
                Hundredths.of(at(quantity.max(), device)),
                quantity.start().map(starts -> Hundredths.of(at(starts, device))),
                rising,
                random);
    }

    /** The value for a device; a list with fewer values than there are devices is repeated. */
    static <T> T at(List<T> values, int device) {
        return values.get(device % values.size());
    }

    /** Changes the rate; the devices keep their turns. Setting the current rate again changes nothing. */
    @Override
    public void rate(long newRate, long fromMillis) {
        if (newRate != rate) {
            begin(newRate, Math.min(fromMillis, nextTimeMillis()));
        }
    }

    private void begin(long newRate, long fromMillis) {
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

    @Override
    public long nextDueMillis() {
        return finished() ? NEVER : nextTimeMillis();
    }

    private long nextTimeMillis() {
        return rate == 0
                ? ticks.element().timeMillis()
                : rateSinceMillis + rateTicks / rate * 1000 + rateTicks % rate * 1000 / rate;
    }

    @Override
    public Optional<Generated> next() {
        long timeMillis = nextTimeMillis();
        int next = rate == 0 ? ticks.remove().device() : nextDevice;
        if (rate == 0) {
            ticks.add(new Tick(timeMillis + periodMillis(next), next));
        } else {
            rateTicks++;
            nextDevice = (nextDevice + 1) % devices.size();
        }
        Device device = devices.get(next);
        int temperature = device.temperature().next(timeMillis);
        int humidity = device.humidity().next(timeMillis);
        return Optional.of(new Generated(
                readings++,
                device.id(),
                timeMillis,
                Map.of(),
                eventTimeMillis -> writer.write(new DeviceReading(device.id(), eventTimeMillis, temperature, humidity)),
                true));
    }

    @Override
    public boolean finished() {
        return readings >= limit;
    }

    private long periodMillis(int device) {
        return at(periods, device).toMillis();
    }
}
