// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /**
     * Reads a request; what is wrong with it becomes violations of {@code fields}.
     *
     * @param others names of fields that the caller reads
     * @param current the faults in force; the request may change a part of them
     */
    public static Adjustment read(FieldReader fields, List<String> others, FaultSettings current) {
        List<String> names = new ArrayList<>(List.of("state", "rate"));
        names.addAll(others);
        names.add("faults");
        if (fields.known(names) && fields.isEmpty()) {
            String list = String.join(", ", names).replaceFirst(", faults$", " or faults");
            fields.violation("", "must set " + list);
        }
        return new Adjustment(
                fields.value("state", "RUNNING or PAUSED", Adjustment::paused),
                fields.value("rate", FieldReader::whole),
                fields.group("faults", "late", "outOfOrder", "duplicated", "malformed", "future", "silent")
                        .map(faults -> faults(faults, current)));
    }

    private static Optional<Boolean> paused(JsonNode node) {
        return switch (node.asText()) {
            case "PAUSED" -> Optional.of(true);
            case "RUNNING" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static FaultSettings faults(FieldReader faults, FaultSettings current) {
        return new FaultSettings(
                shift(faults, "late", current.late()),
                shift(faults, "outOfOrder", current.outOfOrder()),
                copies(faults, current.duplicated()),
                malformed(faults, current.malformed()),
                shift(faults, "future", current.future()),
                shift(faults, "silent", current.silent()));
    }

    private static FaultSettings.Shift shift(FieldReader faults, String name, FaultSettings.Shift current) {
        return faults.group(name, "probability", "by")
                .map(fault -> new FaultSettings.Shift(
                        probability(fault, current.probability()),
                        fault.value("by", Adjustment::duration).orElse(current.by())))
                .orElse(current);
    }

    private static FaultSettings.Copies copies(FieldReader faults, FaultSettings.Copies current) {
        return faults.group("duplicated", "probability", "copies")
                .map(fault -> new FaultSettings.Copies(
                        probability(fault, current.probability()),
                        fault.value("copies", FieldReader::whole)
                                .map(Long::intValue)
                                .orElse(current.copies())))
                .orElse(current);
    }

    private static FaultSettings.Malformed malformed(FieldReader faults, FaultSettings.Malformed current) {
        return faults.group("malformed", "probability", "kinds")
                .map(fault -> new FaultSettings.Malformed(
                        probability(fault, current.probability()),
                        fault.value("kinds", Adjustment::kinds).orElse(current.kinds())))
                .orElse(current);
    }

    private static double probability(FieldReader fault, double current) {
        return fault.value(
                        "probability",
                        node -> Optional.of(node).filter(JsonNode::isNumber).map(JsonNode::doubleValue))
                .orElse(current);
    }

    private static Optional<Duration> duration(JsonNode node) {
        try {
            return Optional.ofNullable(node.textValue()).map(SettingText::duration);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<List<Malformation>> kinds(JsonNode node) {
        List<Malformation> kinds = node.valueStream()
                .flatMap(element -> Optional.ofNullable(element.textValue()).flatMap(Malformation::of).stream())
                .toList();
        return Optional.of(kinds).filter(known -> node.isArray() && !known.isEmpty() && known.size() == node.size());
    }
}
