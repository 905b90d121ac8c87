// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import dev.streampane.e2e.Expected.Offsets;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One key and window as the oracle adds it up: exact integers of scaled units. */
final class Pane {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Feed feed;
    private final WindowRule rule;
    private final String key;
    private final long start;
    private final Map<Feed.Measure, Sums> sums = new TreeMap<>(java.util.Comparator.comparing(Feed.Measure::field));
    private final Map<String, Offsets> inputs = new TreeMap<>();
    private long count;
    private long late;
    private long minEventTime = Long.MAX_VALUE;
    private long maxEventTime = Long.MIN_VALUE;

    private record Sums(BigInteger sum, BigInteger min, BigInteger max) {
        Sums and(Sums other) {
            return new Sums(sum.add(other.sum), min.min(other.min), max.max(other.max));
        }
    }

    Pane(Feed feed, WindowRule rule, String key, long start) {
        this.feed = feed;
        this.rule = rule;
        this.key = key;
        this.start = start;
    }

    void add(Message message, int partition, long offset, boolean late) {
        count++;
        if (late) {
            this.late++;
        }
        minEventTime = Math.min(minEventTime, message.eventTime());
        maxEventTime = Math.max(maxEventTime, message.eventTime());
        inputs.merge(feed.topic() + "/" + partition, new Offsets(offset, offset), Offsets::and);
        List<Feed.Measure> measures = feed.measures();
        for (int i = 0; i < measures.size(); i++) {
            BigInteger units = message.units().get(i);
            sums.merge(measures.get(i), new Sums(units, units, units), Sums::and);
        }
    }

    Expected expected() {
        Map<String, BigDecimal> values = new TreeMap<>();
        Map<String, String> texts = new TreeMap<>();
        sums.forEach((measure, sum) -> {
            values.put(measure.main(), feed.value(feed.averages() ? average(sum) : sum.sum()));
            values.put(measure.min(), feed.value(sum.min()));
            values.put(measure.max(), feed.value(sum.max()));
            texts.put(measure.sum(), sum.sum().toString());
        });
        long end = start + rule.size().toMillis();
        return new Expected(
                id(feed.job(), rule.spec(), key, Instant.ofEpochMilli(start), Instant.ofEpochMilli(end)),
                feed.job(),
                rule.spec(),
                key,
                "tumbling",
                Instant.ofEpochMilli(start),
                Instant.ofEpochMilli(end),
                "UTC",
                true,
                values,
                texts,
                count,
                late,
                Instant.ofEpochMilli(minEventTime),
                Instant.ofEpochMilli(maxEventTime),
                inputs);
    }

    private BigInteger average(Sums sum) {
        return new BigDecimal(sum.sum())
                .divide(BigDecimal.valueOf(count), 0, RoundingMode.HALF_EVEN)
                .toBigIntegerExact();
    }

    /** The id of a tumbling window's result. */
    static String id(String job, String spec, String key, Instant start, Instant end) {
        return String.join(
                "~", job, spec.replace("(", "-").replace(")", ""), encoded(key), TIME.format(start), TIME.format(end));
    }

    private static String encoded(String key) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            String plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
            encoded.append(plain.indexOf(b) >= 0 ? Character.toString(b) : "%%%02X".formatted(b));
        }
        String text = encoded.toString();
        return text.length() > 200 || text.matches("[0-9a-f]{64}") ? sha256(key) : text;
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
