// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import java.math.BigDecimal;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Looks for patterns of fraud in each client's payments: {@code transactions} to {@code alerts}. */
public final class FraudDetectionJob extends Job {

    public static final String NAME = "fraud-detection";

    public FraudDetectionJob() {
        super(NAME, "Alerts for transactions of a client that match a pattern of fraud", FraudOptions.OPTIONS);
    }

    @Override
    protected void check(JobConfig config) {
        BigDecimal large = config.get(FraudOptions.LARGE_AMOUNT);
        if (config.get(FraudOptions.SMALL_AMOUNT).compareTo(large) >= 0) {
            throw config.notAllowed(
                    FraudOptions.SMALL_AMOUNT,
                    "less than --large-amount, which is "
                            + large.stripTrailingZeros().toPlainString());
        }
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var transactions = KafkaSources.of(env, config, new TransactionDecoder(config.get(JobOption.ZONE)));
        KafkaSinks.exactlyOnce(FraudDetectionTopology.build(transactions, config.intake(), thresholds(config)), config);
    }

    static Thresholds thresholds(JobConfig config) {
        return new Thresholds(
                new Thresholds.SmallThenLarge(
                        units(config.get(FraudOptions.SMALL_AMOUNT)),
                        units(config.get(FraudOptions.LARGE_AMOUNT)),
                        config.get(FraudOptions.SMALL_LARGE_WINDOW)),
                new Thresholds.ManyTransactions(
                        config.get(FraudOptions.BURST_COUNT), config.get(FraudOptions.BURST_WINDOW)),
                new Thresholds.UnusualAmount(
                        config.get(FraudOptions.MEAN_FACTOR),
                        config.get(FraudOptions.MEAN_MIN_COUNT),
                        config.get(FraudOptions.MEAN_TTL)),
                new Thresholds.ImpossibleTravel(
                        units(config.get(FraudOptions.HIGH_VALUE)),
                        config.get(FraudOptions.MAX_SPEED_KMH),
                        config.get(FraudOptions.TRAVEL_WINDOW)));
    }

    private static long units(BigDecimal amount) {
        return amount.movePointRight(TransactionDecoder.SCALE).longValueExact();
    }
}
