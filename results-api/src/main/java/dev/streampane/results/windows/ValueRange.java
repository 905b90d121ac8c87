// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bound on one value of a result, from a parameter {@code <value>.<bound>=<decimal>}, such as {@code avg_temp.gte=20.5}.
 *
 * @param value name of the value
 * @param bound on which side of the limit the value has to lie
 * @param limit the limit, with all its digits
 */
record ValueRange(String value, Bound bound, BigDecimal limit) {

    /** How a value is compared with the limit. */
    enum Bound {
        GTE,
        GT,
        LTE,
        LT;

        boolean holds(int comparison) {
            return switch (this) {
                case GTE -> comparison >= 0;
                case GT -> comparison > 0;
                case LTE -> comparison <= 0;
                case LT -> comparison < 0;
            };
        }
    }

    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]{1,64})[.](gte|gt|lte|lt)");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,20}([.][0-9]{1,20})?");

    /** The form of the parameters' names. */
    private static final Parameter.Named NAMED =
            new Parameter.Named("<value>.gte|gt|lte|lt (such as avg_temp.gte)", name -> NAME.matcher(name)
                    .matches());

    static final Parameter<List<ValueRange>> PARAMETER = Parameter.named(
                    "bounds",
                    "Bounds on values, each as a parameter of its own: the value's name, a dot, and gte, gt, lte or lt, as in"
                            + " `avg_temp.gte=20.5`; all have to hold",
                    Map.of(
                            "type", "object",
                            "propertyNames", Map.of("pattern", "^" + NAME + "$"),
                            "additionalProperties", Map.of("type", "string", "pattern", "^" + DECIMAL + "$")),
                    NAMED,
                    ValueRange::of)
            .withExample(Map.of("avg_temp.gte", "-50"));

    /** The bounds that a request gives; all have to hold. */
    static List<ValueRange> of(Parameters parameters) {
        List<ValueRange> ranges = new ArrayList<>();
        parameters.named().forEach((name, text) -> {
            Matcher parts = NAME.matcher(name);
            if (parts.matches() && DECIMAL.matcher(text).matches()) {
                Bound bound = Bound.valueOf(parts.group(2).toUpperCase(Locale.ROOT));
                ranges.add(new ValueRange(parts.group(1), bound, new BigDecimal(text)));
            } else {
                parameters.refuse(name, text, "a decimal such as -20.5");
            }
        });
        return ranges;
    }

    /** The name of the parameter that sets this bound. */
    String parameter() {
        return value + "." + bound.name().toLowerCase(Locale.ROOT);
    }

    /** Whether a result's value is within the bound; false for a text or a missing value. */
    boolean holds(JsonNode result) {
        JsonNode found = result.path("values").path(value);
        return found.isNumber() && bound.holds(found.decimalValue().compareTo(limit));
    }

    /** Adds a filter that finds every result that {@link #holds}. It may also find a value that equals the limit as a double. */
    void addTo(ArrayNode filters) {
        String side = bound == Bound.GTE || bound == Bound.GT ? "gte" : "lte";
        filters.addObject().putObject("range").putObject("values." + value).put(side, limit.doubleValue());
    }
}
