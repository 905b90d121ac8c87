// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

/**
 * A record on its way to Kafka.
 *
 * @param sequence counts transactions as they are made, so copies of one transaction share it; for heartbeats the second
 * @param heartbeat a heartbeat goes to every partition, a transaction to its key's
 * @param key null for heartbeats
 * @param kindHeader value of the header {@code kind}; null for none
 * @param scenario value of the header {@code scenario}; null where the transaction belongs to none
 */
record Outgoing(
        long sequence,
        boolean heartbeat,
        byte[] key,
        byte[] value,
        String kindHeader,
        String scenario) {

    /** What a record takes beside its bytes, about, here and in the producer. */
    private static final int OVERHEAD_BYTES = 256;

    static Outgoing heartbeat(long second, byte[] value) {
        return new Outgoing(second, true, null, value, "heartbeat", null);
    }

    int sizeBytes() {
        return OVERHEAD_BYTES + value.length + (key == null ? 0 : key.length);
    }
}
