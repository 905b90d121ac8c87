// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.time.Duration;
import java.util.List;

/**
 * What weather-average is run with once.
 *
 * @param row what is varied in the row of points that it belongs to
 * @param label its value, for people
 * @param x its value
 */
record ScalePoint(
        String row,
        String label,
        double x,
        ScaleInput input,
        Duration size,
        Duration slide,
        Duration lateness,
        int parallelism) {

    /** What the job and Flink told of a run. */
    record RunStatistics(
            double recordsPerSecond,
            double cpuMicrosPerRecord,
            double resultsPerRecord,
            long checkpointBytes,
            long checkpointMillis) {}

    List<String> options() {
        String windows = slide.equals(size)
                ? "tumbling(" + size.toMillis() + "ms)"
                : "sliding(" + size.toMillis() + "ms," + slide.toMillis() + "ms)";
        return List.of(
                "--windows=" + windows,
                "--allowed-lateness=" + lateness.toMillis() + "ms",
                "--parallelism=" + parallelism);
    }

    /** Ends of windows up to the last reading. */
    long ends() {
        return (input.end() - input.start()) / slide.toMillis();
    }

    /** Whether a window's records and results are right; one that began before the first reading has fewer records. */
    boolean isRight(long end, long results, long records) {
        long from = Math.max(input.start(), end - size.toMillis());
        return results == input.keys() && records == input.recordsBefore(end) - input.recordsBefore(from);
    }
}
