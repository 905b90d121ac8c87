// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What one contender did in its steady part.
 *
 * @param cpu of its processes, but for just-in-time compilers
 * @param threads seconds by thread name, for each of its processes; the first one reads
 * @param digest of all its results
 * @param commits what it tells of them
 */
record Measured(
        long records, Duration wall, Duration cpu, List<Map<String, Double>> threads, Digest digest, String commits) {

    double recordsPerSecond() {
        return records * 1e9 / wall.toNanos();
    }

    double cpuMicrosPerRecord() {
        return cpu.toNanos() / 1e3 / records;
    }
}
