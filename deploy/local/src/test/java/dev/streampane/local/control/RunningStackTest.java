// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class RunningStackTest {

    /** Milliseconds since the epoch change when the clock is set, and a stack that runs would be taken for none. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKnowAProcessByItsTicksSinceTheMachinesStart() throws Exception {
        long pid = ProcessHandle.current().pid();
        long ticks = Long.parseLong(Files.readString(Path.of("/proc/self/stat"))
                .replaceFirst("^.*\\) ", "")
                .split(" ")[19]);

        assertThat(new RunningStack.Child(pid, ticks).process()).contains(ProcessHandle.current());
        assertThat(new RunningStack.Child(pid, ticks + 1).process()).isEmpty();
        assertThat(RunningStack.Child.of(ProcessHandle.current()).process()).contains(ProcessHandle.current());
    }
}
