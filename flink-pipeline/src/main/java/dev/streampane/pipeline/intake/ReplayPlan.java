// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of a replay, made from audit lines. For each partition it has the offsets to read, the clock before them, and the settings that
 * were in force over them, so that every record gets the same verdict as the first time.
 *
 * <p>Contract {@code replay-plan/v1}.
 *
 * @param ranges one per partition; empty for no replay
 */
public record ReplayPlan(List<PartitionRange> ranges) implements Serializable {

    public static final ReplayPlan NONE = new ReplayPlan(List.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The part of one partition.
     *
     * @param first the first offset to read
     * @param last the last offset to read
     * @param clock C before {@code first}, ms since the epoch, or {@link PartitionClock#NONE}
     * @param rules the settings in force, ordered by offset; the first apply from {@code first} on
     */
    public record PartitionRange(String topic, int partition, long first, long last, long clock, List<Rules> rules)
            implements Serializable {

        /** Checks that the offsets are a range and the rules begin with it. */
        public PartitionRange {
            rules = List.copyOf(rules);
            if (first < 0 || last < first || rules.isEmpty() || rules.get(0).from() != first) {
                throw new IllegalArgumentException("partition " + partition + ": offsets " + first + " to " + last);
            }
        }
    }

    /**
     * Settings that were in force from an offset on.
     *
     * @param horizons H of each specification that existed, by its canonical text; {@link PartitionClock#NONE} for none
     */
    public record Rules(
            long from, Duration outOfOrderness, Duration allowedLateness, Duration skew, Map<String, Long> horizons)
            implements Serializable {

        public Rules {
            horizons = Map.copyOf(horizons);
        }
    }

    public ReplayPlan {
        ranges = List.copyOf(ranges);
    }

    public Optional<PartitionRange> of(String topic, int partition) {
        return ranges.stream()
                .filter(range -> range.topic().equals(topic) && range.partition() == partition)
                .findFirst();
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if the text is not a replay plan
     */
    public static ReplayPlan parse(String text) {
        try {
            List<PartitionRange> ranges = JSON.readTree(text)
                    .required("partitions")
                    .valueStream()
                    .map(ReplayPlan::range)
                    .toList();
            if (ranges.isEmpty()) {
                throw new IllegalArgumentException("no partition");
            }
            return new ReplayPlan(ranges);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON", e);
        }
    }

    private static PartitionRange range(JsonNode json) {
        return new PartitionRange(
                json.required("topic").textValue(),
                json.required("partition").intValue(),
                json.required("first").longValue(),
                json.required("last").longValue(),
                time(json.required("clock")),
                json.required("rules").valueStream().map(ReplayPlan::rules).toList());
    }

    private static Rules rules(JsonNode json) {
        return new Rules(
                json.required("from").longValue(),
                Duration.parse(json.required("outOfOrderness").textValue()),
                Duration.parse(json.required("allowedLateness").textValue()),
                Duration.parse(json.required("skew").textValue()),
                json.required("horizons")
                        .propertyStream()
                        .collect(toMap(Map.Entry::getKey, horizon -> time(horizon.getValue()))));
    }

    private static long time(JsonNode json) {
        return json.isNull()
                ? PartitionClock.NONE
                : Instant.parse(json.textValue()).toEpochMilli();
    }
}
