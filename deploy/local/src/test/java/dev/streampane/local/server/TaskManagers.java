// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static dev.streampane.local.server.Patience.await;

import java.io.IOException;
import java.util.Set;

/** The TaskManagers of a {@link LocalFlink}. */
public final class TaskManagers {

    private TaskManagers() {}

    /** Starts the killed one again and waits until its slots are there, and those of the killed one are not. */
    public static void restart(LocalFlink flink) throws IOException {
        Set<String> before = known(flink);
        flink.launchTaskManager();
        // it registers before its slots are counted, and those of the killed one may be until it is missed
        await().until(() -> {
            Set<String> now = known(flink);
            return now.size() == 1 && !before.containsAll(now);
        });
        flink.awaitReady();
    }

    /** Those that the JobManager knows, killed ones included until it misses them. */
    private static Set<String> known(LocalFlink flink) throws IOException {
        return Set.copyOf(Http.get(flink.restUrl().resolve("/taskmanagers"))
                .path("taskmanagers")
                .findValuesAsText("id"));
    }
}
