// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.kafka.KafkaSinks;
import dev.streampane.pipeline.kafka.KafkaSources;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Sums each client's transactions per event-time window: {@code transactions} to {@code window-results}. */
public final class TransactionTotalJob extends Job {

    public static final String NAME = "transaction-total";

    public TransactionTotalJob() {
        super(
                NAME,
                "Total, minimum and maximum of the amounts per client and window",
                new JobOptions(JobKind.WINDOWED, JobOption.INPUT_TOPIC.withFallback("transactions")));
    }

    @Override
    public void define(StreamExecutionEnvironment env, JobConfig config) {
        var transactions = KafkaSources.of(env, config, new TransactionDecoder(config.get(JobOption.ZONE)));
        KafkaSinks.exactlyOnce(TransactionTotalTopology.build(transactions, config.intake()), config);
    }
}
