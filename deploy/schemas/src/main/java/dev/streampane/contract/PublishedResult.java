// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A published revision of a window. Contract {@code window-result/v1}.
 *
 * @param start start of the window, inclusive
 * @param end end of the window, exclusive
 * @param inputs where the counted records are in the input topics
 * @param json the whole message
 */
public record PublishedResult(
        String job,
        String spec,
        String key,
        Version version,
        String status,
        Instant start,
        Instant end,
        List<Input> inputs,
        JsonNode json) {

    /**
     * A range of input records that a result counted.
     *
     * @param partition -1 if the message names only the topic
     * @param first smallest offset
     * @param last largest offset, inclusive
     */
    public record Input(String topic, int partition, long first, long last) {

        private static Input read(JsonNode json) {
            String topic = Fields.text(json, "topic");
            if (!json.has("partition")) {
                return new Input(topic, -1, 0, Long.MAX_VALUE);
            }
            Input input = new Input(
                    topic, Fields.small(json, "partition"), Fields.number(json, "first"), Fields.number(json, "last"));
            if (input.partition < 0 || input.first < 0 || input.last < input.first) {
                throw new IllegalArgumentException("inputs: " + json);
            }
            return input;
        }

        /** Whether the message names only the topic. */
        public boolean isWholeTopic() {
            return partition < 0;
        }

        /** Whether an offset of partition {@code ofPartition} is in this range. */
        public boolean holds(int ofPartition, long offset) {
            return partition == ofPartition && first <= offset && offset <= last;
        }

        /** Whether this range contains all of {@code other}. */
        public boolean holds(Input other) {
            return topic.equals(other.topic)
                    && (isWholeTopic() || partition == other.partition && first <= other.first && other.last <= last);
        }
    }

    /** Reads the result from a message of the topic; empty if the message is not a result. */
    public static Optional<PublishedResult> read(JsonNode json) {
        JsonNode window = json.path("window");
        return Fields.find(() -> {
            Fields.small(json, "generation");
            return new PublishedResult(
                    Fields.text(json, "job"),
                    Fields.text(json, "spec"),
                    Fields.text(json, "key"),
                    Version.of(json),
                    Fields.text(json, "status"),
                    Fields.instant(window, "start"),
                    Fields.instant(window, "end"),
                    json.path("inputs").valueStream().map(Input::read).toList(),
                    json);
        });
    }

    public String id() {
        return json.path("id").asText();
    }

    public int generation() {
        return (int) version.generation();
    }

    public String cause() {
        return json.path("cause").asText();
    }

    public long count() {
        return json.path("count").asLong();
    }

    /** Whether it retracts the window and holds no values. */
    public boolean isRetracted() {
        return status.equals("RETRACTED");
    }

    /** Whether it retracts a window because a newer generation covers its time and did not produce it. */
    public boolean isSuperseded() {
        return cause().equals("superseded");
    }

    public boolean isSession() {
        return json.path("window").path("kind").asText().equals("session");
    }

    /** Start of the window, ms since the epoch. */
    public long startMillis() {
        return start.toEpochMilli();
    }

    /** End of the window, ms since the epoch. */
    public long endMillis() {
        return end.toEpochMilli();
    }

    /** The time zone in which to show the window's times; empty if there is none. */
    public String zone() {
        return json.path("window").path("zone").asText("");
    }

    /** The input topics of its records. */
    public List<String> topics() {
        return inputs.stream().map(Input::topic).distinct().toList();
    }

    /** Whether it names only the topic of some of its inputs. */
    public boolean namesTopicsOnly() {
        return inputs.stream().anyMatch(Input::isWholeTopic);
    }

    /**
     * The Kafka value of the retraction that supersedes this result: {@code run} is a newer generation that covers the window's time and
     * did not produce the window.
     */
    public byte[] supersededBy(JobRun run) {
        ObjectNode retraction = json.deepCopy();
        retraction.remove("mergedInto");
        retraction.put("generation", run.generation());
        retraction.put("rev", 1);
        retraction.put("status", "RETRACTED");
        retraction.put("cause", "superseded");
        retraction.put("complete", true);
        retraction.putObject("values");
        retraction.putObject("sums");
        retraction.put("count", 0);
        retraction.put("late", 0);
        retraction.putNull("minEventTime");
        retraction.putNull("maxEventTime");
        retraction.putNull("watermark");
        retraction.putArray("inputs");
        retraction.put("jobVersion", run.latestVersion());
        return retraction.toString().getBytes(StandardCharsets.UTF_8);
    }
}
