// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.math.BigDecimal;
import java.util.List;

/** An input topic, the job that reads it, and the numbers that the job adds up. */
enum Feed {
    READINGS(
            "device-readings",
            "device-reading",
            "weather-average",
            6,
            List.of(
                    new Measure("temperature", "temp", "avg_temp", "min_temp", "max_temp"),
                    new Measure("humidity", "hum", "avg_hum", "min_hum", "max_hum"))),
    TRANSACTIONS(
            "transactions",
            "transaction",
            "transaction-total",
            4,
            List.of(new Measure("amount", "amount", "total_amount", "min_amount", "max_amount")));

    private final String topic;
    private final String contract;
    private final String job;
    private final int decimals;
    private final List<Measure> measures;

    /** A field of the input and its names in a result; {@code main} is an average or a total. */
    record Measure(String field, String sum, String main, String min, String max) {}

    Feed(String topic, String contract, String job, int decimals, List<Measure> measures) {
        this.topic = topic;
        this.contract = contract;
        this.job = job;
        this.decimals = decimals;
        this.measures = measures;
    }

    String topic() {
        return topic;
    }

    /** Name of the folder below deploy/schemas. */
    String contract() {
        return contract;
    }

    String job() {
        return job;
    }

    /** Decimals of a scaled unit. */
    int decimals() {
        return decimals;
    }

    List<Measure> measures() {
        return measures;
    }

    boolean averages() {
        return this == READINGS;
    }

    BigDecimal value(java.math.BigInteger units) {
        return new BigDecimal(units, decimals);
    }
}
