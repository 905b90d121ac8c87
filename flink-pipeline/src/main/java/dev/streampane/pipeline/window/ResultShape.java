// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a job's results, with names and scales.
 *
 * @param metrics the numbers of each record, in the order of {@link Partial#metrics}
 * @param columns the values that a result shows, in the order of the contract
 */
public record ResultShape(List<Metric> metrics, List<Column> columns) implements Serializable {

    /** Decimals of every average. */
    static final int AVERAGE_SCALE = 6;

    /**
     * A measured number.
     *
     * @param name its name among the sums
     * @param scale decimals of its unit
     */
    public record Metric(String name, int scale) implements Serializable {}

    /**
     * A value of the result: a statistic of one metric.
     *
     * @param name has to begin with the prefix of the statistic
     * @param metric index of the metric; -1 for {@link Statistic#LAST}
     */
    public record Column(String name, Statistic statistic, int metric) implements Serializable {

        /** Checks the prefix, from which alone readers know which columns they may add up. */
        public Column {
            if (!name.startsWith(statistic.prefix)) {
                throw new IllegalArgumentException("column '%s' is of the statistic %s: its name has to begin with %s"
                        .formatted(name, statistic, statistic.prefix));
            }
        }

        /** The last text of the result. */
        public static Column last(String name) {
            return new Column(name, Statistic.LAST, -1);
        }
    }

    /** Statistics of a metric. */
    public enum Statistic {
        /** The sum divided once by the count, rounded HALF_EVEN to {@value ResultShape#AVERAGE_SCALE} decimals. */
        AVERAGE("avg_"),
        TOTAL("total_"),
        MIN("min_"),
        MAX("max_"),
        /** The last text; texts belong to no metric. */
        LAST("");

        private final String prefix;

        Statistic(String prefix) {
            this.prefix = prefix;
        }
    }

    /** Keeps copies that Java can serialize. */
    public ResultShape {
        metrics = List.copyOf(metrics);
        columns = List.copyOf(columns);
    }

    /** The columns that the pane has: text columns need texts, all others need records with numbers. */
    List<WindowResult.Value> values(Partial pane) {
        var values = new ArrayList<WindowResult.Value>(columns.size());
        for (Column column : columns) {
            if (column.statistic() != Statistic.LAST && pane.numbers() > 0) {
                values.add(new WindowResult.Value(column.name(), number(column, pane)));
            } else if (column.statistic() == Statistic.LAST && pane.texts != null) {
                values.add(WindowResult.Value.of(column.name(), pane.texts.last));
            }
        }
        return values;
    }

    /** The sum of each metric in units, as text. */
    List<WindowResult.Value> sums(Partial pane) {
        var sums = new WindowResult.Value[pane.numbers() > 0 ? metrics.size() : 0];
        for (int metric = 0; metric < sums.length; metric++) {
            sums[metric] = WindowResult.Value.of(
                    metrics.get(metric).name(), pane.metrics[metric].sum().toString());
        }
        return List.of(sums);
    }

    private BigDecimal number(Column column, Partial pane) {
        Totals totals = pane.metrics[column.metric()];
        int scale = metrics.get(column.metric()).scale();
        return switch (column.statistic()) {
            case AVERAGE ->
                new BigDecimal(totals.sum(), scale)
                        .divide(BigDecimal.valueOf(pane.numbers()), AVERAGE_SCALE, RoundingMode.HALF_EVEN);
            case TOTAL -> new BigDecimal(totals.sum(), scale);
            case MIN -> BigDecimal.valueOf(totals.min, scale);
            case MAX -> BigDecimal.valueOf(totals.max, scale);
            case LAST -> throw new IllegalArgumentException(column.name() + " is no number");
        };
    }
}
