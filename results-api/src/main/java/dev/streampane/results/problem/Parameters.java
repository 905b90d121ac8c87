// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import dev.streampane.results.problem.Problem.Violation;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A request's query parameters, read strictly: each at most once unless said, none that is unknown, percent-encoded UTF-8.
 *
 * <p>The methods collect what is wrong; {@link #check} throws all of it as one problem. Until then a wrong parameter reads as
 * absent.
 */
public final class Parameters {

    /** What is wrong with a cursor that was not given out for this query. */
    public static final String NO_CURSOR = "is not a cursor of this query; allowed is the 'next' of an answer to it";

    private static final int SHOWN_CHARS = 80;
    private static final Instant MAX_INSTANT = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<String>> repeated = new LinkedHashMap<>();
    private final Map<String, String> named = new LinkedHashMap<>();
    private final Optional<Parameter.Named> others;
    private final Set<String> broken = new LinkedHashSet<>();
    private final List<Violation> violations = new ArrayList<>();

    private Parameters(Optional<Parameter.Named> others) {
        this.others = others;
    }

    /** Reads {@code query}, the part of the request line behind the question mark, still encoded; null when there is none. */
    public static Parameters of(String query, String... allowed) {
        return new Parameters(Optional.empty()).read(query, new LinkedHashSet<>(List.of(allowed)));
    }

    /** The same of parameters that are declared; {@link #get} reads each. */
    public static Parameters of(String query, List<Parameter<?>> declared) {
        Parameters parameters = new Parameters(declared.stream()
                .flatMap(parameter -> parameter.named().stream())
                .findFirst());
        Set<String> known = new LinkedHashSet<>();
        for (Parameter<?> parameter : declared) {
            if (parameter.in().equals("query") && parameter.named().isEmpty()) {
                known.add(parameter.name());
                if ("array".equals(parameter.schema().get("type"))) {
                    parameters.repeated.put(parameter.name(), new ArrayList<>());
                }
            }
        }
        return parameters.read(query, known);
    }

    /** What a declared parameter says; a wrong one as if it were absent. */
    public <T> T get(Parameter<T> parameter) {
        return parameter.reading().apply(this);
    }

    private Parameters read(String query, Set<String> known) {
        Set<String> reported = new LinkedHashSet<>();
        QueryPair.of(query).forEach(pair -> add(pair, known, reported));
        return this;
    }

    /** What is said about user input in answers: cut, and without control characters. */
    public static String shown(String input) {
        String cut = input.length() > SHOWN_CHARS ? input.substring(0, SHOWN_CHARS) + "…" : input;
        return cut.replaceAll("[\\p{Cc}\\p{Cf}\u2028\u2029]", "?");
    }

    /** A text of 1 to {@code maxBytes} bytes of UTF-8. */
    public Optional<String> text(String name, int maxBytes) {
        String value = values.get(name);
        return value == null ? Optional.empty() : sized(name, value, maxBytes);
    }

    private Optional<String> sized(String name, String value, int maxBytes) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > maxBytes) {
            refuse(name, "a text of " + bytes + " bytes is not allowed; allowed is 1 to " + maxBytes);
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** The texts of 1 to {@code maxBytes} bytes of UTF-8 that a repeatable parameter has; it may be given {@code max} times. */
    public Set<String> texts(String name, int maxBytes, int max) {
        List<String> texts = repeated.get(name);
        for (String value : texts) {
            if (sized(name, value, maxBytes).isEmpty()) {
                return Set.of();
            }
        }
        if (texts.size() > max) {
            refuse(name, "is given " + texts.size() + " times; allowed is " + max + " times");
            return Set.of();
        }
        return Set.copyOf(texts);
    }

    /** Some of some words, as a parameter that may be repeated names them; none when it is not there. */
    public Set<String> choices(String name, String... words) {
        Set<String> chosen = new LinkedHashSet<>(repeated.get(name));
        chosen.stream()
                .filter(value -> !List.of(words).contains(value))
                .limit(1)
                .forEach(value -> refuse(name, value, String.join(" or ", words)));
        return chosen;
    }

    /** The parameters that are {@link Parameter.Named}, in their order. */
    public Map<String, String> named() {
        return named;
    }

    /** A text that must be there; empty only when {@link #check} is going to throw. */
    public String required(String name, int maxBytes) {
        if (!values.containsKey(name) && !broken.contains(name)) {
            refuse(name, "is missing");
        }
        return text(name, maxBytes).orElse("");
    }

    /** A whole number in plain digits. */
    public int integer(String name, int min, int max, int otherwise) {
        return (int) number(name, 9, min, max).orElse(otherwise);
    }

    /** A whole number from 0 in plain digits that may be left out. */
    public OptionalLong number(String name, long max) {
        return number(name, 18, 0, max);
    }

    private OptionalLong number(String name, int digits, long min, long max) {
        String value = values.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value.matches("[0-9]{1," + digits + "}") && Long.parseLong(value) >= min && Long.parseLong(value) <= max) {
            return OptionalLong.of(Long.parseLong(value));
        }
        refuse(name, value, "a number from " + min + " to " + max);
        return OptionalLong.empty();
    }

    /** An RFC 3339 instant with a zone offset. */
    public Optional<Instant> instant(String name) {
        String value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            Instant instant = OffsetDateTime.parse(value).toInstant();
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(MAX_INSTANT)) {
                return Optional.of(instant);
            }
        } catch (DateTimeException e) {
            // said below
        }
        refuse(
                name,
                value,
                "a time such as 2026-11-20T06:00:00Z (in a URL the + of an offset is written %2B) from 1970 to 9999");
        return Optional.empty();
    }

    /** One of some words; the first is the default. */
    public String choice(String name, String... words) {
        String value = values.getOrDefault(name, words[0]);
        if (List.of(words).contains(value)) {
            return value;
        }
        refuse(name, value, String.join(" or ", words));
        return words[0];
    }

    /** The window specification in {@code spec}; no canonical one has a space: {@code sliding(10m, 1m)} is {@code sliding(10m,1m)}. */
    public Optional<String> spec() {
        Optional<String> spec = text("spec", Parameter.MAX_SPEC_BYTES).map(Parameters::canonical);
        if (spec.isPresent() && spec.get().isEmpty()) {
            refuse("spec", "is empty");
        }
        return spec;
    }

    /** The same of {@code spec} as a repeatable parameter; one of spaces alone is an empty text. */
    public Set<String> specs(int max) {
        return texts("spec", Parameter.MAX_SPEC_BYTES, max).stream()
                .map(Parameters::canonical)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String canonical(String spec) {
        return spec.replace(" ", "");
    }

    /** What {@code place} makes of the cursor in {@code after}, which must have been given out for the query of that fingerprint. */
    public <T> Optional<T> after(String fingerprint, Function<String, Optional<T>> place) {
        Optional<String> text = text("after", QueryCursor.MAX_LENGTH);
        Optional<T> after =
                text.flatMap(cursor -> QueryCursor.decode(fingerprint, cursor)).flatMap(place);
        if (text.isPresent() && after.isEmpty()) {
            refuse("after", NO_CURSOR);
        }
        return after;
    }

    /** Refuses a range {@code [from, to)} that holds nothing. */
    public void checkOrder(Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            refuse("from", "must be before 'to'");
            refuse("to", "must be after 'from'");
        }
    }

    /** The value as it was sent, decoded. */
    public Optional<String> raw(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Adds that {@code name} is wrong. */
    public void refuse(String name, String detail) {
        violations.add(new Violation(name, detail));
    }

    /** Adds that {@code value} is not what {@code name} may be, and what is. */
    public void refuse(String name, String value, String allowed) {
        refuse(name, "'" + shown(value) + "' is not allowed; allowed is " + allowed);
    }

    /**
     * Ends the reading.
     *
     * @throws ProblemException when a parameter is wrong
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw new ProblemException(Problem.invalidParameters(violations));
        }
    }

    private void add(QueryPair pair, Set<String> known, Set<String> reported) {
        String name = pair.name();
        boolean other = others.filter(names -> names.test().test(name)).isPresent();
        if (!known.contains(name) && !other) {
            if (reported.size() < 10 && reported.add(name)) {
                refuse(shown(name), "is not a parameter; allowed are " + names(known, others));
            }
            return;
        }
        Optional<String> value = pair.value();
        if (value.isEmpty()) {
            broken.add(name);
            refuse(name, "is not percent-encoded UTF-8");
        } else if (repeated.containsKey(name)) {
            repeated.get(name).add(value.get());
        } else if ((other ? named : values).putIfAbsent(name, value.get()) != null && reported.add(name)) {
            refuse(name, "is given more than once; allowed is one value");
        }
    }

    private static String names(Set<String> known, Optional<Parameter.Named> others) {
        return known.isEmpty()
                ? "none"
                : String.join(", ", known)
                        + others.map(names -> ", " + names.shown()).orElse("");
    }
}
