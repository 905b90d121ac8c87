// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

/**
 * A record on its way to Kafka.
 *
 * @param sequence counts readings as they are measured, so copies of one reading share it, or messages of rows; for
 *     heartbeats the second
 * @param heartbeat a heartbeat goes to every partition, a reading to its key's, a message of rows to one after another
 * @param key null for heartbeats and messages of rows
 * @param kindHeader value of the header {@code kind}; null for none
 */
record Outgoing(long sequence, boolean heartbeat, byte[] key, byte[] value, String kindHeader) {

    /** What a record takes beside its bytes, about, here and in the producer. */
    private static final int OVERHEAD_BYTES = 256;

    static Outgoing heartbeat(long second, byte[] value) {
        return new Outgoing(second, true, null, value, "heartbeat");
    }

    int sizeBytes() {
        return OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }
}
