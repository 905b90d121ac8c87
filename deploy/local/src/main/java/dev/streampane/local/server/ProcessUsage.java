// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The processor time and memory that a process takes, as the system reports them.
 *
 * @param processor time on a core since the process started; zero where the system does not say
 * @param residentBytes memory that is in use now; empty where there is no {@code /proc}
 */
public record ProcessUsage(Duration processor, OptionalLong residentBytes) {

    public static ProcessUsage of(ProcessHandle process) {
        return new ProcessUsage(process.info().totalCpuDuration().orElse(Duration.ZERO), resident(process.pid()));
    }

    private static OptionalLong resident(long pid) {
        OptionalLong kib = firstNumber(Path.of("/proc/" + pid + "/status"), "VmRSS:");
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() << 10) : kib;
    }

    /** The number in the first line that begins like this; empty without such a file, line or number. */
    public static OptionalLong firstNumber(Path file, String lineStart) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(lineStart))
                    .map(line -> line.replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty())
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException notLinuxOrGone) {
            return OptionalLong.empty();
        }
    }
}
