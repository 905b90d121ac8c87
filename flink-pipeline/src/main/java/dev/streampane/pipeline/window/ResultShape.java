// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Which numbers a job's results carry, by name and scale.
 *
 * @param metrics what each record measures, in the order of a {@link Partial}'s metrics
 * @param columns what people read, in the order of the contract
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

    /** A number of the result: a statistic of the metric with that index, whose prefix its name has to have. */
    public record Column(String name, Statistic statistic, int metric) implements Serializable {

        /** By the prefix alone readers know what they may add up. */
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

    /** What is told of a metric. */
    public enum Statistic {
        /** The sum divided once by the count, HALF_EVEN at {@value ResultShape#AVERAGE_SCALE} digits. */
        AVERAGE("avg_"),
        TOTAL("total_"),
        MIN("min_"),
        MAX("max_"),
        /** The last of the texts, which are of no metric. */
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

    List<WindowResult.Value> values(Partial pane) {
        var values = new ArrayList<WindowResult.Value>(columns.size());
        for (Column column : columns) {
            if (isIn(column, pane)) {
                values.add(value(column, pane));
            }
        }
        return values;
    }

    /** A pane has the columns of what came: of numbers, of texts or of both. */
    private static boolean isIn(Column column, Partial pane) {
        return column.statistic() == Statistic.LAST ? pane.texts != null : pane.numbers() > 0;
    }

    private WindowResult.Value value(Column column, Partial pane) {
        return column.statistic() == Statistic.LAST
                ? WindowResult.Value.of(column.name(), pane.texts.last)
                : new WindowResult.Value(column.name(), number(column, pane));
    }

    List<WindowResult.Sum> sums(Partial pane) {
        var sums = new WindowResult.Sum[pane.numbers() > 0 ? metrics.size() : 0];
        for (int metric = 0; metric < sums.length; metric++) {
            sums[metric] = new WindowResult.Sum(metrics.get(metric).name(), pane.metrics[metric].sum());
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
