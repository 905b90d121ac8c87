// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long tests wait for what comes: longer than on the slowest machine, for it costs nothing where it comes soon. */
public final class Patience {

    private Patience() {}

    /** Waits up to a minute, and not at all for what is so already. */
    public static ConditionFactory await() {
        return Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50));
    }
}
