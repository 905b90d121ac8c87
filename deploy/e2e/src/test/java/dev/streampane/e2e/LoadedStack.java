// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.nio.file.Path;
import java.time.Duration;

/** A stack, and a seeded load for each of its inputs. */
final class LoadedStack implements AutoCloseable {

    static final WindowRule RULE = WindowRule.tumbling(Duration.ofSeconds(5));

    private final Up up;
    private final Load readings;
    private final Load transactions;

    LoadedStack(Path data, String... options) {
        long seed = Seed.next();
        up = Up.start(data, Up.freePortOffset(), RULE, options);
        readings = new Load(up.bootstrapServers(), Feed.READINGS, RULE, seed);
        transactions = new Load(up.bootstrapServers(), Feed.TRANSACTIONS, RULE, seed);
    }

    Up up() {
        return up;
    }

    Load readings() {
        return readings;
    }

    Load transactions() {
        return transactions;
    }

    /** Closes every window and waits until the books are balanced. */
    Outcome settled() {
        readings.finish();
        transactions.finish();
        return Outcome.settled(up.bootstrapServers(), RULE);
    }

    @Override
    public void close() {
        readings.close();
        transactions.close();
        up.close();
    }
}
