// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Generates the payments of all clients, in the order of their event times. Event times are computed, not read from a clock:
 * the n-th payment is at {@code start + n * period}, in rate mode at {@code start + n * 1000 / rate} milliseconds. The seed
 * decides which client pays. So the same settings and start always give the same payments.
 *
 * <p>Not safe for use by several threads at once.
 */
final class ClientPopulation {

    /** Makes the clients' seeds differ: 2^64 divided by the golden ratio. */
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final TxConfig config;
    private final SpendingPattern spending;
    private final SplittableRandom choice;
    private final Client[] clients;
    private final double[] cumulatedShares;
    private final long startMillis;

    private long rate;
    private long sinceMillis;
    private long payments;

    ClientPopulation(TxConfig config, long startMillis) {
        this.config = config;
        this.spending = new SpendingPattern(config.amounts());
        this.choice = new SplittableRandom(config.seed());
        this.clients = new Client[config.clients().count()];
        this.cumulatedShares = cumulatedShares(clients.length, config.clients().skew());
        this.startMillis = startMillis;
        begin(config.rate(), startMillis);
    }

    /**
     * Changes the rate; setting the current rate again changes nothing.
     *
     * @param newRate payments per second over all clients; 0 for one per period
     * @param fromMillis earliest event time of the next payment, in ms since the epoch
     */
    void rate(long newRate, long fromMillis) {
        if (newRate != rate) {
            begin(newRate, fromMillis);
        }
    }

    private void begin(long newRate, long fromMillis) {
        rate = newRate;
        payments = 0;
        sinceMillis = fromMillis;
        if (newRate == 0) {
            long passed = Math.max(0, fromMillis - startMillis);
            sinceMillis = startMillis + (passed + periodMillis() - 1) / periodMillis() * periodMillis();
        }
    }

    long nextTimeMillis() {
        long sinceThen = rate == 0 ? payments * periodMillis() : payments / rate * 1000 + payments % rate * 1000 / rate;
        return sinceMillis + sinceThen;
    }

    Transaction next() {
        long timeMillis = nextTimeMillis();
        payments++;
        return client(chosen()).pay(timeMillis);
    }

    private int chosen() {
        int place = Arrays.binarySearch(cumulatedShares, choice.nextDouble());
        // Not found: -(place of the first larger share) - 1. A number that equals a share belongs to the next client.
        return Math.min(place < 0 ? -place - 1 : place + 1, clients.length - 1);
    }

    private Client client(int index) {
        if (clients[index] == null) {
            SplittableRandom random = new SplittableRandom(config.seed() + (index + 1) * GAMMA);
            clients[index] = new Client(
                    Long.toString(config.clients().first() + index),
                    spending,
                    config.merchants(),
                    new Journey(config.locations(), random.split()),
                    random);
        }
        return clients[index];
    }

    private long periodMillis() {
        return config.period().toMillis();
    }

    /** Element i is the share of all payments that clients 0 to i make; client i pays in proportion to {@code (i + 1) ^ -skew}. */
    private static double[] cumulatedShares(int count, double skew) {
        double[] shares = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += StrictMath.pow(i + 1, -skew);
            shares[i] = sum;
        }
        for (int i = 0; i < count; i++) {
            shares[i] /= sum;
        }
        return shares;
    }
}
