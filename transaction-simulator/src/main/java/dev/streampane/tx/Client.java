// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.util.List;
import java.util.SplittableRandom;

/** One client: its id, its habits and where it is. */
final class Client {

    private final String id;
    private final SpendingPattern spending;
    private final List<String> merchants;
    private final Journey journey;
    private final SplittableRandom random;
    private final int favourite;

    Client(String id, SpendingPattern spending, List<String> merchants, Journey journey, SplittableRandom random) {
        this.id = id;
        this.spending = spending;
        this.merchants = merchants;
        this.journey = journey;
        this.random = random;
        this.favourite = pick();
    }

    /** Pays at a moment, which must not lie before the last one; half of the time at its favourite merchant. */
    Transaction pay(long eventTimeMillis) {
        long amount = spending.next(random);
        int elsewhere = pick();
        String merchant = merchants.get(random.nextDouble() < 0.5 ? favourite : elsewhere);
        return new Transaction(id, eventTimeMillis, amount, merchant, journey.next(eventTimeMillis));
    }

    private int pick() {
        return (int) (random.nextDouble() * merchants.size());
    }
}
