// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Generator;
import dev.streampane.simulation.Malformation;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** Generates the transactions of the population and of the scenarios, up to the limit. No scenario is cut off. */
final class TransactionGenerator implements Generator {

    static final Malformation.Target TARGET = new Malformation.Target("\"client\":[^,]*,", "amount", "\"much\"");

    private final ClientPopulation population;
    private final Scenarios scenarios;
    private final TransactionWriter writer;
    private final long limit;
    private long transactions;

    TransactionGenerator(TxConfig config, long startMillis) {
        this.population = new ClientPopulation(config, startMillis);
        this.scenarios = new Scenarios(config, startMillis);
        this.writer = new TransactionWriter(config.format(), ZoneId.of(config.zone()));
        this.limit = config.limit() == 0 ? Long.MAX_VALUE : config.limit();
    }

    @Override
    public long nextDueMillis() {
        return Math.min(scenarios.nextDueMillis(), nextOfPopulationMillis());
    }

    /** The next transaction; empty if it is a scenario's first and the scenario is longer than the limit permits. */
    @Override
    public Optional<Generated> next() {
        if (scenarios.nextDueMillis() <= nextOfPopulationMillis()) {
            return scenarios.next(limit - transactions - scenarios.open()).map(this::ofScenario);
        }
        return Optional.of(generated(population.next(), Map.of(), true));
    }

    @Override
    public void rate(long rate, long fromMillis) {
        population.rate(rate, Math.min(fromMillis, population.nextTimeMillis()));
    }

    @Override
    public boolean finished() {
        return transactions >= limit;
    }

    /** A payment of a scenario. It takes no faults, as its label could then be wrong. */
    private Generated ofScenario(Scenarios.Payment payment) {
        return generated(payment.transaction(), Map.of("scenario", payment.label()), false);
    }

    private Generated generated(Transaction transaction, Map<String, String> headers, boolean mayFail) {
        return new Generated(
                transactions++,
                transaction.client(),
                transaction.eventTimeMillis(),
                headers,
                eventTimeMillis -> writer.write(transaction.at(eventTimeMillis)),
                mayFail);
    }

    private long nextOfPopulationMillis() {
        return transactions + scenarios.open() < limit ? population.nextTimeMillis() : NEVER;
    }
}
