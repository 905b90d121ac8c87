// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.Fields;
import dev.streampane.pipeline.decode.JsonRecords;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import java.time.ZoneId;
import java.util.List;

/**
 * Decodes topic {@code device-readings}: contract {@code device-reading/v1} and its legacy form, and heartbeats.
 *
 * <p>{@code {"device":"device1","ts":"2026-11-20T06:00:00Z","temperature":19.38,"humidity":57.09}} gives
 * {@code DeviceReading[device1, 19380000, 57090000]} at 06:00. {@code client} can stand for {@code device}; if both are present, they must
 * be equal.
 */
public final class ReadingDecoder extends JsonRecords<DeviceReading> {

    /** Decimals of temperature and humidity. */
    static final int SCALE = 6;

    static final List<String> FIELDS = List.of("device", "client", "ts", "temperature", "humidity");

    /** A decoder that reads times without a zone in {@code zone}. */
    public ReadingDecoder(ZoneId zone) {
        super(DeviceReading.class, "reading", FIELDS, (fetched, fields) -> reading(fetched, fields, zone));
    }

    static Decoded<DeviceReading> reading(Fetched fetched, Fields fields, ZoneId zone) throws Rejection {
        if (!fields.has("client")) {
            fields.require("device");
        }
        fields.require("ts");
        fields.require("temperature");
        fields.require("humidity");
        String device = device(fields);
        long eventTime = fields.time("ts", zone);
        long temperature = fields.units("temperature", SCALE);
        long humidity = fields.units("humidity", SCALE);
        return Decoded.value(fetched, new DeviceReading(device, temperature, humidity), eventTime);
    }

    private static String device(Fields fields) throws Rejection {
        if (!fields.has("device")) {
            return fields.id("client");
        }
        String device = fields.id("device");
        if (fields.has("client") && !fields.id("client").equals(device)) {
            throw new Rejection(RejectReason.DUPLICATE_KEY, "device and client are both there and differ");
        }
        return device;
    }
}
