// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses requests whose {@code Accept} excludes JSON, also by a weight of 0. */
public class Accept {

    private static final List<String> ANYTHING = List.of(MediaType.WILDCARD);
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern WEIGHT = Pattern.compile("q=([01](\\.[0-9]{0,3})?)");

    /** Replaces an {@code Accept} that allows JSON by plain JSON: Quarkus REST would end a range at a comma in quotes. */
    @ServerRequestFilter(preMatching = true)
    void read(ContainerRequestContext request) {
        if (takes(request.getHeaders().getOrDefault(HttpHeaders.ACCEPT, List.of()), MediaType.APPLICATION_JSON)) {
            request.getHeaders().putSingle(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON);
        }
    }

    @ServerRequestFilter
    void check(ContainerRequestContext request) {
        List<String> accept = request.getHeaders().getOrDefault(HttpHeaders.ACCEPT, List.of());
        if (!HttpMethod.OPTIONS.equals(request.getMethod()) && !takes(accept, MediaType.APPLICATION_JSON)) {
            throw new ProblemException(Problem.ofStatus(406));
        }
    }

    /** Whether the headers accept {@code type}. */
    public static boolean takes(List<String> accept, String type) {
        // the most common cases first
        return accept.isEmpty()
                || accept.equals(ANYTHING)
                || best(accept, List.of(type)).isPresent();
    }

    /**
     * The type that the headers prefer. A type has the weight of the most specific range that matches it (RFC 9110 section 12.5.1); of
     * equal weights the most specific range wins, then the first. Empty if the headers accept none of the types, or if there are no
     * headers.
     */
    public static Optional<String> best(List<String> accept, List<String> types) {
        List<Range> ranges = new ArrayList<>();
        String unquoted = QUOTED.matcher(String.join(",", accept)).replaceAll("");
        for (String range : unquoted.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.split(";", -1);
            double weight = Arrays.stream(parts)
                    .map(part -> WEIGHT.matcher(part.strip()))
                    .filter(Matcher::matches)
                    .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
                    .findFirst()
                    .orElse(1);
            ranges.add(new Range(parts[0].strip(), weight, ranges.size()));
        }
        Map<String, Range> wanted = new LinkedHashMap<>();
        for (String type : types) {
            ranges.stream()
                    .filter(range -> range.specificity(type) >= 0)
                    .max(Comparator.comparingInt(range -> range.specificity(type)))
                    .filter(range -> range.weight > 0)
                    .ifPresent(range -> wanted.put(type, range));
        }
        return wanted.entrySet().stream()
                .min(Comparator.comparingDouble((Map.Entry<String, Range> one) -> -one.getValue().weight)
                        .thenComparing(one -> -one.getValue().specificity(one.getKey()))
                        .thenComparing(one -> one.getValue().place))
                .map(Map.Entry::getKey);
    }

    /**
     * A range of media types.
     *
     * @param place position among the ranges
     */
    private record Range(String name, double weight, int place) {

        /** 2 for the type itself, 1 for {@code type/*}, 0 for all types; -1 if the range does not match. */
        int specificity(String type) {
            return List.of("*/*", type.substring(0, type.indexOf('/')) + "/*", type)
                    .indexOf(name);
        }
    }
}
