// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The processor time and memory that a process takes, as the system reports them.
 *
 * @param processor time on a core since the process started; zero where the system does not say
 * @param residentBytes memory that is in use now; empty where there is no {@code /proc}
 */
public record ProcessUsage(Duration processor, Optional<Long> residentBytes) {

    public static ProcessUsage of(ProcessHandle process) {
        return new ProcessUsage(
                process.info().totalCpuDuration().orElse(Duration.ZERO),
                firstNumber(Path.of("/proc/" + process.pid() + "/status"), "VmRSS:")
                        .map(kib -> kib << 10));
    }

    /** The number in the first line that begins like this; empty without such a file, line or number. */
    public static Optional<Long> firstNumber(Path file, String lineStart) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(lineStart))
                    .map(line -> line.replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty())
                    .map(Long::valueOf)
                    .findFirst();
        } catch (IOException notLinuxOrGone) {
            return Optional.empty();
        }
    }
}
