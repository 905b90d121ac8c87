// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.IntakeSettings;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Everything that {@code transaction-total} says about its input, per client and event-time window. */
public final class TransactionTotalTopology {

    private TransactionTotalTopology() {}

    /** Results, late records, dead letters and audit lines as one stream. */
    public static DataStream<Output> build(
            DataStream<Decoded<Transaction>> decoded, IntakeSettings settings) {
        throw new UnsupportedOperationException("not wired yet");
    }
}
