// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Generator;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Which scenario's payment is due next. The n-th scenario begins at {@code start + n * 60000 / rate} milliseconds, by a client of its
 * own, whose id lies above those of the population by that time: no client plays twice in runs whose event times do not overlap, for a job
 * remembers what each has paid. Like everything here it is decided by the settings and the start alone.
 *
 * <p>Not safe for use by several threads at once.
 */
final class Scenarios {

    private static final long MILLIS_PER_MINUTE = 60_000;

    private final TxConfig config;
    private final ScenarioBook book;
    private final long startMillis;
    private final int rate;
    private final PriorityQueue<Payment> due =
            new PriorityQueue<>(Comparator.comparingLong(Payment::dueMillis).thenComparingLong(Payment::order));

    private long begun;
    private long payments;
    private boolean ended;

    /** A payment of a scenario. */
    record Payment(Transaction transaction, String label, long order) {
        private long dueMillis() {
            return transaction.eventTimeMillis();
        }
    }

    Scenarios(TxConfig config, long startMillis) {
        this.config = config;
        this.book = new ScenarioBook(config);
        this.startMillis = startMillis;
        // The legacy format has no places, and cuts off the milliseconds that decide.
        this.rate = config.format() == TransactionFormat.LEGACY
                ? 0
                : config.scenarios().rate();
    }

    /** When the next payment is due, or the next scenario begins. */
    long nextDueMillis() {
        return Math.min(nextBeginMillis(), nextPaymentMillis());
    }

    /** Payments that are still to come of scenarios that have begun. */
    int open() {
        return due.size();
    }

    /**
     * Takes the next payment.
     *
     * @param room how many payments may still be planned; a scenario that is longer does not begin, nor does any after it
     * @return nothing when there is no more room
     */
    Optional<Payment> next(long room) {
        if (nextBeginMillis() <= nextPaymentMillis()) {
            begin(room);
            if (ended) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(due.poll());
    }

    private void begin(long room) {
        Scenario scenario = book.scenario(begun);
        if (scenario.steps().size() > room) {
            ended = true;
            return;
        }
        long beginMillis = nextBeginMillis();
        TxConfig.Clients clients = config.clients();
        String client = Long.toString(clients.first() + clients.count() + beginMillis);
        String merchant =
                config.merchants().get((int) (begun % config.merchants().size()));
        for (Scenario.Step step : scenario.steps()) {
            due.add(new Payment(
                    new Transaction(
                            client, beginMillis + step.afterMillis(), step.amountHundredths(), merchant, step.place()),
                    scenario.label(),
                    payments++));
        }
        begun++;
    }

    private long nextBeginMillis() {
        return rate == 0 || ended ? Generator.NEVER : startMillis + begun * MILLIS_PER_MINUTE / rate;
    }

    private long nextPaymentMillis() {
        return due.isEmpty() ? Generator.NEVER : due.element().dueMillis();
    }
}
