// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.Simulation;
import dev.streampane.simulation.TopicPublisher;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;

/** Simulates payments of clients in real time. */
@Singleton
public class TransactionSimulation extends Simulation {

    static final String PREFIX = "tx";
    private static final String CHANNEL = "transactions";

    private final TxConfig config;

    /**
     * @param channel injected so that the channel and its producer exist; not used for sending (see {@link TopicPublisher})
     */
    TransactionSimulation(TxConfig config, KafkaClientService kafka, @Channel(CHANNEL) Emitter<byte[]> channel) {
        super(config, PREFIX, "transaction", CHANNEL, kafka);
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
