// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import static dev.streampane.pipeline.window.ResultShape.Statistic.MAX;
import static dev.streampane.pipeline.window.ResultShape.Statistic.MIN;
import static dev.streampane.pipeline.window.ResultShape.Statistic.TOTAL;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.intake.KeyedWindows;
import dev.streampane.pipeline.window.ResultShape;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Totals each client's payments per event-time window.
 *
 * <p>Client 3 pays 120 at 06:00:10 and 0.5 at 06:00:40, {@code tumbling(1m)}: once the watermark passes 06:01:00 one result for
 * {@code [06:00, 06:01)} with total_amount 120.5000, min_amount 0.5000, max_amount 120.0000 and count 2.
 */
public final class TransactionTotalTopology {

    private static final Measures<Transaction> MEASURES =
            new Measures<>(Transaction::client, transaction -> new long[] {transaction.amountUnits()});

    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("amount", TransactionDecoder.SCALE)),
            List.of(
                    new Column("total_amount", TOTAL, 0),
                    new Column("min_amount", MIN, 0),
                    new Column("max_amount", MAX, 0)));

    private TransactionTotalTopology() {}

    /** All outputs of the job as one stream: results, late records, dead letters, audit lines and corrections. */
    public static DataStream<Output> build(DataStream<Decoded<Transaction>> decoded, IntakeSettings settings) {
        return new KeyedWindows<>("transaction", TypeInformation.of(Transaction.class), MEASURES, SHAPE)
                .over(decoded, settings, "total-per-client");
    }
}
