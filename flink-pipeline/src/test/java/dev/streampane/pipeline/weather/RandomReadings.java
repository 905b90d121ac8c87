// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.testing.LogWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Seeded readings in several partitions: in and out of order, late by anything up to minutes, from the future, undecodable, duplicated,
 * with heartbeats, and with offsets left out. Knows what it wrote, so that nobody needs to decode it.
 */
final class RandomReadings {

    private static final int DEVICES = 3;

    private final Random random;
    private final List<Written> written = new ArrayList<>();
    private final long[] offsets;
    private final long[] now;

    /** What one record is. */
    enum Kind {
        READING,
        HEARTBEAT,
        MALFORMED
    }

    /**
     * A record as it was meant.
     *
     * @param appendTime {@link Fetched#NO_APPEND_TIME} when there is none
     */
    record Written(
            int partition,
            long offset,
            Kind kind,
            String device,
            long eventTime,
            long appendTime,
            long temperature,
            long humidity) {}

    /**
     * @param firstOffsets of each partition; the last partition has no append times
     */
    RandomReadings(long seed, long... firstOffsets) {
        this.random = new Random(seed);
        this.offsets = firstOffsets;
        this.now = new long[firstOffsets.length];
        long start = LogWriter.time("06:00:00").toEpochMilli();
        for (int partition = 0; partition < now.length; partition++) {
            now[partition] = start + random.nextInt(90_000);
        }
    }

    /** What was written, in the order of writing. */
    List<Written> written() {
        return written;
    }

    /** One more record in a random partition. */
    Fetched next() {
        int partition = random.nextInt(offsets.length);
        now[partition] += random.nextInt(4_000);
        if (random.nextInt(12) == 0) {
            offsets[partition] += 1 + random.nextInt(3);
        }
        Written made = random.nextInt(15) == 0 ? again(partition) : make(partition);
        written.add(made);
        byte[] value = json(made).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Fetched(
                "device-readings",
                dev.streampane.pipeline.decode.FetchedRecords.TOPIC_ID,
                partition,
                made.offset(),
                made.appendTime(),
                null,
                value,
                made.kind() == Kind.HEARTBEAT ? Fetched.HEARTBEAT : null);
    }

    /** The partition's last record once more, at a place of its own. */
    private Written again(int partition) {
        for (int i = written.size() - 1; i >= 0; i--) {
            Written last = written.get(i);
            if (last.partition() == partition) {
                return new Written(
                        partition,
                        offsets[partition]++,
                        last.kind(),
                        last.device(),
                        last.eventTime(),
                        last.appendTime() == Fetched.NO_APPEND_TIME ? Fetched.NO_APPEND_TIME : now[partition],
                        last.temperature(),
                        last.humidity());
            }
        }
        return make(partition);
    }

    private Written make(int partition) {
        long time = now[partition];
        Kind kind =
                switch (random.nextInt(12)) {
                    case 0 -> Kind.MALFORMED;
                    case 1, 2 -> Kind.HEARTBEAT;
                    default -> Kind.READING;
                };
        long eventTime =
                switch (random.nextInt(10)) {
                    case 0 -> time - random.nextInt(200_000);
                    case 1, 2 -> time - random.nextInt(8_000);
                    case 3 -> time + random.nextInt(20_000);
                    case 4 -> time + (random.nextInt(6) == 0 ? 310_000 : 0);
                    default -> time;
                };
        boolean guarded = partition < offsets.length - 1;
        long unguardedTime = Math.min(eventTime, time);
        return new Written(
                partition,
                offsets[partition]++,
                kind,
                "device" + random.nextInt(DEVICES),
                guarded ? eventTime : unguardedTime,
                guarded ? time : Fetched.NO_APPEND_TIME,
                random.nextInt(60_000_000) - 20_000_000,
                random.nextInt(100_000_000));
    }

    private static String json(Written written) {
        Instant time = Instant.ofEpochMilli(written.eventTime());
        return switch (written.kind()) {
            case MALFORMED -> "{\"device\":";
            case HEARTBEAT -> "{\"ts\":\"" + time + "\"}";
            case READING ->
                LogWriter.reading(
                        time,
                        written.device(),
                        BigDecimal.valueOf(written.temperature(), 6).toPlainString(),
                        BigDecimal.valueOf(written.humidity(), 6).toPlainString());
        };
    }
}
