// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.JsonFields;
import dev.streampane.pipeline.intake.JsonRecords;
import dev.streampane.pipeline.intake.RecordDecoder;
import dev.streampane.pipeline.intake.Rejection;
import java.time.ZoneId;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Decodes topic {@code transactions}: contract {@code transaction/v1} and its legacy form, and heartbeats.
 *
 * <p>{@code {"client":3,"amount":120,"ts":"2024-05-12 02:11:37"}} gives {@code Transaction[3, 1200000]} at 02:11:37 of the job's zone.
 * Merchant and place are checked for their types and let go.
 */
public final class TransactionDecoder implements RecordDecoder<Transaction> {

    /** Decimals of amounts. */
    static final int SCALE = 4;

    private static final long serialVersionUID = 1L;

    private final JsonRecords<Transaction> records;

    /** A decoder that reads times without a zone in {@code zone}. */
    public TransactionDecoder(ZoneId zone) {
        this.records =
                new JsonRecords<>(
                        "transaction",
                        List.of("client", "ts", "amount", "merchant", "lat", "lon"),
                        (fetched, fields) -> transaction(fetched, fields, zone));
    }

    @Override
    public Decoded<Transaction> decode(Fetched fetched) {
        return records.decode(fetched);
    }

    private static Decoded<Transaction> transaction(Fetched fetched, JsonFields fields, ZoneId zone)
            throws Rejection {
        fields.require("client");
        fields.require("ts");
        fields.require("amount");
        String client = fields.id("client");
        long eventTime = fields.time("ts", zone);
        long amount = fields.units("amount", SCALE);
        if (fields.has("merchant")) {
            fields.text("merchant");
        }
        for (String coordinate : List.of("lat", "lon")) {
            if (fields.has(coordinate)) {
                fields.number(coordinate);
            }
        }
        return Decoded.value(fetched, new Transaction(client, amount), eventTime);
    }

    @Override
    public TypeInformation<Transaction> valueType() {
        return TypeInformation.of(Transaction.class);
    }
}
