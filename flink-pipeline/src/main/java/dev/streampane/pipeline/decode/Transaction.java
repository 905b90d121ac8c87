// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

/**
 * One payment of a client. Contract {@code transaction/v1}; its event time is in {@link Decoded}.
 *
 * @param client the client's id, 1 to 256 bytes in UTF-8
 * @param amountUnits the amount in 10^-4 of the currency unit, which is the same for all transactions
 * @param merchant null where there is none
 * @param place null where latitude or longitude is missing or out of range
 */
public record Transaction(String client, long amountUnits, String merchant, Place place) {

    /**
     * A point on Earth.
     *
     * @param latitudeMicros millionths of a degree north, from -90,000,000 to 90,000,000
     * @param longitudeMicros millionths of a degree east, from -180,000,000 to 180,000,000
     */
    public record Place(int latitudeMicros, int longitudeMicros) {}
}
