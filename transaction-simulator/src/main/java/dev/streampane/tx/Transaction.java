// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

/**
 * A payment of a client. Numbers are fixed-point, so that the same payment always has the same bytes.
 *
 * @param client the client's id in decimal digits, which is also the Kafka key
 * @param eventTimeMillis time of the payment in milliseconds since 1970-01-01T00:00:00Z
 * @param amountHundredths amount in hundredths of the currency unit
 */
public record Transaction(String client, long eventTimeMillis, long amountHundredths, String merchant, Place place) {

    /**
     * Where the client paid, to about a metre.
     *
     * @param latitude degrees north times 100,000
     * @param longitude degrees east times 100,000
     */
    public record Place(int latitude, int longitude) {

        static final int DECIMALS = 5;
    }

    Transaction at(long otherEventTimeMillis) {
        return new Transaction(client, otherEventTimeMillis, amountHundredths, merchant, place);
    }
}
