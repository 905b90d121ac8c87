// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.contract.WindowResult;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Gives each row its verdict by brute force over the rows before it in its partition, and sums up what is counted. */
final class RowOracle {

    /**
     * A row, or a heartbeat, as it was meant.
     *
     * @param name null for a heartbeat
     * @param reason why it is rejected; null when it is not
     * @param number in 10^-6, for a name without {@code -ns-}
     */
    record Written(
            int partition,
            long offset,
            int row,
            String name,
            String reason,
            long eventTime,
            long appendTime,
            long number,
            String text) {

        String place() {
            return partition + "/" + offset + "/" + row;
        }

        boolean isText() {
            return name.contains("-ns-");
        }
    }

    private static final long SKEW = 300_000;

    private final long size;
    private final long offset;
    private final long b;
    private final long l;

    /** What each pane holds. */
    final TreeMap<String, String> panes = new TreeMap<>();

    /** Places of late rows. */
    final TreeSet<String> late = new TreeSet<>();

    /** Places and reasons of rejected rows. */
    final TreeSet<String> rejected = new TreeSet<>();

    RowOracle(long size, long offset, long b, long l) {
        this.size = size;
        this.offset = offset;
        this.b = b;
        this.l = l;
    }

    RowOracle judge(List<Written> all) {
        Map<String, List<Written>> counted = new HashMap<>();
        Map<String, Integer> lateInPane = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Written row = all.get(i);
            if (reason(row) != null) {
                rejected.add(row.place() + " " + reason(row));
            } else if (row.name() != null) {
                long start = start(row.eventTime(), size, offset);
                long clock = clock(row.partition(), all.subList(0, i));
                if (start + size <= clock - b - l) {
                    late.add(row.place());
                } else {
                    String pane = row.name() + "@" + start;
                    counted.computeIfAbsent(pane, p -> new ArrayList<>()).add(row);
                    lateInPane.merge(pane, start + size <= clock - b ? 1 : 0, Integer::sum);
                }
            }
        }
        counted.forEach((pane, rows) ->
                panes.put(pane, "n=%d late=%d %s".formatted(rows.size(), lateInPane.get(pane), values(rows))));
        return this;
    }

    /** Whether one of the panes fires for the first time when {@code read} has come after {@code before}. */
    boolean isDue(List<Written> before, List<Written> read, int partitions) {
        long fired = watermark(before, partitions);
        long reached = watermark(read, partitions);
        return panes.keySet().stream()
                .mapToLong(pane -> Long.parseLong(pane.substring(pane.lastIndexOf('@') + 1)))
                .map(start -> start + size)
                .anyMatch(end -> fired < end && end < reached);
    }

    private long watermark(List<Written> read, int partitions) {
        return IntStream.range(0, partitions)
                        .mapToLong(partition -> clock(partition, read))
                        .min()
                        .orElseThrow()
                - b;
    }

    private static String reason(Written row) {
        if (row.reason() != null) {
            return row.reason();
        }
        return row.eventTime() - row.appendTime() > SKEW ? "future" : null;
    }

    private static long clock(int partition, List<Written> before) {
        return before.stream()
                .filter(row -> row.partition() == partition && reason(row) == null)
                .mapToLong(row -> Math.min(row.eventTime(), row.appendTime()))
                .max()
                .orElse(0);
    }

    static long start(long eventTime, long size, long offset) {
        return Math.floorDiv(eventTime - offset, size) * size + offset;
    }

    private static String values(List<Written> rows) {
        if (rows.get(0).isText()) {
            Written last = rows.stream()
                    .max(Comparator.comparingLong(Written::eventTime)
                            .thenComparingInt(Written::partition)
                            .thenComparingLong(Written::offset)
                            .thenComparingInt(Written::row))
                    .orElseThrow();
            return "last=" + last.text() + " sums=[]";
        }
        BigInteger sum =
                rows.stream().map(row -> BigInteger.valueOf(row.number())).reduce(BigInteger.ZERO, BigInteger::add);
        return "avg_value="
                + new BigDecimal(sum, 6).divide(BigDecimal.valueOf(rows.size()), 6, RoundingMode.HALF_EVEN)
                + " min_value="
                + BigDecimal.valueOf(
                        rows.stream().mapToLong(Written::number).min().orElse(0), 6)
                + " max_value="
                + BigDecimal.valueOf(
                        rows.stream().mapToLong(Written::number).max().orElse(0), 6)
                + " sums=[value="
                + sum
                + "]";
    }

    /** The last revision of every pane of one specification, in the words of {@link #panes}. */
    static TreeMap<String, String> lastRevisions(List<WindowResult> results, String spec) {
        Map<String, WindowResult> last = new HashMap<>();
        for (WindowResult result : results) {
            if (result.spec().equals(spec)) {
                last.merge(result.id(), result, (a, b) -> a.rev() > b.rev() ? a : b);
            }
        }
        var panes = new TreeMap<String, String>();
        for (WindowResult result : last.values()) {
            var values = new StringBuilder();
            result.values().forEach(value -> values.append(value.name())
                    .append('=')
                    .append(value.text() == null ? value.number() : value.text())
                    .append(' '));
            List<String> sums = result.sums().stream()
                    .map(sum -> sum.name() + "=" + sum.text())
                    .toList();
            panes.put(
                    result.entityKey() + "@" + result.window().start().toEpochMilli(),
                    "n=%d late=%d %ssums=%s".formatted(result.count(), result.late(), values, sums));
        }
        return panes;
    }
}
