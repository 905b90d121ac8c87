// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * The records of a {@link Generator} at their event times, with faults applied, and a heartbeat on each whole second. A heartbeat comes
 * after all records with earlier event times, except those that a fault delays or gives an earlier event time. The schedule does not read
 * the clock: the same settings give the same records, however fast they are taken.
 *
 * <p>For use by one thread; any thread may call {@link #injected}.
 */
public final class RecordSchedule {

    /** A record that a fault delays. */
    private record Delayed(long dueMillis, long order, OutgoingRecord outgoing, int copies) {}

    /** The faults that are counted; see {@link FaultSettings}. */
    public enum Injected {
        LATE_OR_OUT_OF_ORDER,
        DUPLICATED,
        MALFORMED,
        CLOCK_SHIFTED,
        SILENT
    }

    /** Approximate limit for the bytes of delayed records; once it is reached, no further record is delayed. */
    static final long MAX_DELAYED_BYTES = 32 << 20;

    private final Generator generator;
    private final Faults faults;
    private final Malformation.Target target;
    private final LongFunction<byte[]> heartbeat;
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::dueMillis).thenComparingLong(Delayed::order));
    private final Map<Injected, LongAdder> injected = new EnumMap<>(Injected.class);

    private long nextHeartbeatMillis;
    private long lastDueMillis;
    private long delays;
    private long delayedBytes;

    /**
     * @param config gives the seed, the heartbeats and the faults
     * @param target the fields that malformations change
     * @param startMillis event time of the first record, in ms since the epoch
     */
    public RecordSchedule(SimulatorConfig config, Generator generator, Malformation.Target target, long startMillis) {
        this.generator = generator;
        this.faults = new Faults(FaultSettings.of(config.faults()), config.seed());
        this.target = target;
        this.heartbeat = new JsonText()::heartbeat;
        this.lastDueMillis = startMillis;
        this.nextHeartbeatMillis = config.heartbeats() ? -Math.floorDiv(-startMillis, 1000L) * 1000 : Generator.NEVER;
        for (Injected fault : Injected.values()) {
            injected.put(fault, new LongAdder());
        }
    }

    /** When the next record is due, in ms since the epoch, or {@link Generator#NEVER}. */
    public long nextDueMillis() {
        return Math.min(nextHeartbeatMillis, Math.min(generator.nextDueMillis(), nextDelayedMillis()));
    }

    /** Whether all records up to the limit have been taken, so that only heartbeats are left. */
    public boolean finished() {
        return generator.finished() && delayed.isEmpty();
    }

    /**
     * Takes what is due next: a heartbeat, a record with its copies, or nothing (a record that is delayed or whose sender is silent).
     *
     * @param paused whether only heartbeats are handed over, and records are neither delayed nor counted
     */
    public void next(boolean paused, Consumer<OutgoingRecord> consumer) {
        long due = nextDueMillis();
        lastDueMillis = due;
        if (due == nextHeartbeatMillis) {
            nextHeartbeatMillis += 1000;
            consumer.accept(OutgoingRecord.heartbeat(due / 1000, heartbeat.apply(due)));
        } else if (due == nextDelayedMillis()) {
            Delayed taken = delayed.remove();
            delayedBytes -= taken.outgoing().sizeBytes();
            publish(taken.outgoing(), paused ? 0 : taken.copies(), consumer);
        } else {
            generator.next().ifPresent(record -> take(record, paused, consumer));
        }
    }

    /**
     * Changes the rate; event times still do not go back.
     *
     * @param rate records per second; 0 for the periods of the configuration
     * @param nowMillis the current time, in ms since the epoch
     */
    public void rate(long rate, long nowMillis) {
        generator.rate(rate, Math.max(nowMillis, lastDueMillis));
    }

    /** Changes the faults, from the next record on. */
    public void faults(FaultSettings settings) {
        faults.settings(settings);
    }

    /** How often a fault was injected. */
    public long injected(Injected fault) {
        return injected.get(fault).sum();
    }

    private void take(Generator.Generated record, boolean paused, Consumer<OutgoingRecord> consumer) {
        Faults.Fate fate =
                record.mayFail() ? faults.fate(record.key(), record.eventTimeMillis()) : Faults.Fate.UNHARMED;
        if (paused) {
            return;
        }
        if (delayedBytes >= MAX_DELAYED_BYTES) {
            fate = fate.undelayed();
        }
        count(fate);
        if (!fate.published()) {
            return;
        }
        byte[] value = record.value().apply(record.eventTimeMillis() + fate.eventTimeShiftMillis());
        Map<String, String> headers = record.headers();
        if (fate.malformation() != null) {
            value = fate.malformation().spoil(value, target);
            headers = fate.malformation().headers();
        }
        byte[] key = record.key() == null ? null : record.key().getBytes(UTF_8);
        var outgoing = new OutgoingRecord(record.sequence(), false, key, value, headers);
        if (fate.delayMillis() == 0) {
            publish(outgoing, fate.copies(), consumer);
        } else {
            long dueMillis = record.eventTimeMillis() + fate.delayMillis();
            delayed.add(new Delayed(dueMillis, delays++, outgoing, fate.copies()));
            delayedBytes += outgoing.sizeBytes();
        }
    }

    private static void publish(OutgoingRecord outgoing, int copies, Consumer<OutgoingRecord> consumer) {
        for (int i = 0; i < copies; i++) {
            consumer.accept(outgoing);
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

    private long nextDelayedMillis() {
        return delayed.isEmpty() ? Generator.NEVER : delayed.element().dueMillis();
    }
}
