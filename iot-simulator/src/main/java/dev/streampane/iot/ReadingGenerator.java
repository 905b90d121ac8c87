// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.Generator;
import dev.streampane.simulation.Malformation;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** The readings of a fleet, up to the limit. */
final class ReadingGenerator implements Generator {

    static final Malformation.Target TARGET = new Malformation.Target("\"ts\":\"[^\"]*\",", "humidity", "\"warm\"");

    private final DeviceFleet fleet;
    private final ReadingWriter writer;
    private final long limit;
    private long readings;

    ReadingGenerator(IotConfig config, long startMillis) {
        this.fleet = new DeviceFleet(config.devices(), config.seed(), startMillis, config.rate());
        this.writer = new ReadingWriter(config.format(), ZoneId.of(config.zone()));
        this.limit = config.limit() == 0 ? Long.MAX_VALUE : config.limit();
    }

    @Override
    public long nextDueMillis() {
        return finished() ? NEVER : fleet.nextTimeMillis();
    }

    @Override
    public Optional<Generated> next() {
        DeviceReading reading = fleet.next();
        return Optional.of(new Generated(
                readings++,
                reading.device(),
                reading.eventTimeMillis(),
                Map.of(),
                eventTimeMillis -> writer.write(reading.at(eventTimeMillis)),
                true));
    }

    @Override
    public void rate(long rate, long fromMillis) {
        fleet.rate(rate, Math.min(fromMillis, fleet.nextTimeMillis()));
    }

    @Override
    public boolean finished() {
        return readings >= limit;
    }
}
