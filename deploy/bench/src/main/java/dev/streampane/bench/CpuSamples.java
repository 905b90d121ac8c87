// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Samples of the CPU time of processes. Taking a sample reads a file per thread, so it is not done in each poll. */
final class CpuSamples {

    private static final Duration EVERY = Duration.ofMillis(250);

    private final List<ThreadTimes> processes;
    private final TreeMap<Long, Duration> taken = new TreeMap<>();

    CpuSamples(List<ThreadTimes> processes) {
        this.processes = processes;
    }

    /** Takes a sample, unless the last one is younger than 250 ms. */
    void takeWhenDue() throws IOException {
        if (taken.isEmpty() || System.currentTimeMillis() - taken.lastKey() >= EVERY.toMillis()) {
            take();
        }
    }

    /** Takes a sample. */
    void take() throws IOException {
        Duration sum = Duration.ZERO;
        for (ThreadTimes process : processes) {
            sum = sum.plus(process.cpu());
        }
        taken.put(System.currentTimeMillis(), sum);
    }

    /** CPU time between two times in ms since the epoch, interpolated between samples. */
    Duration between(long begin, long end) {
        return at(end).minus(at(begin));
    }

    private Duration at(long millis) {
        Map.Entry<Long, Duration> after = taken.ceilingEntry(millis);
        Map.Entry<Long, Duration> before = taken.lowerEntry(millis);
        if (before == null) {
            return taken.firstEntry().getValue();
        }
        if (after == null) {
            return before.getValue();
        }
        double share = (millis - before.getKey()) / (double) (after.getKey() - before.getKey());
        long nanos = after.getValue().minus(before.getValue()).toNanos();
        return before.getValue().plusNanos((long) (share * nanos));
    }
}
