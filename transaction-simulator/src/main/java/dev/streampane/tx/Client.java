// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.util.List;
import java.util.SplittableRandom;

/** A client: its id, its habits and its places. */
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

    /** Pays at a time, which must not be earlier than that of the last payment; half of its payments go to its favourite merchant. */
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
