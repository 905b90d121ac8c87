// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.weather.OracleWindows.Span;
import dev.streampane.pipeline.weather.RandomReadings.Kind;
import dev.streampane.pipeline.weather.RandomReadings.Written;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Applies the verdict rule of the design by brute force: for each record it looks at all the records before it in its partition. */
final class WeatherOracle {

    private final OracleWindows windows;
    private final boolean allKeys;
    private final long b;
    private final long l;
    private final long skew;

    /** Verdicts and panes of one specification. */
    final TreeMap<String, String> panes = new TreeMap<>();

    /** {@code partition/offset} of the late records. */
    final TreeSet<String> late = new TreeSet<>();

    /** {@code partition/offset reason} of the rejected records. */
    final TreeSet<String> rejected = new TreeSet<>();

    /** How many records were counted. */
    long counted;

    /** How many of each key. */
    final TreeMap<String, Integer> countsByKey = new TreeMap<>();

    /**
     * @param allKeys whether a window holds the records of all devices
     */
    WeatherOracle(OracleWindows windows, boolean allKeys, long b, long l, long skew) {
        this.windows = windows;
        this.allKeys = allKeys;
        this.b = b;
        this.l = l;
        this.skew = skew;
    }

    /** Takes in all that was written. */
    WeatherOracle judge(List<Written> all) {
        Map<String, List<Judged>> counted = new HashMap<>();
        Map<Integer, List<Written>> valid =
                all.stream().filter(this::isValid).collect(Collectors.groupingBy(Written::partition));
        for (Written record : all) {
            List<Written> before = before(record, valid.getOrDefault(record.partition(), List.of()));
            String place = record.partition() + "/" + record.offset();
            if (record.kind() == Kind.MALFORMED) {
                rejected.add(place + " not_json");
            } else if (isFuture(record)) {
                rejected.add(place + " future");
            } else if (record.kind() == Kind.READING) {
                long end = windows.closes(record.eventTime());
                long clock =
                        before.stream().mapToLong(WeatherOracle::time).max().orElse(0);
                if (end <= clock - b - l) {
                    late.add(place);
                } else {
                    this.counted++;
                    counted.computeIfAbsent(allKeys ? "" : record.device(), key -> new ArrayList<>())
                            .add(new Judged(record, clock - b, completeFrom(record, before, all)));
                }
            }
        }
        counted.forEach(this::describePanes);
        return this;
    }

    private void describePanes(String key, List<Judged> records) {
        countsByKey.put(key, records.size());
        windows.panes(records, judged -> judged.record().eventTime())
                .forEach((span, held) -> panes.put(pane(key, span.start(), span.end()), describe(span, held)));
    }

    /** How far the watermark gets, at least, when all of these have been read. */
    long watermark(List<Written> read, int partitions) {
        return IntStream.range(0, partitions)
                        .mapToLong(partition -> read.stream()
                                .filter(record -> record.partition() == partition)
                                .filter(this::isValid)
                                .mapToLong(WeatherOracle::time)
                                .max()
                                .orElse(0))
                        .min()
                        .orElseThrow()
                - b;
    }

    /**
     * A record that was counted.
     *
     * @param passed C - B before it
     * @param completeFrom windows that begin earlier may lack what lies before the start
     */
    private record Judged(Written record, long passed, long completeFrom) {}

    private boolean isLate(Judged judged, Span window) {
        return windows.ends(window, judged.record().eventTime()) <= judged.passed();
    }

    private boolean mayLackRecords(Judged judged, Span window) {
        return windows.begins(window, judged.record().eventTime()) < judged.completeFrom();
    }

    private static List<Written> before(Written record, List<Written> ofItsPartition) {
        return ofItsPartition.stream()
                .filter(other -> other.offset() < record.offset())
                .toList();
    }

    private boolean isValid(Written record) {
        return record.kind() != Kind.MALFORMED && !isFuture(record);
    }

    private boolean isFuture(Written record) {
        return record.appendTime() != Fetched.NO_APPEND_TIME && record.eventTime() - record.appendTime() > skew;
    }

    private static long time(Written record) {
        return record.appendTime() == Fetched.NO_APPEND_TIME
                ? record.eventTime()
                : Math.min(record.eventTime(), record.appendTime());
    }

    private long completeFrom(Written record, List<Written> before, List<Written> all) {
        boolean fromTheStart = all.stream().anyMatch(o -> o.partition() == record.partition() && o.offset() == 0);
        Written first = before.isEmpty() ? record : before.get(0);
        return fromTheStart ? Long.MIN_VALUE : Math.max(first.eventTime(), first.appendTime()) + b;
    }

    private static String pane(String device, long start, long end) {
        return device + "@" + start + ".." + end;
    }

    private String describe(Span window, List<Judged> records) {
        BigInteger temperatures = BigInteger.ZERO;
        BigInteger humidities = BigInteger.ZERO;
        var ranges = new TreeMap<Integer, long[]>();
        for (Judged judged : records) {
            Written record = judged.record();
            temperatures = temperatures.add(BigInteger.valueOf(record.temperature()));
            humidities = humidities.add(BigInteger.valueOf(record.humidity()));
            ranges.merge(record.partition(), new long[] {record.offset(), record.offset()}, (x, y) ->
                    new long[] {Math.min(x[0], y[0]), Math.max(x[1], y[1])});
        }
        var inputs = new ArrayList<String>();
        ranges.forEach((p, range) -> inputs.add(p + ":" + range[0] + "-" + range[1]));
        return String.join(
                " ",
                "n=" + records.size(),
                "late=" + records.stream().filter(one -> isLate(one, window)).count(),
                "complete=" + records.stream().noneMatch(one -> mayLackRecords(one, window)),
                "sums=" + temperatures + "," + humidities,
                "avg=" + average(temperatures, records) + "," + average(humidities, records),
                "temp="
                        + extremes(records.stream()
                                .map(j -> j.record().temperature())
                                .toList()),
                "hum="
                        + extremes(
                                records.stream().map(j -> j.record().humidity()).toList()),
                "times="
                        + records.stream()
                                .mapToLong(j -> j.record().eventTime())
                                .min()
                                .orElse(0),
                "to="
                        + records.stream()
                                .mapToLong(j -> j.record().eventTime())
                                .max()
                                .orElse(0),
                "in=" + inputs);
    }

    private static BigDecimal average(BigInteger sum, List<Judged> records) {
        return new BigDecimal(sum, 6).divide(BigDecimal.valueOf(records.size()), 6, RoundingMode.HALF_EVEN);
    }

    private static String extremes(List<Long> units) {
        return BigDecimal.valueOf(units.stream().min(Comparator.naturalOrder()).orElseThrow(), 6)
                + ","
                + BigDecimal.valueOf(
                        units.stream().max(Comparator.naturalOrder()).orElseThrow(), 6);
    }

    /** The last revision of every pane of one specification that stands, in the words of {@link #panes}. */
    static TreeMap<String, String> lastRevisions(List<WindowResult> results, String spec) {
        Map<String, WindowResult> last = new HashMap<>();
        for (WindowResult result : results) {
            if (result.spec().equals(spec)) {
                last.merge(result.id(), result, (a, b) -> a.rev() > b.rev() ? a : b);
            }
        }
        var panes = new TreeMap<String, String>();
        for (WindowResult result : last.values()) {
            if (result.status() != WindowResult.Status.RETRACTED) {
                panes.put(
                        pane(
                                result.entityKey(),
                                result.window().start().toEpochMilli(),
                                result.window().end().toEpochMilli()),
                        describe(result));
            }
        }
        return panes;
    }

    static String describe(WindowResult result) {
        List<BigDecimal> values =
                result.values().stream().map(WindowResult.Value::number).toList();
        List<String> inputs = result.inputs().stream()
                .map(input -> input.partition() + ":" + input.first() + "-" + input.last())
                .toList();
        return String.join(
                " ",
                "n=" + result.count(),
                "late=" + result.late(),
                "complete=" + result.complete(),
                "sums=" + result.sums().get(0).text() + ","
                        + result.sums().get(1).text(),
                "avg=" + values.get(0) + "," + values.get(1),
                "temp=" + values.get(2) + "," + values.get(3),
                "hum=" + values.get(4) + "," + values.get(5),
                "times=" + result.minEventTime().toEpochMilli(),
                "to=" + result.maxEventTime().toEpochMilli(),
                "in=" + inputs);
    }
}
