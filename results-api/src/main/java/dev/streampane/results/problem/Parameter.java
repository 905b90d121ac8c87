// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A parameter of an operation, declared once: {@link Parameters} reads it so, and the OpenAPI document describes it so.
 *
 * @param in where it is: query, path or header; only those of the query are read by {@link Parameters}
 * @param description what it means
 * @param schema what is allowed, as JSON Schema has it
 * @param named which names it has when that is not {@code name} alone
 * @param reading how it is read; absent where it is wrong
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

    /** Longest name of a job. */
    public static final int MAX_JOB_BYTES = 100;

    /** Longest key of a result. */
    public static final int MAX_KEY_BYTES = 256;

    /** Longest window specification. */
    public static final int MAX_SPEC_BYTES = 200;

    /** Longest name of a topic. */
    public static final int MAX_TOPIC_BYTES = 249;

    private static final Map<String, Object> TEXT = Map.of("type", "string");

    /** Which rows come first. */
    public static final Parameter<String> ORDER = choice("order", "Newest first or oldest first", "desc", "asc");

    /** Where a page begins; {@link Parameters#after} reads it. */
    public static final Parameter<Optional<String>> AFTER =
            text("after", "The `next` of the page before; belongs to its query", QueryCursor.MAX_LENGTH);

    /**
     * Parameters whose names are not known one by one.
     *
     * @param shown how their names look
     * @param test whether a name is one of them
     */
    public record Named(String shown, Predicate<String> test) {}

    /** A text of 1 to {@code maxBytes} bytes of UTF-8. */
    public static Parameter<Optional<String>> text(String name, String description, int maxBytes) {
        return query(name, description, text(maxBytes), parameters -> parameters.text(name, maxBytes));
    }

    /** The same that must be there. */
    public static Parameter<String> required(String name, String description, int maxBytes, String example) {
        return query(name, description, text(maxBytes), parameters -> parameters.required(name, maxBytes))
                .at("query", true)
                .such(example);
    }

    /** A text that is looked at where it is used. */
    public static Parameter<Optional<String>> raw(String name, String description) {
        return query(name, description, TEXT, parameters -> parameters.raw(name));
    }

    /** Texts of 1 to {@code maxBytes} bytes of UTF-8, {@code max} of them at most. */
    public static Parameter<Set<String>> texts(String name, String description, int maxBytes, int max) {
        return query(
                name, description, array(text(maxBytes), max), parameters -> parameters.texts(name, maxBytes, max));
    }

    /** The window specification. */
    public static Parameter<Optional<String>> spec(String description) {
        return query("spec", description, text(MAX_SPEC_BYTES), Parameters::spec);
    }

    /** Window specifications, {@code max} of them at most. */
    public static Parameter<Set<String>> specs(String description, int max) {
        return query("spec", description, array(text(MAX_SPEC_BYTES), max), parameters -> parameters.specs(max));
    }

    /** One of some words; the first is the default. */
    public static Parameter<String> choice(String name, String description, String... words) {
        return query(
                name,
                description,
                Map.of("type", "string", "enum", List.of(words), "default", words[0]),
                parameters -> parameters.choice(name, words));
    }

    /** One of some words that may be left out. */
    public static Parameter<Optional<String>> word(String name, String description, String... words) {
        return query(name, description, Map.of("type", "string", "enum", List.of(words)), parameters -> parameters
                .raw(name)
                .map(given -> parameters.choice(name, words)));
    }

    /** Some of some words. */
    public static Parameter<Set<String>> choices(String name, String description, String... words) {
        return query(
                name,
                description,
                Map.of("type", "array", "items", Map.of("type", "string", "enum", List.of(words))),
                parameters -> parameters.choices(name, words));
    }

    /** A whole number. */
    public static Parameter<Integer> integer(String name, String description, int min, int max, int otherwise) {
        return query(
                name,
                description,
                Map.of("type", "integer", "minimum", min, "maximum", max, "default", otherwise),
                parameters -> parameters.integer(name, min, max, otherwise));
    }

    /** A whole number that may be left out. */
    public static Parameter<OptionalInt> integer(String name, String description, int min, int max) {
        return query(
                name,
                description,
                Map.of("type", "integer", "minimum", min, "maximum", max),
                parameters -> parameters.raw(name).isEmpty()
                        ? OptionalInt.empty()
                        : OptionalInt.of(parameters.integer(name, min, max, min)));
    }

    /** A whole number from 0 that may be left out. */
    public static Parameter<OptionalLong> number(String name, String description, long max) {
        return query(
                name,
                description,
                Map.of("type", "integer", "minimum", 0, "maximum", max),
                parameters -> parameters.number(name, max));
    }

    /** A time. */
    public static Parameter<Optional<Instant>> instant(String name, String description) {
        return query(
                name,
                description,
                Map.of("type", "string", "format", "date-time"),
                parameters -> parameters.instant(name));
    }

    /** Parameters whose names are not known one by one. */
    public static <T> Parameter<T> named(
            String name, String description, Map<String, Object> schema, Named named, Function<Parameters, T> reading) {
        return new Parameter<>(
                "query", name, description, false, schema, Optional.empty(), Optional.of(named), reading);
    }

    /** A part of the path. */
    public static Parameter<Void> path(String name, String description, String example) {
        return header(name, description).at("path", true).such(example);
    }

    /** A header of the request. */
    public static Parameter<Void> header(String name, String description) {
        return Parameter.<Void>query(name, description, TEXT, parameters -> null)
                .at("header", false);
    }

    private Parameter<T> at(String place, boolean needed) {
        return new Parameter<>(place, name, description, needed, schema, example, named, reading);
    }

    /** The same of which more is allowed, or less, as JSON Schema has it. */
    public Parameter<T> with(String keyword, Object value) {
        Map<String, Object> more = new HashMap<>(schema);
        more.put(keyword, value);
        return new Parameter<>(in, name, description, required, more, example, named, reading);
    }

    /** The same with an example. */
    public Parameter<T> such(Object as) {
        return new Parameter<>(in, name, description, required, schema, Optional.of(as), named, reading);
    }

    private static <T> Parameter<T> query(
            String name, String description, Map<String, Object> schema, Function<Parameters, T> reading) {
        return new Parameter<>("query", name, description, false, schema, Optional.empty(), Optional.empty(), reading);
    }

    private static Map<String, Object> text(int max) {
        return Map.of("type", "string", "minLength", 1, "maxLength", max);
    }

    private static Map<String, Object> array(Map<String, Object> items, int max) {
        return Map.of("type", "array", "maxItems", max, "items", items);
    }
}
