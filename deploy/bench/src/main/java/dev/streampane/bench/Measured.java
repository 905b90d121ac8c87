// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a contender did in the steady part of its run.
 *
 * @param cpu CPU time of its processes, without just-in-time compilers
 * @param threads CPU seconds by thread name, for each of its processes; the first process reads the records
 * @param digest digest of all its results
 * @param commits what it reports about its commits
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
