// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.Map;

/**
 * A record on its way to Kafka.
 *
 * @param sequence counts records as they are made, so copies of one record share it; for heartbeats the second
 * @param heartbeat a heartbeat goes to every partition, another record to its key's, one without a key to one after another
 * @param key null for heartbeats and records without a key
 * @param headers names and texts
 */
public record OutgoingRecord(long sequence, boolean heartbeat, byte[] key, byte[] value, Map<String, String> headers) {

    /** What a record takes beside its bytes, about, here and in the producer. */
    private static final int OVERHEAD_BYTES = 256;

    /** The heartbeat of a second since 1970. */
    public static OutgoingRecord heartbeat(long second, byte[] value) {
        return new OutgoingRecord(second, true, null, value, Map.of("kind", "heartbeat"));
    }

    int sizeBytes() {
        return OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }
}
