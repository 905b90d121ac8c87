// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What is published, in its order, and when it is due: readings at their event times, faults applied, and a heartbeat on
 * each whole second, which comes after all readings of earlier event times (injected faults apart). It has no clock of its
 * own: the same settings give the same records however fast they are taken.
 *
 * <p>For use by one thread; {@link #injected()} may be read by any.
 */
final class Timeline implements Lane.Schedule {

    /** A reading that a fault holds back. */
    private record Delayed(long dueMillis, long order, Outgoing outgoing) {}

    /** What was injected so far, as in {@link FaultSettings}. */
    enum Injected {
        LATE_OR_OUT_OF_ORDER,
        DUPLICATED,
        MALFORMED,
        CLOCK_SHIFTED,
        SILENT
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final DeviceFleet fleet;
    private final Faults faults;
    private final ReadingWriter writer;
    private final boolean heartbeats;
    private final long limit;
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(
                    Comparator.comparingLong(Delayed::dueMillis).thenComparingLong(Delayed::order));
    private final Map<Injected, LongAdder> injected = new EnumMap<>(Injected.class);

    private long nextHeartbeatMillis;
    private long lastDueMillis;
    private long readings;
    private long delays;

    /**
     * @param limit how many readings are measured; 0 for no end. Heartbeats go on after it.
     */
    Timeline(
            DeviceFleet fleet,
            Faults faults,
            ReadingWriter writer,
            boolean heartbeats,
            long startMillis,
            long limit) {
        this.fleet = fleet;
        this.faults = faults;
        this.writer = writer;
        this.heartbeats = heartbeats;
        this.limit = limit == 0 ? NEVER : limit;
        this.lastDueMillis = startMillis;
        this.nextHeartbeatMillis = heartbeats ? -Math.floorDiv(-startMillis, 1000L) * 1000 : NEVER;
        for (Injected fault : Injected.values()) {
            injected.put(fault, new LongAdder());
        }
    }

    @Override
    public long nextDueMillis() {
        return Math.min(nextHeartbeatMillis, Math.min(nextReadingMillis(), nextDelayedMillis()));
    }

    /** Whether all readings up to the limit have been taken. */
    @Override
    public boolean finished() {
        return readings >= limit && delayed.isEmpty();
    }

    /** Takes what is due next: one heartbeat, or one reading with its copies, or nothing where its device is silent. */
    @Override
    public void next(Consumer<Outgoing> consumer) {
        long due = nextDueMillis();
        lastDueMillis = due;
        if (due == nextHeartbeatMillis) {
            nextHeartbeatMillis += 1000;
            consumer.accept(Outgoing.heartbeat(due / 1000, writer.writeHeartbeat(due)));
        } else if (due == nextDelayedMillis()) {
            consumer.accept(delayed.remove().outgoing());
        } else {
            measure(consumer);
        }
    }

    /**
     * From now on at another rate, without a record of an earlier event time than the last.
     *
     * @param nowMillis the time; before the start the new rate begins at the start
     */
    @Override
    public void rate(long rate, long nowMillis) {
        long soonest = Math.max(nowMillis, lastDueMillis);
        fleet.rate(rate, Math.min(soonest, fleet.nextTimeMillis()));
    }

    /** From the next reading on injects other faults. */
    void faults(FaultSettings settings) {
        faults.settings(settings);
    }

    /** How often each fault was injected. */
    long injected(Injected fault) {
        return injected.get(fault).sum();
    }

    private void measure(Consumer<Outgoing> consumer) {
        DeviceReading reading = fleet.next();
        long sequence = readings++;
        long scheduledMillis = reading.eventTimeMillis();
        Faults.Fate fate = faults.fate(reading.device(), scheduledMillis);
        count(fate);
        if (!fate.published()) {
            return;
        }
        DeviceReading shifted =
                fate.eventTimeShiftMillis() == 0
                        ? reading
                        : reading.at(scheduledMillis + fate.eventTimeShiftMillis());
        byte[] value = writer.write(shifted);
        String kindHeader = null;
        if (fate.malformation() != null) {
            value = fate.malformation().spoil(value);
            kindHeader = fate.malformation().kindHeader();
        }
        Outgoing outgoing =
                new Outgoing(sequence, false, reading.device().getBytes(UTF_8), value, kindHeader);
        for (int i = 0; i < fate.copies(); i++) {
            if (fate.delayMillis() == 0) {
                consumer.accept(outgoing);
            } else {
                delayed.add(new Delayed(scheduledMillis + fate.delayMillis(), delays++, outgoing));
            }
        }
    }

    private void count(Faults.Fate fate) {
        add(Injected.SILENT, !fate.published());
        add(Injected.CLOCK_SHIFTED, fate.eventTimeShiftMillis() != 0);
        add(Injected.LATE_OR_OUT_OF_ORDER, fate.delayMillis() > 0);
        add(Injected.DUPLICATED, fate.copies() > 1);
        add(Injected.MALFORMED, fate.malformation() != null);
    }

    private void add(Injected fault, boolean happened) {
        if (happened) {
            injected.get(fault).increment();
        }
    }

    private long nextReadingMillis() {
        return readings < limit ? fleet.nextTimeMillis() : NEVER;
    }

    private long nextDelayedMillis() {
        return delayed.isEmpty() ? NEVER : delayed.element().dueMillis();
    }
}
