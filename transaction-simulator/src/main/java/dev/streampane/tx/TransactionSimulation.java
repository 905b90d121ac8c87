// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.Simulation;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.Map;

/** Lets clients pay in real time. */
@Singleton
public class TransactionSimulation extends Simulation {

    static final String PREFIX = "tx";

    private final TxConfig config;

    TransactionSimulation(
            TxConfig config, @Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry metrics) {
        super(config, PREFIX, "transaction", kafka, metrics);
        this.config = config;
    }

    @Override
    protected RecordSchedule schedule(long startMillis) {
        return new RecordSchedule(
                config, new TransactionGenerator(config, startMillis), TransactionGenerator.TARGET, startMillis);
    }

    @Override
    protected String senders() {
        String rate = config.rate() == 0 ? "every " + config.period() : config.rate() + "/s";
        return "format=" + config.format() + " clients=" + config.clients().count() + " rate=" + rate;
    }

    TxState state() {
        return new TxState(this, config);
    }
}
