// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.server.ServiceBuild;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of a stack of which most are the defaults. */
final class TestSettings {

    private TestSettings() {}

    static StackSettings of(
            Path data, int portOffset, List<String> jobs, Optional<String> windows, Map<String, String> jobOptions) {
        return new StackSettings(
                data,
                portOffset,
                jobs,
                windows,
                Optional.empty(),
                Optional.empty(),
                true,
                jobOptions,
                List.of(),
                Map.of(),
                Map.of(),
                ServiceBuild.JVM);
    }
}
