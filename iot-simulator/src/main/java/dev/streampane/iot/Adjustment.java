// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A change of a running simulator, read from JSON such as
 *
 * <pre>
 * {"state":"RUNNING","rate":500,"tags":{"rate":100},"faults":{"late":{"probability":0.01,"by":"3m"},"malformed":{"probability":0.1,"kinds":["not_json"]}}}
 * </pre>
 *
 * What is not named stays as it is. Durations are ISO-8601 or like {@code 3m}.
 */
record Adjustment(
        Optional<Boolean> paused,
        Optional<Long> rate,
        Optional<Long> tagRate,
        Optional<FaultSettings> faults) {

    static final long MAX_RATE = 1_000_000;
    static final long MAX_TAG_RATE = 100_000;

    /** One thing that is wrong with a request. {@code field} is a path such as {@code faults.late.by}. */
    @RegisterForReflection
    public record Violation(String field, String message) {}

    /** A request that is not carried out, with everything that is wrong with it. */
    static final class InvalidException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings(
                "serial") // List.copyOf gives a serializable list of records that need not be
        private final List<Violation> violations;

        InvalidException(List<Violation> violations) {
            super(violations.toString());
            this.violations = List.copyOf(violations);
        }

        List<Violation> violations() {
            return violations;
        }
    }

    /**
     * @param current the faults in force, of which a request may change a part
     * @throws InvalidException naming every field that is unknown or not allowed
     */
    static Adjustment read(JsonNode json, FaultSettings current) {
        Reader reader = new Reader();
        Adjustment adjustment = reader.adjustment(json, current);
        if (!reader.violations.isEmpty()) {
            throw new InvalidException(reader.violations);
        }
        return adjustment;
    }

    private static final class Reader {
        private final List<Violation> violations = new ArrayList<>();

        Adjustment adjustment(JsonNode json, FaultSettings current) {
            if (!known("", json, Set.of("state", "rate", "tags", "faults"))) {
                return null;
            }
            if (json.isEmpty()) {
                violations.add(new Violation("", "must set state, rate, tags or faults"));
            }
            return new Adjustment(
                    value(json, "", "state", "RUNNING or PAUSED", Reader::paused),
                    value(
                            json,
                            "",
                            "rate",
                            "a whole number from 0 (each device's period) to " + MAX_RATE,
                            node -> whole(node, 0, MAX_RATE)),
                    tagRate(json),
                    json.has("faults")
                            ? Optional.ofNullable(faults(json.get("faults"), current))
                            : Optional.empty());
        }

        private Optional<Long> tagRate(JsonNode json) {
            JsonNode tags = json.get("tags");
            if (tags == null || !known("tags", tags, Set.of("rate"))) {
                return Optional.empty();
            }
            return value(
                    tags,
                    "tags",
                    "rate",
                    "a whole number from 1 to " + MAX_TAG_RATE,
                    node -> whole(node, 1, MAX_TAG_RATE));
        }

        private FaultSettings faults(JsonNode json, FaultSettings current) {
            Set<String> names =
                    Set.of("late", "outOfOrder", "duplicated", "malformed", "future", "silent");
            if (!known("faults", json, names)) {
                return null;
            }
            return new FaultSettings(
                    shift(json, "late", current.late(), FaultLimits.DELAY, FaultLimits::delay),
                    shift(
                            json,
                            "outOfOrder",
                            current.outOfOrder(),
                            FaultLimits.DELAY,
                            FaultLimits::delay),
                    copies(json, current.duplicated()),
                    malformed(json, current.malformed()),
                    shift(
                            json,
                            "future",
                            current.future(),
                            FaultLimits.CLOCK_SHIFT,
                            FaultLimits::clockShift),
                    shift(json, "silent", current.silent(), FaultLimits.DELAY, FaultLimits::delay));
        }

        private FaultSettings.Shift shift(
                JsonNode faults,
                String name,
                FaultSettings.Shift current,
                String allowed,
                Predicate<Duration> fits) {
            String path = "faults." + name;
            JsonNode json = faults.get(name);
            if (json == null || !known(path, json, Set.of("probability", "by"))) {
                return current;
            }
            return new FaultSettings.Shift(
                    probability(json, path).orElse(current.probability()),
                    value(json, path, "by", allowed, node -> duration(node).filter(fits))
                            .orElse(current.by()));
        }

        private FaultSettings.Copies copies(JsonNode faults, FaultSettings.Copies current) {
            String path = "faults.duplicated";
            JsonNode json = faults.get("duplicated");
            if (json == null || !known(path, json, Set.of("probability", "copies"))) {
                return current;
            }
            return new FaultSettings.Copies(
                    probability(json, path).orElse(current.probability()),
                    value(json, path, "copies", FaultLimits.COPIES, node -> whole(node, 2, 1000))
                            .map(Long::intValue)
                            .orElse(current.copies()));
        }

        private FaultSettings.Malformed malformed(
                JsonNode faults, FaultSettings.Malformed current) {
            String path = "faults.malformed";
            JsonNode json = faults.get("malformed");
            if (json == null || !known(path, json, Set.of("probability", "kinds"))) {
                return current;
            }
            return new FaultSettings.Malformed(
                    probability(json, path).orElse(current.probability()),
                    value(json, path, "kinds", FaultLimits.KINDS, Reader::kinds)
                            .orElse(current.kinds()));
        }

        private Optional<Double> probability(JsonNode json, String path) {
            return value(
                    json,
                    path,
                    "probability",
                    FaultLimits.PROBABILITY,
                    node ->
                            node.isNumber()
                                    ? Optional.of(node.doubleValue())
                                            .filter(FaultLimits::probability)
                                    : Optional.empty());
        }

        /** The field's value when it is there; one that does not convert is a violation. */
        private <T> Optional<T> value(
                JsonNode json,
                String path,
                String name,
                String allowed,
                Function<JsonNode, Optional<T>> convert) {
            JsonNode node = json.get(name);
            if (node == null) {
                return Optional.empty();
            }
            Optional<T> value = convert.apply(node);
            if (value.isEmpty()) {
                String message = shortened(node) + " is not allowed; allowed is " + allowed;
                violations.add(new Violation(join(path, name), message));
            }
            return value;
        }

        private boolean known(String path, JsonNode json, Set<String> names) {
            if (!json.isObject()) {
                violations.add(new Violation(path, "must be a JSON object"));
                return false;
            }
            for (Map.Entry<String, JsonNode> field : json.properties()) {
                if (!names.contains(field.getKey())) {
                    List<String> sorted = names.stream().sorted().toList();
                    violations.add(
                            new Violation(
                                    join(path, field.getKey()),
                                    "is unknown; known are " + String.join(", ", sorted)));
                }
            }
            return true;
        }

        private static String join(String path, String name) {
            return path.isEmpty() ? name : path + "." + name;
        }

        private static String shortened(JsonNode node) {
            String text = node.toString();
            return text.length() <= 100 ? text : text.substring(0, 100) + "…";
        }

        private static Optional<Boolean> paused(JsonNode node) {
            return switch (node.asText()) {
                case "PAUSED" -> Optional.of(true);
                case "RUNNING" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        private static Optional<Long> whole(JsonNode node, long min, long max) {
            boolean fits =
                    node.isIntegralNumber()
                            && node.canConvertToLong()
                            && node.longValue() >= min
                            && node.longValue() <= max;
            return fits ? Optional.of(node.longValue()) : Optional.empty();
        }

        private static Optional<Duration> duration(JsonNode node) {
            if (!node.isTextual() || node.textValue().isBlank()) {
                return Optional.empty();
            }
            try {
                return Optional.of(DurationConverter.parseDuration(node.textValue()));
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
                Malformation.of(element.asText()).ifPresent(kinds::add);
            }
            return kinds.size() == node.size() ? Optional.of(kinds) : Optional.empty();
        }
    }
}
