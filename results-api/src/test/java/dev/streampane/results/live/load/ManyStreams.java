// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Lets as many streams open as {@link StreamFigures} has, in the tests' own process. */
public final class ManyStreams implements QuarkusTestResourceLifecycleManager {

    /** After the servers, whose limits are lower. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        return SETTINGS;
    }

    /** What a process needs for them beside its defaults; they come from as many addresses as {@link Crowd} has. */
    static final Map<String, String> SETTINGS = Map.of(
            "results.stream.max-clients",
            "5000",
            "quarkus.http.limits.max-connections",
            "5100",
            "results.stream.heartbeat",
            "15s",
            "results.stream.stall-timeout",
            "60s",
            "results.stream.buffer",
            "100000",
            "results.tail-bytes",
            "16M");

    @Override
    public void stop() {}
}
