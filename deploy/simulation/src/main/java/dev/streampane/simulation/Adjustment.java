// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A change of a running simulator, read from JSON such as
 *
 * <pre>
 * {"state":"RUNNING","rate":500,"faults":{"late":{"probability":0.01,"by":"3m"},"malformed":{"probability":0.1,"kinds":["not_json"]}}}
 * </pre>
 *
 * A field that is not given keeps its value. Durations are ISO-8601 or like {@code 3m}.
 */
public record Adjustment(Optional<Boolean> paused, Optional<Long> rate, Optional<FaultSettings> faults) {

    static final long MAX_RATE = 1_000_000;

    /**
     * Reads a request; what is wrong with it becomes violations of {@code fields}.
     *
     * @param others names of fields that the caller reads
     * @param zeroRate what a rate of 0 means, for the message of a violation
     * @param current the faults in force; the request may change a part of them
     * @return null if the JSON is not an object
     */
    public static Adjustment read(
            FieldReader fields, JsonNode json, List<String> others, String zeroRate, FaultSettings current) {
        List<String> names = new ArrayList<>(List.of("state", "rate"));
        names.addAll(others);
        names.add("faults");
        if (!fields.known("", json, names)) {
            return null;
        }
        if (json.isEmpty()) {
            String list = String.join(", ", names).replaceFirst(", faults$", " or faults");
            fields.violation("", "must set " + list);
        }
        return new Adjustment(
                fields.value(json, "", "state", "RUNNING or PAUSED", Adjustment::paused),
                fields.value(
                        json,
                        "",
                        "rate",
                        "a whole number from 0 (" + zeroRate + ") to " + MAX_RATE,
                        node -> FieldReader.whole(node, 0, MAX_RATE)),
                json.has("faults")
                        ? Optional.ofNullable(new FaultReader(fields).faults(json.get("faults"), current))
                        : Optional.empty());
    }

    private static Optional<Boolean> paused(JsonNode node) {
        return switch (node.asText()) {
            case "PAUSED" -> Optional.of(true);
            case "RUNNING" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private record FaultReader(FieldReader fields) {

        private FaultSettings faults(JsonNode json, FaultSettings current) {
            Set<String> names = Set.of("late", "outOfOrder", "duplicated", "malformed", "future", "silent");
            if (!fields.known("faults", json, names)) {
                return null;
            }
            return new FaultSettings(
                    shift(json, "late", current.late(), FaultLimits.DELAY, FaultLimits::delay),
                    shift(json, "outOfOrder", current.outOfOrder(), FaultLimits.DELAY, FaultLimits::delay),
                    copies(json, current.duplicated()),
                    malformed(json, current.malformed()),
                    shift(json, "future", current.future(), FaultLimits.CLOCK_SHIFT, FaultLimits::clockShift),
                    shift(json, "silent", current.silent(), FaultLimits.DELAY, FaultLimits::delay));
        }

        private FaultSettings.Shift shift(
                JsonNode faults, String name, FaultSettings.Shift current, String allowed, Predicate<Duration> fits) {
            String path = "faults." + name;
            JsonNode json = faults.get(name);
            if (json == null || !fields.known(path, json, Set.of("probability", "by"))) {
                return current;
            }
            return new FaultSettings.Shift(
                    probability(json, path).orElse(current.probability()),
                    fields.value(json, path, "by", allowed, node -> duration(node)
                                    .filter(fits))
                            .orElse(current.by()));
        }

        private FaultSettings.Copies copies(JsonNode faults, FaultSettings.Copies current) {
            String path = "faults.duplicated";
            JsonNode json = faults.get("duplicated");
            if (json == null || !fields.known(path, json, Set.of("probability", "copies"))) {
                return current;
            }
            return new FaultSettings.Copies(
                    probability(json, path).orElse(current.probability()),
                    fields.value(json, path, "copies", FaultLimits.COPIES, node -> FieldReader.whole(node, 2, 1000))
                            .map(Long::intValue)
                            .orElse(current.copies()));
        }

        private FaultSettings.Malformed malformed(JsonNode faults, FaultSettings.Malformed current) {
            String path = "faults.malformed";
            JsonNode json = faults.get("malformed");
            if (json == null || !fields.known(path, json, Set.of("probability", "kinds"))) {
                return current;
            }
            return new FaultSettings.Malformed(
                    probability(json, path).orElse(current.probability()),
                    fields.value(json, path, "kinds", FaultLimits.KINDS, FaultReader::kinds)
                            .orElse(current.kinds()));
        }

        private Optional<Double> probability(JsonNode json, String path) {
            return fields.value(
                    json,
                    path,
                    "probability",
                    FaultLimits.PROBABILITY,
                    node -> node.isNumber()
                            ? Optional.of(node.doubleValue()).filter(FaultLimits::probability)
                            : Optional.empty());
        }

        private static Optional<Duration> duration(JsonNode node) {
            if (!node.isTextual() || node.textValue().isBlank()) {
                return Optional.empty();
            }
            try {
                return Optional.of(SettingText.duration(node.textValue()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        private static Optional<List<Malformation>> kinds(JsonNode node) {
            if (!node.isArray() || node.isEmpty()) {
                return Optional.empty();
            }
            List<Malformation> kinds = new ArrayList<>();
            for (JsonNode element : node) {
                Optional.ofNullable(element.textValue())
                        .flatMap(Malformation::of)
                        .ifPresent(kinds::add);
            }
            return kinds.size() == node.size() ? Optional.of(kinds) : Optional.empty();
        }
    }
}
