// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.time.ZoneId;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Decodes topic {@code transactions}: contract {@code transaction/v1} and its legacy form, and heartbeats.
 *
 * <p>{@code {"client":3,"amount":120,"ts":"2024-05-12 02:11:37"}} gives a transaction of client 3 over 1200000 units at 02:11:37 of the
 * job's zone. A place that lies nowhere on Earth is no reason to reject a payment: it is left out.
 */
public final class TransactionDecoder implements RecordDecoder<Transaction> {

    /** Decimals of amounts. */
    public static final int SCALE = 4;

    /** Decimals of degrees. */
    public static final int DEGREE_SCALE = 6;

    private static final long MAX_LATITUDE = 90_000_000;
    private static final long MAX_LONGITUDE = 180_000_000;

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
        String merchant = fields.has("merchant") ? fields.text("merchant") : null;
        String latitude = fields.has("lat") ? fields.number("lat") : null;
        String longitude = fields.has("lon") ? fields.number("lon") : null;
        return Decoded.value(
                fetched,
                new Transaction(client, amount, merchant, place(latitude, longitude)),
                eventTime);
    }

    private static Transaction.Place place(String latitude, String longitude) {
        if (latitude == null || longitude == null) {
            return null;
        }
        try {
            long north = FixedPoint.parse("lat", latitude, DEGREE_SCALE);
            long east = FixedPoint.parse("lon", longitude, DEGREE_SCALE);
            return Math.abs(north) <= MAX_LATITUDE && Math.abs(east) <= MAX_LONGITUDE
                    ? new Transaction.Place((int) north, (int) east)
                    : null;
        } catch (Rejection outOfRange) {
            return null;
        }
    }

    @Override
    public TypeInformation<Transaction> valueType() {
        return TypeInformation.of(Transaction.class);
    }
}
