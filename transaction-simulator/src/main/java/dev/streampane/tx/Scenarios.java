// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Generator;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Generates the payments of all scenarios, in the order of their event times. The n-th scenario begins at {@code start + n * 60000 / rate}
 * milliseconds and has its own client. The client's id is this time plus the first id after those of the population, so that runs whose
 * event times do not overlap never use a client twice: a job remembers what each client has paid. The settings and the start alone decide
 * all of this.
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
        // Scenarios depend on places and milliseconds, which the legacy format does not have.
        this.rate = config.format() == TransactionFormat.LEGACY
                ? 0
                : config.scenarios().rate();
    }

    /** When the next payment is due or the next scenario begins, in ms since the epoch; {@link Generator#NEVER} if there is none. */
    long nextDueMillis() {
        return Math.min(nextBeginMillis(), nextPaymentMillis());
    }

    /** Number of payments that scenarios that have begun still have to make. */
    int open() {
        return due.size();
    }

    /**
     * Takes the next payment.
     *
     * @param room how many payments may still be added; a longer scenario does not begin, and no scenario begins after it
     * @return empty if a scenario was due that is longer than that
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
