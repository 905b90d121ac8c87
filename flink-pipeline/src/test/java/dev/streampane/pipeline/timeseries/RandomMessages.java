// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.timeseries.RowOracle.Written;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Seeded messages of many rows in several partitions: in and out of order, late by anything up to minutes, from the future, bad, and with
 * heartbeats; steps are whole seconds, so that many are equal. Knows what it wrote.
 */
final class RandomMessages {

    private static final String[] NAMES = {"a-ni-1", "b-nd-2", "c-ns-3", "d, \"=\\-ns-4"};

    private final Random random;
    private final long[] now;
    private final long[] offsets;
    private final List<Written> written = new ArrayList<>();

    RandomMessages(long seed, int partitions) {
        this.random = new Random(seed);
        this.now = new long[partitions];
        this.offsets = new long[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            now[partition] = LogWriter.time("06:00:00").toEpochMilli() + random.nextInt(60) * 1000L;
        }
    }

    /** Every row so far, in the order of writing. */
    List<Written> written() {
        return written;
    }

    /** One more message in a random partition. */
    Fetched next() {
        int partition = random.nextInt(offsets.length);
        now[partition] += random.nextInt(5) * 1000L;
        long offset = offsets[partition]++;
        if (random.nextInt(5) == 0) {
            written.add(row(partition, offset, Fetched.WHOLE, null, null, now[partition]));
            String json = "{\"ts\":\"" + Instant.ofEpochMilli(now[partition]) + "\"}";
            return fetched(partition, offset, json, Fetched.HEARTBEAT);
        }
        var csv = new StringBuilder();
        for (int row = random.nextInt(6); row >= 0; row--) {
            csv.append(row(partition, offset, csv.isEmpty() ? 0 : rowsOf(partition, offset)));
        }
        return fetched(partition, offset, csv.toString(), null);
    }

    private int rowsOf(int partition, long offset) {
        return (int) written.stream()
                .filter(row -> row.partition() == partition && row.offset() == offset)
                .count();
    }

    private String row(int partition, long offset, int number) {
        String name = NAMES[random.nextInt(NAMES.length)];
        if (random.nextInt(12) == 0) {
            written.add(row(partition, offset, number, name, "type", 0));
            return "now,\"" + name.replace("\"", "\"\"") + "\",1\r\n";
        }
        Written row = row(partition, offset, number, name, null, eventTime(now[partition]));
        written.add(row);
        String value = row.isText()
                ? row.text()
                : BigDecimal.valueOf(row.number(), 6).stripTrailingZeros().toPlainString();
        return "%s,\"%s\",\"%s\"\r\n"
                .formatted(
                        Instant.ofEpochMilli(row.eventTime()), name.replace("\"", "\"\""), value.replace("\"", "\"\""));
    }

    private long eventTime(long time) {
        return switch (random.nextInt(10)) {
            case 0 -> time - random.nextInt(200) * 1000L;
            case 1, 2 -> time - random.nextInt(8) * 1000L;
            case 3 -> time + random.nextInt(20) * 1000L;
            case 4 -> time + (random.nextInt(6) == 0 ? 310_000 : 0);
            default -> time;
        };
    }

    private Written row(int partition, long offset, int number, String name, String reason, long time) {
        long value = name != null && name.contains("-ni-")
                ? (random.nextInt(2_000) - 1_000) * 1_000_000L
                : random.nextInt(2_000_000) - 1_000_000;
        String text = "t" + random.nextInt(1_000) + ", \"x\\";
        return new Written(partition, offset, number, name, reason, time, now[partition], value, text);
    }

    private Fetched fetched(int partition, long offset, String value, String kind) {
        return new Fetched(
                "time-series",
                FetchedRecords.TOPIC_ID,
                partition,
                offset,
                now[partition],
                null,
                value.getBytes(StandardCharsets.UTF_8),
                kind);
    }
}
