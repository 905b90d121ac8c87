// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.Output.Channel;
import dev.streampane.pipeline.decode.Fetched;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Creates the messages about records that a job does not count: the record's own key and value, with headers that give the reason and the
 * record's place in the log.
 *
 * @param generation the number of the job's run, from 1
 */
public record RecordReports(String job, int generation) implements Serializable {

    /** Maximum bytes of a key or value that are passed on; headers say where the whole record is. */
    private static final int MAX_BYTES = 1 << 20;

    /**
     * A record that could not be used. Contract {@code dead-letter/v1}. Headers: job, generation, reason, message, topic, partition, offset,
     * row (of many), append-time (when known), id (index-refused only).
     *
     * @param reason a code of the closed list in the contract
     * @param message what was wrong, for people; one line
     * @param id the result's id when the index refused a result; null for every other reason
     */
    public Output deadLetter(Fetched record, String reason, String message, String id) {
        Map<String, String> headers = headers();
        headers.put("reason", reason);
        headers.put("message", message);
        addPlace(headers, record);
        if (id != null) {
            headers.put("id", id);
        }
        return output(Channel.DEAD_LETTERS, record, headers);
    }

    /**
     * A record that came after its window had closed, one message per window specification that calls it late. Contract {@code
     * late-record/v1}. Headers: job, generation, spec, topic, partition, offset, row (of many), append-time (when known), event-time.
     *
     * @param eventTime ms since the epoch
     */
    public Output late(Fetched record, WindowSpec spec, long eventTime) {
        Map<String, String> headers = headers();
        headers.put("spec", spec.canonical());
        addPlace(headers, record);
        headers.put("event-time", Instant.ofEpochMilli(eventTime).toString());
        return output(Channel.LATE, record, headers);
    }

    /** Headers are written in the order in which they are put. */
    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("job", job);
        headers.put("generation", Integer.toString(generation));
        return headers;
    }

    private static void addPlace(Map<String, String> headers, Fetched record) {
        headers.put("topic", record.topic());
        headers.put("partition", Integer.toString(record.partition()));
        headers.put("offset", Long.toString(record.offset()));
        if (record.row() != Fetched.WHOLE) {
            headers.put("row", Integer.toString(record.row()));
        }
        if (record.guarded()) {
            headers.put("append-time", Instant.ofEpochMilli(record.appendTime()).toString());
        }
    }

    private static Output output(Channel channel, Fetched record, Map<String, String> headers) {
        return new Output(channel, cut(record.key()), cut(record.value()), headers);
    }

    /**
     * The first {@link #MAX_BYTES}: a compressed batch can hold a record that is larger than any topic accepts, and it must not make the
     * job fail.
     */
    private static byte[] cut(byte[] bytes) {
        return bytes == null || bytes.length <= MAX_BYTES ? bytes : Arrays.copyOf(bytes, MAX_BYTES);
    }
}
