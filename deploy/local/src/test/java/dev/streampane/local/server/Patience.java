// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.awaitility.pollinterval.IterativePollInterval.iterative;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How tests wait: longer than the slowest machine takes, for that costs nothing where what they wait for comes soon. */
public final class Patience {

    private static final Duration MOST = Duration.ofMinutes(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private Patience() {}

    public static ConditionFactory await() {
        return await(null);
    }

    /**
     * Waits up to ten minutes for what has that name; looks at once, then soon, then ten times a second. What other threads end of is not its
     * failure: tests run beside each other, and some end threads.
     */
    public static ConditionFactory await(String name) {
        return Awaitility.await(name)
                .atMost(MOST)
                .dontCatchUncaughtExceptions()
                .pollDelay(Duration.ZERO)
                .pollInterval(iterative(Patience::longer, FIRST_PAUSE));
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
