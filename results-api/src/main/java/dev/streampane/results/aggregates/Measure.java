// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.aggregates.AggregateQuery.Function;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of results about one quantity: the scaled sum {@code sums.<name>} and the values {@code avg_<name>}, {@code total_<name>}, {@code
 * min_<name>}, {@code max_<name>}; or a single value {@code <name>}, which may be any of these, so that it has no sum and no average.
 *
 * @param name such as {@code temp}
 * @param functions the functions that the sample has fields for; if a value's name was asked for, only those that this value is about
 * @param sample a result with this quantity, which shows the values
 */
record Measure(String name, Set<Function> functions, JsonNode sample) {

    /** Decimals of the units of each job's sums, as contract window-result/v1 says. */
    private static final Map<String, Map<String, Integer>> SCALES = Map.of(
            "weather-average", Map.of("temp", 6, "hum", 6),
            "transaction-total", Map.of("amount", 4),
            "time-series-speed", Map.of("value", 6));

    /** Limit on the scale of a number, positive or negative: a sum of numbers of a far larger scale would take all memory. */
    private static final int MAX_SCALE = 64;

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,100}");

    /**
     * A number from a result.
     *
     * @param exact whether it was not computed from a rounded number
     */
    record Reading(BigDecimal number, boolean exact) {}

    /** The measure that a name stands for, if {@code result} has it. */
    static Optional<Measure> of(String asked, JsonNode result) {
        if (result.path("sums").has(asked)) {
            Optional<Measure> sum = of(asked, Stream.of(Function.values()), result);
            if (sum.isPresent()) {
                return sum;
            }
        }
        if (!result.path("values").path(asked).isNumber()) {
            return Optional.empty();
        }
        String prefix = Function.COUNT.prefixes().stream()
                .filter(asked::startsWith)
                .findFirst()
                .orElseThrow();
        return of(
                asked.substring(prefix.length()),
                Stream.of(Function.values())
                        .filter(function -> function.prefixes().contains(prefix)),
                result);
    }

    private static Optional<Measure> of(String name, Stream<Function> functions, JsonNode result) {
        Measure all = new Measure(name, Set.of(), result);
        Set<Function> available = functions
                .filter(function -> all.read(function, result).isPresent())
                .collect(Collectors.toUnmodifiableSet());
        return available.isEmpty() ? Optional.empty() : Optional.of(new Measure(name, available, result));
    }

    /** The number of a result that {@code function} needs: for {@code avg} the sum. Empty if the result does not have it. */
    Optional<Reading> read(Function function, JsonNode result) {
        return switch (function) {
            case MIN, MAX -> exact(result, function.prefixes());
            case SUM -> sum(result);
            case COUNT -> sum(result).or(() -> exact(result, List.of("min_", "max_", "")));
            case AVG -> hasText(result) ? weighted(result) : sum(result);
        };
    }

    /** The value in the sample that Elasticsearch aggregates over for {@code function}. */
    String field(Function function) {
        return field(sample, function.prefixes()).orElse(name);
    }

    private Optional<String> field(JsonNode result, List<String> prefixes) {
        return prefixes.stream()
                .map(prefix -> prefix + name)
                .filter(field -> result.path("values").path(field).isNumber())
                .findFirst();
    }

    /** The scaled sum as a decimal. If the scale is not known from a contract: the total, or the average times the count. */
    private Optional<Reading> sum(JsonNode result) {
        Integer scale =
                SCALES.getOrDefault(result.path("job").asText(), Map.of()).get(name);
        String scaled = result.path("sums").path(name).asText();
        if (scale != null && WHOLE.matcher(scaled).matches()) {
            return Optional.of(new Reading(new BigDecimal(new BigInteger(scaled), scale), true));
        }
        return exact(result, List.of("total_")).or(() -> weighted(result));
    }

    private Optional<Reading> exact(JsonNode result, List<String> prefixes) {
        return value(result, prefixes).map(number -> new Reading(number, true));
    }

    private Optional<Reading> weighted(JsonNode result) {
        BigDecimal count = BigDecimal.valueOf(result.path("count").asLong());
        return value(result, List.of("avg_")).map(mean -> new Reading(mean.multiply(count), false));
    }

    /** Whether the result has a text. Its count is then of texts and numbers, and the number of numbers is not known. */
    private static boolean hasText(JsonNode result) {
        return result.path("values").valueStream().anyMatch(JsonNode::isTextual);
    }

    private Optional<BigDecimal> value(JsonNode result, List<String> prefixes) {
        return field(result, prefixes)
                .map(field -> result.path("values").path(field).decimalValue())
                .filter(number -> Math.abs(number.scale()) <= MAX_SCALE);
    }
}
