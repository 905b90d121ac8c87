// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A number in a job's records. The fields of its results that are about it have its name after a prefix.
 *
 * @param name its name among the sums
 * @param scale decimals of its unit
 * @param average whether results have the average, with 6 decimals, and not the total
 */
record Measure(String name, int scale, boolean average) {

    private static final int AVERAGE_SCALE = 6;

    /** The measures of the jobs whose results can be recomputed. */
    private static final Map<String, List<Measure>> OF_JOBS = Map.of(
            "weather-average", List.of(new Measure("temp", 6, true), new Measure("hum", 6, true)),
            "transaction-total", List.of(new Measure("amount", 4, false)),
            "time-series-speed", List.of(new Measure("value", 6, true)));

    /** The measures of a job; empty if its results cannot be recomputed here. */
    static Optional<List<Measure>> of(String job) {
        return Optional.ofNullable(OF_JOBS.get(job));
    }

    /** The name of the average or total. */
    String main() {
        return (average ? "avg_" : "total_") + name;
    }

    /** The average or total; the average is divided once and rounded HALF_EVEN. */
    BigDecimal value(BigInteger total, long count) {
        BigDecimal exact = new BigDecimal(total, scale);
        return average ? exact.divide(BigDecimal.valueOf(count), AVERAGE_SCALE, RoundingMode.HALF_EVEN) : exact;
    }

    BigDecimal number(long units) {
        return BigDecimal.valueOf(units, scale);
    }
}
