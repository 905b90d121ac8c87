// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.List;

/** Reads heartbeats, contract {@code heartbeat/v1}: {@code {"ts":"2026-11-20T06:00:00Z"}}. */
public final class HeartbeatDecoder {

    private static final List<String> FIELDS = List.of("ts");

    private HeartbeatDecoder() {}

    /** A record whose kind says that it is a heartbeat. */
    public static <T> Decoded<T> decode(Fetched fetched) throws Rejection {
        return Decoded.heartbeat(fetched, eventTime(fetched.valueOfKind(Fetched.HEARTBEAT)));
    }

    /** The heartbeat's event time in ms since the epoch; a time needs its zone here. */
    public static long eventTime(byte[] value) throws Rejection {
        JsonFields fields = JsonFields.read(value, FIELDS);
        fields.require("ts");
        return fields.time("ts", null);
    }
}
