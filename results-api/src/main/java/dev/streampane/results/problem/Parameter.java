// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A parameter of an operation, declared once: {@link Parameters} reads it and the OpenAPI document describes it accordingly.
 *
 * @param in where it is: query, path or header; {@link Parameters} reads only those of the query
 * @param description its meaning, for the OpenAPI document
 * @param schema allowed values, as JSON Schema
 * @param named which names it has, if that is not {@code name} alone
 * @param reading reads the value; a wrong value reads as absent
 */
public record Parameter<T>(
        String in,
        String name,
        String description,
        boolean required,
        Map<String, Object> schema,
        Optional<Object> example,
        Optional<Named> named,
        Function<Parameters, T> reading) {

    /** Longest name of a job, in bytes of UTF-8. */
    public static final int MAX_JOB_BYTES = 100;

    /** Longest key of a result, in bytes of UTF-8. */
    public static final int MAX_KEY_BYTES = 256;

    /** Longest window specification, in bytes of UTF-8. */
    public static final int MAX_SPEC_BYTES = 200;

    /** Longest name of a topic, in bytes of UTF-8. */
    public static final int MAX_TOPIC_BYTES = 249;

    private static final Instant MAX_INSTANT = Instant.parse("9999-12-31T23:59:59.999Z");
    private static final Map<String, Object> TEXT = Map.of("type", "string");

    /** The order of the rows: newest or oldest first. */
    public static final Parameter<String> ORDER = choice("order", "Newest first or oldest first", "desc", "asc");

    /** The cursor at which a page begins; {@link Parameters#after} reads it. */
    public static final Parameter<Optional<String>> AFTER =
            text("after", "The `next` of the previous page; valid only for the same query", QueryCursor.MAX_LENGTH);

    /**
     * A group of parameters whose names are not fixed.
     *
     * @param shown what the names look like, for error messages
     * @param test whether a name is in the group
     */
    public record Named(String shown, Predicate<String> test) {}

    /** A text of 1 to {@code maxBytes} bytes of UTF-8. */
    public static Parameter<Optional<String>> text(String name, String description, int maxBytes) {
        return query(name, description, text(maxBytes), parameters -> parameters
                .raw(name)
                .filter(value -> isSized(parameters, name, value, maxBytes)));
    }

    /** A text that is required; reads as the empty text if it is wrong or missing. */
    public static Parameter<String> required(String name, String description, int maxBytes, String example) {
        return text(name, description, maxBytes)
                .then((parameters, text) -> text.orElseGet(() -> parameters.missing(name)))
                .at("query", true)
                .withExample(example);
    }

    /** A text that is not checked here, but where it is used. */
    public static Parameter<Optional<String>> raw(String name, String description) {
        return query(name, description, TEXT, parameters -> parameters.raw(name));
    }

    /** A repeatable text of 1 to {@code maxBytes} bytes of UTF-8, at most {@code max} times. */
    public static Parameter<Set<String>> texts(String name, String description, int maxBytes, int max) {
        return query(
                name, description, Map.of("type", "array", "maxItems", max, "items", text(maxBytes)), parameters -> {
                    List<String> texts = parameters.all(name);
                    if (!texts.stream().allMatch(value -> isSized(parameters, name, value, maxBytes))) {
                        return Set.of();
                    }
                    if (texts.size() > max) {
                        parameters.refuse(name, "is given " + texts.size() + " times; allowed is " + max + " times");
                        return Set.of();
                    }
                    return Set.copyOf(texts);
                });
    }

    /** A window specification. Spaces are removed, as canonical texts have none: {@code sliding(10m, 1m)} is {@code sliding(10m,1m)}. */
    public static Parameter<Optional<String>> spec(String description) {
        return text("spec", description, MAX_SPEC_BYTES)
                .then((parameters, text) -> text.map(spec -> canonical(parameters, spec)));
    }

    /** Repeatable window specifications, at most {@code max}. */
    public static Parameter<Set<String>> specs(String description, int max) {
        return texts("spec", description, MAX_SPEC_BYTES, max).then((parameters, texts) -> texts.stream()
                .map(spec -> canonical(parameters, spec))
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** One of {@code words}; the first is the default. */
    public static Parameter<String> choice(String name, String description, String... words) {
        return word(name, description, words)
                .<String>then((parameters, word) -> word.orElse(words[0]))
                .with("default", words[0]);
    }

    /** One of {@code words}; optional. */
    public static Parameter<Optional<String>> word(String name, String description, String... words) {
        return single(
                name,
                description,
                Map.of("type", "string", "enum", List.of(words)),
                value -> Optional.of(value).filter(List.of(words)::contains),
                String.join(" or ", words));
    }

    /** Any number of {@code words}. */
    public static Parameter<Set<String>> choices(String name, String description, String... words) {
        Map<String, Object> items = Map.of("type", "string", "enum", List.of(words));
        return query(name, description, Map.of("type", "array", "items", items), parameters -> {
            Set<String> chosen = new LinkedHashSet<>(parameters.all(name));
            chosen.stream()
                    .filter(value -> !List.of(words).contains(value))
                    .findFirst()
                    .ifPresent(value -> parameters.refuse(name, value, String.join(" or ", words)));
            return chosen;
        });
    }

    /** A whole number in plain digits, from {@code min} to {@code max}; {@code otherwise} is the default. */
    public static Parameter<Integer> integer(String name, String description, int min, int max, int otherwise) {
        return integer(name, description, min, max)
                .<Integer>then((parameters, number) -> number.orElse(otherwise))
                .with("default", otherwise);
    }

    /** A whole number in plain digits, from {@code min} to {@code max}; optional. */
    public static Parameter<OptionalInt> integer(String name, String description, int min, int max) {
        return number(name, description, 9, min, max)
                .then((parameters, number) ->
                        number.map(Long::intValue).map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    /** A whole number in plain digits, from 0 to {@code max}; optional. */
    public static Parameter<OptionalLong> number(String name, String description, long max) {
        return number(name, description, 18, 0, max)
                .then((parameters, number) -> number.map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private static Parameter<Optional<Long>> number(String name, String description, int digits, long min, long max) {
        return single(
                name,
                description,
                Map.of("type", "integer", "minimum", min, "maximum", max),
                value -> Optional.of(value)
                        .filter(text -> text.matches("[0-9]{1," + digits + "}"))
                        .map(Long::valueOf)
                        .filter(number -> number >= min && number <= max),
                "a number from " + min + " to " + max);
    }

    /** An RFC 3339 instant with a zone offset, from 1970 on; optional. */
    public static Parameter<Optional<Instant>> instant(String name, String description) {
        return instant(name, description, "1970-01-01");
    }

    /** An RFC 3339 instant with a zone offset, from the beginning of {@code firstDay} in UTC on; optional. */
    public static Parameter<Optional<Instant>> instant(String name, String description, String firstDay) {
        return single(
                name,
                description,
                Map.of("type", "string", "format", "date-time"),
                value -> instant(value, Instant.parse(firstDay + "T00:00:00Z")),
                "a time such as 2026-11-20T06:00:00Z (in a URL the + of an offset is written %2B) from " + firstDay
                        + " to 9999");
    }

    private static Optional<Instant> instant(String value, Instant first) {
        try {
            return Optional.of(OffsetDateTime.parse(value).toInstant())
                    .filter(time -> !time.isBefore(first) && !time.isAfter(MAX_INSTANT));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Parameters of a group whose names are not fixed. */
    public static <T> Parameter<T> named(
            String name, String description, Map<String, Object> schema, Named named, Function<Parameters, T> reading) {
        return new Parameter<>(
                "query", name, description, false, schema, Optional.empty(), Optional.of(named), reading);
    }

    /** A part of the path. */
    public static Parameter<Void> path(String name, String description, String example) {
        return header(name, description).at("path", true).withExample(example);
    }

    /** A header of the request. */
    public static Parameter<Void> header(String name, String description) {
        return Parameter.<Void>query(name, description, TEXT, parameters -> null)
                .at("header", false);
    }

    /** The same parameter, with its value converted by {@code next}. */
    private <R> Parameter<R> then(BiFunction<Parameters, T, R> next) {
        return new Parameter<>(
                in,
                name,
                description,
                required,
                schema,
                example,
                named,
                parameters -> next.apply(parameters, reading.apply(parameters)));
    }

    private Parameter<T> at(String place, boolean needed) {
        return new Parameter<>(place, name, description, needed, schema, example, named, reading);
    }

    /** The same parameter with a keyword of JSON Schema added or replaced. */
    public Parameter<T> with(String keyword, Object value) {
        Map<String, Object> more = new HashMap<>(schema);
        more.put(keyword, value);
        return new Parameter<>(in, name, description, required, more, example, named, reading);
    }

    /** The same parameter with an example. */
    public Parameter<T> withExample(Object value) {
        return new Parameter<>(in, name, description, required, schema, Optional.of(value), named, reading);
    }

    private static <T> Parameter<T> query(
            String name, String description, Map<String, Object> schema, Function<Parameters, T> reading) {
        return new Parameter<>("query", name, description, false, schema, Optional.empty(), Optional.empty(), reading);
    }

    /** One value; {@code parse} returns empty if it is not allowed. */
    private static <T> Parameter<Optional<T>> single(
            String name,
            String description,
            Map<String, Object> schema,
            Function<String, Optional<T>> parse,
            String allowed) {
        return query(
                name, description, schema, parameters -> parameters.raw(name).flatMap(value -> {
                    Optional<T> parsed = parse.apply(value);
                    if (parsed.isEmpty()) {
                        parameters.refuse(name, value, allowed);
                    }
                    return parsed;
                }));
    }

    private static boolean isSized(Parameters parameters, String name, String value, int maxBytes) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        boolean sized = bytes > 0 && bytes <= maxBytes;
        if (!sized) {
            parameters.refuse(name, "a text of " + bytes + " bytes is not allowed; allowed is 1 to " + maxBytes);
        }
        return sized;
    }

    private static String canonical(Parameters parameters, String text) {
        String spec = text.replace(" ", "");
        if (spec.isEmpty()) {
            parameters.refuse("spec", "is empty");
        }
        return spec;
    }

    private static Map<String, Object> text(int max) {
        String description = "At most " + max + " bytes of UTF-8";
        return Map.of("type", "string", "minLength", 1, "maxLength", max, "description", description);
    }
}
