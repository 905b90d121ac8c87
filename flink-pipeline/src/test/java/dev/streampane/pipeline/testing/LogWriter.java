// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * Writes records into a {@link PartitionedLog}. Times are times of day on 2026-11-20 in UTC; a record is appended at its event time unless
 * the append time is given.
 */
public final class LogWriter {

    private final PartitionedLog log;
    private final String topic;
    private final long[] nextOffsets;

    /** A writer to {@code log} as {@code topic}. */
    public LogWriter(PartitionedLog log, String topic) {
        this.log = log;
        this.topic = topic;
        this.nextOffsets = new long[log.partitions()];
    }

    /** {@code 06:00:00} or {@code 06:00:00.123}, today. */
    public static Instant time(String timeOfDay) {
        return LocalTime.parse(timeOfDay)
                .atDate(Instant.ofEpochMilli(FetchedRecords.APPEND_TIME)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate())
                .toInstant(ZoneOffset.UTC);
    }

    /** A reading of 40 % humidity. */
    public LogWriter reading(int partition, String timeOfDay, String device, String temperature) {
        Instant time = time(timeOfDay);
        return json(partition, time, time, reading(time, device, temperature, "40"));
    }

    /** The JSON of a reading. */
    public static String reading(Instant time, String device, String temperature, String humidity) {
        return "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%s,\"humidity\":%s}"
                .formatted(device, time, temperature, humidity);
    }

    /** A payment. */
    public LogWriter payment(int partition, String timeOfDay, String client, String amount) {
        Instant time = time(timeOfDay);
        return json(
                partition, time, time, "{\"client\":%s,\"amount\":%s,\"ts\":\"%s\"}".formatted(client, amount, time));
    }

    /** A heartbeat. */
    public LogWriter heartbeat(int partition, String timeOfDay) {
        return heartbeat(partition, time(timeOfDay), time(timeOfDay));
    }

    /** A heartbeat that was appended at another time. */
    public LogWriter heartbeat(int partition, Instant time, Instant appended) {
        byte[] value = "{\"ts\":\"%s\"}".formatted(time).getBytes(StandardCharsets.UTF_8);
        return append(partition, appended.toEpochMilli(), value, Fetched.HEARTBEAT);
    }

    /** A value of any text. */
    public LogWriter json(int partition, Instant time, Instant appended, String json) {
        return append(partition, appended.toEpochMilli(), json.getBytes(StandardCharsets.UTF_8), null);
    }

    /** Any record; {@code appendTime} may be {@link Fetched#NO_APPEND_TIME}. */
    public LogWriter append(int partition, long appendTime, byte[] value, String kind) {
        log.append(new Fetched(
                topic, FetchedRecords.TOPIC_ID, partition, nextOffsets[partition]++, appendTime, null, value, kind));
        return this;
    }

    /** Leaves out offsets, as the markers of transactions do. */
    public LogWriter hole(int partition, int offsets) {
        nextOffsets[partition] += offsets;
        return this;
    }

    /** Ends the log. */
    public void close() {
        log.close();
    }
}
