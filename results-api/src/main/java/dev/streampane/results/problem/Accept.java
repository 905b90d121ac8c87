// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses requests whose {@code Accept} rules out what there is, weights of 0 included. */
public class Accept {

    private static final List<String> ANYTHING = List.of(MediaType.WILDCARD);
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern REFUSED = Pattern.compile("q=0(\\.0{0,3})?");

    /** The framework, which takes a comma in quotes for the end of a range, reads what it comes to. */
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
            throw new ProblemException(Problem.ofStatus(406, Map.of()));
        }
    }

    /** Whether the headers take {@code type}: the most specific range that matches decides (RFC 9110 section 12.5.1). */
    public static boolean takes(List<String> accept, String type) {
        if (accept.isEmpty() || accept.equals(ANYTHING)) {
            return true; // what most ask for
        }
        Map<String, Boolean> ranges = new HashMap<>();
        String unquoted = QUOTED.matcher(String.join(",", accept)).replaceAll("");
        for (String range : unquoted.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.split(";", -1);
            boolean refused = Arrays.stream(parts)
                    .anyMatch(part -> REFUSED.matcher(part.strip()).matches());
            ranges.put(parts[0].strip(), !refused);
        }
        return Stream.of(type, type.substring(0, type.indexOf('/')) + "/*", "*/*")
                .map(ranges::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(false);
    }
}
