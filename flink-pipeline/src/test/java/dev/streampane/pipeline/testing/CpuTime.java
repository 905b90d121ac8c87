// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.function.Executable;

/** How much of a processor work takes, however many others want one. */
public final class CpuTime {

    private CpuTime() {}

    /** At most so much, on this thread. */
    public static void assertTakes(Duration most, Executable work) {
        assertThat(of(work)).isLessThan(most);
    }

    /** How much it takes, on this thread. */
    public static Duration of(Executable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        try {
            work.execute();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
    }
}
