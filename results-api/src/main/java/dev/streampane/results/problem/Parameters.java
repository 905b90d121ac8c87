// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import dev.streampane.results.problem.Problem.Violation;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the query parameters of a request strictly: each at most once unless it is repeatable, no unknown names, percent-encoded UTF-8.
 *
 * <p>The methods collect what is wrong; {@link #check} throws all of it as one problem. Until then a wrong parameter reads as absent.
 */
public final class Parameters {

    /** The error for a cursor that was not issued for this query. */
    public static final String NO_CURSOR = "is not a cursor of this query; allowed is the 'next' of an answer to it";

    private static final Duration MAX_RANGE = Duration.ofDays(3_660);

    private static final int SHOWN_CHARS = 80;

    private static final Pattern NOT_ENCODED = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<String>> repeated = new LinkedHashMap<>();
    private final Map<String, String> named = new LinkedHashMap<>();
    private final Optional<Parameter.Named> others;
    private final Set<String> broken = new LinkedHashSet<>();
    private final List<Violation> violations = new ArrayList<>();

    private Parameters(Optional<Parameter.Named> others) {
        this.others = others;
    }

    /** Reads {@code query}, the encoded part of the request target after the question mark; null if there is none. */
    public static Parameters of(String query, String... allowed) {
        return new Parameters(Optional.empty()).read(query, new LinkedHashSet<>(List.of(allowed)));
    }

    /** Reads the query parameters in {@code declared}; get each of them by {@link #get}. */
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

    /** The value of a declared parameter; a wrong one reads as absent. */
    public <T> T get(Parameter<T> parameter) {
        return parameter.reading().apply(this);
    }

    private Parameters read(String query, Set<String> known) {
        Set<String> reported = new LinkedHashSet<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            if (!pair.isEmpty()) {
                add(pair.split("=", 2), known, reported);
            }
        }
        return this;
    }

    /** User input as it may appear in answers: shortened, and with control characters replaced by question marks. */
    public static String shown(String input) {
        String cut = input.codePointCount(0, input.length()) > SHOWN_CHARS
                ? input.substring(0, input.offsetByCodePoints(0, SHOWN_CHARS)) + "…"
                : input;
        return cut.replaceAll("[\\p{Cc}\\p{Cf}\u2028\u2029]", "?");
    }

    /** The parameters of the {@link Parameter.Named} group, in their order. */
    public Map<String, String> named() {
        return named;
    }

    /** Reports that {@code name} is missing, if it was not given; returns the empty text. */
    String missing(String name) {
        if (!values.containsKey(name) && !broken.contains(name)) {
            refuse(name, "is missing");
        }
        return "";
    }

    /** The decoded values of a repeatable parameter. */
    List<String> all(String name) {
        return repeated.get(name);
    }

    /** The cursor in {@code after}, decoded by {@code place}; it must have been issued for the query with that fingerprint. */
    public <T> Optional<T> after(String fingerprint, Function<String, Optional<T>> place) {
        Optional<String> text = get(Parameter.AFTER);
        Optional<T> after =
                text.flatMap(cursor -> QueryCursor.decode(fingerprint, cursor)).flatMap(place);
        if (text.isPresent() && after.isEmpty()) {
            refuse("after", NO_CURSOR);
        }
        return after;
    }

    /** Refuses an empty range {@code [from, to)}. */
    public void checkOrder(Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            refuse("from", "must be before 'to'");
            refuse("to", "must be after 'from'");
        }
    }

    /** Refuses a range that is empty or longer than 3,660 days; for starts of windows or alerts. */
    public void checkRange(Optional<Instant> from, Optional<Instant> to) {
        checkOrder(from, to);
        if (from.isPresent()
                && to.isPresent()
                && Duration.between(from.get(), to.get()).compareTo(MAX_RANGE) > 0) {
            refuse("from", "is more than " + MAX_RANGE.toDays() + " days before 'to'");
        }
    }

    /** The decoded value. */
    public Optional<String> raw(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Reports that {@code name} is wrong. */
    public void refuse(String name, String detail) {
        violations.add(new Violation(name, detail));
    }

    /** Reports that {@code value} is not allowed for {@code name}, and what is. */
    public void refuse(String name, String value, String allowed) {
        refuse(name, "'" + shown(value) + "' is not allowed; allowed is " + allowed);
    }

    /** Throws one {@link ProblemException} with all that is wrong; call it after all parameters were read. */
    public void check() {
        if (!violations.isEmpty()) {
            throw ProblemException.invalidParameters(violations);
        }
    }

    /** Adds a pair of a name, {@code ?} if it cannot be decoded, and a value, which may be missing. */
    private void add(String[] pair, Set<String> known, Set<String> reported) {
        String name = decoded(pair[0]).orElse("?");
        boolean other = others.filter(names -> names.test().test(name)).isPresent();
        if (!known.contains(name) && !other) {
            if (reported.size() < 10 && reported.add(name)) {
                refuse(shown(name), "is not a parameter; allowed are " + names(known, others));
            }
            return;
        }
        Optional<String> value = decoded(pair.length < 2 ? "" : pair[1]);
        if (value.isEmpty()) {
            if (broken.add(name)) {
                refuse(name, "is not percent-encoded UTF-8");
            }
        } else if (repeated.containsKey(name)) {
            repeated.get(name).add(value.get());
        } else if ((other ? named : values).putIfAbsent(name, value.get()) != null && reported.add(name)) {
            refuse(name, "is given more than once; allowed is one value");
        }
    }

    /** Decodes percent-encoded UTF-8 in which a plus sign is a space; empty if it is something else. */
    private static Optional<String> decoded(String text) {
        if (NOT_ENCODED.matcher(text).find()) {
            return Optional.empty();
        }
        // a byte that is not percent-encoded, as curl may send it, has become a character of its own before
        byte[] bytes = URLDecoder.decode(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String names(Set<String> known, Optional<Parameter.Named> others) {
        return known.isEmpty()
                ? "none"
                : String.join(", ", known)
                        + others.map(names -> ", " + names.shown()).orElse("");
    }
}
