// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.time.Duration;
import java.util.List;

/**
 * Input and options of one run of weather-average.
 *
 * @param row name of the row of points that it belongs to, which says what varies in the row
 * @param label the value that varies, as text for people
 * @param x the value that varies
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

    /** Figures of a run. */
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

    /** Number of window ends within the input. */
    long ends() {
        return (input.end() - input.start()) / slide.toMillis();
    }

    /** Whether the windows with an end have the right numbers of results and records; those that start before the input have fewer records. */
    boolean isRight(long end, long results, long records) {
        long from = Math.max(input.start(), end - size.toMillis());
        return results == input.keys() && records == input.recordsBefore(end) - input.recordsBefore(from);
    }
}
