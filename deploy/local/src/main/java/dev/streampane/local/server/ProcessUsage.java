// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a process takes of the machine, as the system tells it.
 *
 * @param processor time on a core since the process started; zero where the system does not say
 * @param residentBytes memory that is in use now; empty where there is no {@code /proc}
 */
public record ProcessUsage(Duration processor, OptionalLong residentBytes) {

    public static ProcessUsage of(ProcessHandle process) {
        return new ProcessUsage(process.info().totalCpuDuration().orElse(Duration.ZERO), resident(process.pid()));
    }

    private static OptionalLong resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException notLinuxOrGone) {
            return OptionalLong.empty();
        }
    }
}
