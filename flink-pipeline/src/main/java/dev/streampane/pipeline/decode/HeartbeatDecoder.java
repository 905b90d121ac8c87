// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.List;

/** Decodes heartbeats, contract {@code heartbeat/v1}: {@code {"ts":"2026-11-20T06:00:00Z"}}. */
public final class HeartbeatDecoder {

    private static final List<String> FIELDS = List.of("ts");

    private HeartbeatDecoder() {}

    /** Decodes a record whose kind is heartbeat; its time must have a zone. */
    public static <T> Decoded<T> decode(Fetched fetched) throws Rejection {
        byte[] value = fetched.valueOfKind(Fetched.HEARTBEAT);
        return Decoded.heartbeat(fetched, JsonFields.read(value, FIELDS).time("ts", null));
    }
}
