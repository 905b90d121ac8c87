// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.time.ZoneId;
import java.util.List;

/**
 * Decodes topic {@code transactions}: contract {@code transaction/v1} and its legacy form, and heartbeats.
 *
 * <p>{@code {"client":3,"amount":120,"ts":"2024-05-12 02:11:37"}} gives a transaction of client 3 over 1200000 units at 02:11:37 in the job's
 * zone. A place with a latitude or longitude out of range does not reject a payment: it is left out.
 */
public final class TransactionDecoder extends JsonRecords<Transaction> {

    /** Decimals of amounts. */
    public static final int SCALE = 4;

    /** Decimals of degrees. */
    public static final int DEGREE_SCALE = 6;

    private static final long MAX_LATITUDE = 90_000_000;
    private static final long MAX_LONGITUDE = 180_000_000;
    private static final long NOWHERE = Long.MIN_VALUE;

    static final List<String> FIELDS = List.of("client", "ts", "amount", "merchant", "lat", "lon");

    /** A decoder that reads times without a zone in {@code zone}. */
    public TransactionDecoder(ZoneId zone) {
        super(Transaction.class, "transaction", FIELDS, (fetched, fields) -> transaction(fetched, fields, zone));
    }

    static Decoded<Transaction> transaction(Fetched fetched, Fields fields, ZoneId zone) throws Rejection {
        fields.require("client");
        fields.require("ts");
        fields.require("amount");
        String client = fields.id("client");
        long eventTime = fields.time("ts", zone);
        long amount = fields.units("amount", SCALE);
        String merchant = fields.has("merchant") ? fields.text("merchant") : null;
        long latitude = degrees(fields, "lat", MAX_LATITUDE);
        long longitude = degrees(fields, "lon", MAX_LONGITUDE);
        Transaction.Place place = latitude == NOWHERE || longitude == NOWHERE
                ? null
                : new Transaction.Place((int) latitude, (int) longitude);
        return Decoded.value(fetched, new Transaction(client, amount, merchant, place), eventTime);
    }

    private static long degrees(Fields fields, String name, long max) throws Rejection {
        if (!fields.has(name)) {
            return NOWHERE;
        }
        try {
            long micros = fields.units(name, DEGREE_SCALE);
            return Math.abs(micros) <= max ? micros : NOWHERE;
        } catch (Rejection rejection) {
            if (rejection.reason() == RejectReason.RANGE) {
                return NOWHERE;
            }
            throw rejection;
        }
    }
}
