// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What is published, in its order, and when it is due: transactions at their event times, faults applied, and a heartbeat on
 * each whole second, which comes after all transactions of earlier event times (injected faults apart). It has no clock of its
 * own: the same settings give the same records however fast they are taken.
 *
 * <p>For use by one thread; {@link #injected()} may be read by any.
 */
final class Timeline {

    /** A transaction that a fault holds back. */
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

    private final ClientPopulation population;
    private final Scenarios scenarios;
    private final Faults faults;
    private final TransactionWriter writer;
    private final boolean heartbeats;
    private final long limit;
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(
                    Comparator.comparingLong(Delayed::dueMillis).thenComparingLong(Delayed::order));
    private final Map<Injected, LongAdder> injected = new EnumMap<>(Injected.class);

    private long nextHeartbeatMillis;
    private long lastDueMillis;
    private long transactions;
    private long delays;

    /**
     * @param limit how many transactions are made, those of scenarios included, none of which is cut off; 0 for no end. Heartbeats go on
     *     after it.
     */
    Timeline(
            ClientPopulation population,
            Scenarios scenarios,
            Faults faults,
            TransactionWriter writer,
            boolean heartbeats,
            long startMillis,
            long limit) {
        this.population = population;
        this.scenarios = scenarios;
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

    /** When the next record is due; {@link Long#MAX_VALUE} when there is none any more. */
    long nextDueMillis() {
        return Math.min(
                Math.min(nextHeartbeatMillis, scenarios.nextDueMillis()),
                Math.min(nextTransactionMillis(), nextDelayedMillis()));
    }

    /** Whether all transactions up to the limit have been taken. */
    boolean finished() {
        return transactions >= limit && delayed.isEmpty();
    }

    /**
     * Takes what is due next: one heartbeat, or one transaction with its copies, or nothing where its client is silent or where there
     * is no room for another scenario.
     */
    void next(Consumer<Outgoing> consumer) {
        long due = nextDueMillis();
        lastDueMillis = due;
        if (due == nextHeartbeatMillis) {
            nextHeartbeatMillis += 1000;
            consumer.accept(Outgoing.heartbeat(due / 1000, writer.writeHeartbeat(due)));
        } else if (due == nextDelayedMillis()) {
            consumer.accept(delayed.remove().outgoing());
        } else if (due == scenarios.nextDueMillis()) {
            play(consumer);
        } else {
            pay(consumer);
        }
    }

    /**
     * From now on at another rate, without a record of an earlier event time than the last.
     *
     * @param nowMillis the time; before the start the new rate begins at the start
     */
    void rate(long rate, long nowMillis) {
        long soonest = Math.max(nowMillis, lastDueMillis);
        population.rate(rate, Math.min(soonest, population.nextTimeMillis()));
    }

    /** From the next transaction on injects other faults. */
    void faults(FaultSettings settings) {
        faults.settings(settings);
    }

    /** How often each fault was injected. */
    long injected(Injected fault) {
        return injected.get(fault).sum();
    }

    /** No fault hits a scenario: its label would not hold. */
    private void play(Consumer<Outgoing> consumer) {
        scenarios
                .next(limit - transactions - scenarios.open())
                .ifPresent(
                        payment ->
                                consumer.accept(
                                        new Outgoing(
                                                transactions++,
                                                false,
                                                payment.transaction().client().getBytes(UTF_8),
                                                writer.write(payment.transaction()),
                                                null,
                                                payment.label())));
    }

    private void pay(Consumer<Outgoing> consumer) {
        Transaction transaction = population.next();
        long sequence = transactions++;
        long scheduledMillis = transaction.eventTimeMillis();
        Faults.Fate fate = faults.fate(transaction.client(), scheduledMillis);
        count(fate);
        if (!fate.published()) {
            return;
        }
        Transaction shifted =
                fate.eventTimeShiftMillis() == 0
                        ? transaction
                        : transaction.at(scheduledMillis + fate.eventTimeShiftMillis());
        byte[] value = writer.write(shifted);
        String kindHeader = null;
        if (fate.malformation() != null) {
            value = fate.malformation().spoil(value);
            kindHeader = fate.malformation().kindHeader();
        }
        Outgoing outgoing =
                new Outgoing(
                        sequence,
                        false,
                        transaction.client().getBytes(UTF_8),
                        value,
                        kindHeader,
                        null);
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

    private long nextTransactionMillis() {
        return transactions + scenarios.open() < limit ? population.nextTimeMillis() : NEVER;
    }

    private long nextDelayedMillis() {
        return delayed.isEmpty() ? NEVER : delayed.element().dueMillis();
    }
}
