// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The fields to show of each result, as in {@code fields=key,window.end,values.avg_temp}.
 *
 * @param chosen for each field, the parts to show; no parts: the whole field. An empty map shows everything
 */
record Fields(Map<String, Set<String>> chosen) {

    static final Parameter<Optional<String>> PARAMETER = Parameter.text(
            "fields",
            "The fields to show, or parts of them, separated by commas, as in `key,window.end,values.avg_temp`;"
                    + " together with the bounds on values at most 50 values",
            2_000);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String LINKS = "links";
    private static final Map<String, List<String>> NESTED = Map.of(
            "window",
            List.of("kind", "number", "start", "end", "zone"),
            "inputs",
            List.of("topic", "partition", "first", "last"),
            LINKS,
            WindowLinks.NAMES);

    /** The fields that can be shown: those of the contract, and the links. */
    private static final List<String> ALL =
            Stream.concat(ResultJson.FIELDS.stream(), Stream.of(LINKS)).toList();

    /** Reads the parameter {@code fields}; refuses a name that is neither a field nor a part of one. */
    static Fields of(Parameters parameters) {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        Set<String> whole = new LinkedHashSet<>();
        for (String path :
                parameters.get(PARAMETER).map(text -> text.split(",", -1)).orElse(new String[0])) {
            String[] parts = path.split("[.]", 2);
            if (!known(parts)) {
                parameters.refuse(
                        "fields",
                        "'"
                                + Parameters.shown(path)
                                + "' is not a field; allowed are "
                                + String.join(", ", ALL)
                                + ", and parts of them such as window.end and values.avg_temp");
                break;
            }
            Set<String> chosenParts = chosen.computeIfAbsent(parts[0], name -> new LinkedHashSet<>());
            if (parts.length == 1) {
                whole.add(parts[0]);
            } else {
                chosenParts.add(parts[1]);
            }
        }
        whole.forEach(field -> chosen.put(field, Set.of()));
        return new Fields(chosen);
    }

    /** Whether the path names a field or a part of one. Values and sums take any well-formed name, because the jobs choose these names. */
    private static boolean known(String... path) {
        return path.length == 1
                ? ALL.contains(path[0])
                : NESTED.getOrDefault(path[0], List.of()).contains(path[1])
                        || List.of("values", "sums").contains(path[0])
                                && NAME.matcher(path[1]).matches();
    }

    /** The names of the chosen values; {@link JobValues} checks whether the job has them. */
    Set<String> values() {
        return chosen.getOrDefault("values", Set.of());
    }

    /** The shown fields of a result, in the contract's order, then its links. Only for writing: without chosen fields it is raw text, not a tree. */
    JsonNode of(TailEntry row) {
        return chosen.isEmpty() ? ResultJson.raw(linked(row)) : chosen(row);
    }

    private static String linked(TailEntry row) {
        String result = ResultJson.text(row);
        return result.substring(0, result.length() - 1) + ",\"" + LINKS + "\":"
                + WindowLinks.of(row.id()).json() + '}';
    }

    /**
     * The column names for CSV. A part has its own column where the names of the parts are known; those of values and sums are known only
     * if they are chosen. The inputs are one column. Links have columns only if they are chosen.
     */
    List<String> columns() {
        return ALL.stream()
                .filter(field -> chosen.isEmpty() ? !field.equals(LINKS) : chosen.containsKey(field))
                .flatMap(this::columns)
                .toList();
    }

    /** The cells of a result, one for each of {@link #columns}; a missing node where the result has nothing. */
    List<JsonNode> cells(TailEntry row) {
        JsonNode shown = chosen.isEmpty() ? ResultJson.of(row) : chosen(row);
        return columns().stream()
                .map(column -> shown.at('/' + column.replace('.', '/')))
                .toList();
    }

    private Stream<String> columns(String field) {
        Collection<String> parts = chosen.getOrDefault(field, Set.of());
        Collection<String> columns = parts.isEmpty() ? NESTED.getOrDefault(field, List.of()) : parts;
        return field.equals("inputs") || columns.isEmpty()
                ? Stream.of(field)
                : columns.stream().map(part -> field + '.' + part);
    }

    private JsonNode chosen(TailEntry row) {
        ObjectNode shown = ResultJson.of(row);
        shown.set(LINKS, WindowLinks.of(row.id()).json());
        shown.retain(chosen.keySet());
        shown.properties().forEach(field -> {
            Set<String> parts = chosen.get(field.getKey());
            if (!parts.isEmpty()) {
                field.setValue(parts(field.getValue(), parts));
            }
        });
        return shown;
    }

    private static JsonNode parts(JsonNode value, Set<String> parts) {
        if (value instanceof ArrayNode list) {
            ArrayNode shown = ResultJson.JSON.createArrayNode();
            list.forEach(element -> shown.add(parts(element, parts)));
            return shown;
        }
        return value instanceof ObjectNode object ? object.retain(parts) : ResultJson.JSON.createObjectNode();
    }
}
