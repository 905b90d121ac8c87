// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.Map;

/**
 * A record on its way to Kafka.
 *
 * @param sequence number of the record, which its copies share; of a heartbeat its second since 1970
 * @param heartbeat whether it goes to every partition; other records go to that of their key, or without a key to all in turn
 * @param key null for heartbeats and records without a key
 * @param headers names and texts of the headers
 */
public record OutgoingRecord(long sequence, boolean heartbeat, byte[] key, byte[] value, Map<String, String> headers) {

    /** Approximate memory that a record takes here and in the producer, in addition to its bytes. */
    private static final int OVERHEAD_BYTES = 256;

    /** The heartbeat of a second since 1970. */
    public static OutgoingRecord heartbeat(long second, byte[] value) {
        return new OutgoingRecord(second, true, null, value, Map.of("kind", "heartbeat"));
    }

    int sizeBytes() {
        return OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }
}
