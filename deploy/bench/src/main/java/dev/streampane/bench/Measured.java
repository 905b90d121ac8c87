// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.time.Duration;
import java.util.Map;

/**
 * What one contender did in its steady part.
 *
 * @param cpu of its processes, but for just-in-time compilers
 * @param threads of the process that reads, seconds by name
 * @param digest of all its results
 */
record Measured(
        long records, Duration wall, Duration cpu, Map<String, Double> threads, Digest digest) {

    double recordsPerSecond() {
        return records * 1e9 / wall.toNanos();
    }

    double cpuMicrosPerRecord() {
        return cpu.toNanos() / 1e3 / records;
    }
}
