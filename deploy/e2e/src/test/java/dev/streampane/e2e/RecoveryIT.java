// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a job gives no result after a process of its cluster was killed; bounds are for two quiet cores. */
@Tag("alone")
class RecoveryIT {

    private static final Duration STARTED_AGAIN_WITHIN = Duration.ofSeconds(90);

    @TempDir
    static Path data;

    private static LoadedStack stack;

    @BeforeAll
    static void startStack() {
        stack = new LoadedStack(data, LoadedStack.RULE.spec());
    }

    @AfterAll
    static void stopStack() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void shouldGiveTheNextResultSoonAfterTheTaskManagerIsKilled() {
        recoversWithin("taskmanager", 2, Duration.ofSeconds(10));
    }

    @Test
    void shouldGiveTheNextResultSoonAfterTheJobManagerIsKilled() {
        recoversWithin("jobmanager", 1, Duration.ofSeconds(30));
    }

    /**
     * Kills a process a few times while transactions come, and holds the slowest recovery to the bound. A job that fails again within two
     * minutes waits half as long again each time, which is part of it.
     */
    private static void recoversWithin(String child, int kills, Duration bound) {
        List<Duration> recoveries = new ArrayList<>();
        for (int kill = 0; kill < kills; kill++) {
            stack.transactions().publish(Duration.ofSeconds(10));
            stack.awaitRead();
            long restarts = stack.up().restarts(child);
            Instant killed = Instant.now();
            stack.up().kill(child);
            recoveries.add(Recovery.untilTheNextResult(stack.up(), Feed.TRANSACTIONS, stack.transactions(), killed));
            await().atMost(STARTED_AGAIN_WITHIN).until(() -> stack.up().restarts(child) > restarts);
        }
        Duration scaled = stack.scaled(bound);
        System.out.println(child + " killed, next committed result after " + recoveries + ", at most " + scaled);
        assertThat(recoveries).allMatch(time -> time.compareTo(scaled) <= 0, "within " + scaled);
    }
}
