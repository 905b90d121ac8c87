// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import dev.streampane.contract.WindowSpec.Global;
import dev.streampane.contract.WindowSpec.Session;
import dev.streampane.contract.WindowSpec.Sliding;
import dev.streampane.contract.WindowSpec.Tumbling;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses window specifications: one, or a list separated by semicolons. {@link #ALLOWED} describes the syntax. Spaces are allowed around
 * every word and mark, capital letters only in time zones.
 *
 * <p>For text that it cannot parse, the error names the position and what is allowed there: for {@code session(5x)} {@code at character 9
 * is '5x'; allowed is a whole number with ms, s, m, h or d …}.
 */
public final class WindowSpecParser {

    /** The syntax in words, for error messages that continue "allowed is". */
    public static final String ALLOWED =
            "tumbling(SIZE), tumbling(SIZE,offset=OFFSET), sliding(SIZE,SLIDE), session(GAP), calendar(UNIT,ZONE), "
                    + "each with all: before it for one window over all keys, global(count=N), global(every=TIME); "
                    + "times like 10s, 1m, 1h, 1d, from 1ms to 366d, UNIT day, week or month, ZONE like Europe/Berlin";

    private static final String KINDS =
            "tumbling, sliding, session, global or calendar, or all: before one of them but global";
    private static final String TIME = "a whole number with ms, s, m, h or d, from 1ms to 366d, such as 30s";
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final long MOST = 1_000_000_000;
    private static final int SHOWN = 40;

    private static final Pattern WORD = Pattern.compile("[a-z]+");
    private static final Pattern UNTIL_MARK = Pattern.compile("[^(),;=]+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    private final String text;
    private int at;

    private WindowSpecParser(String text) {
        this.text = text;
    }

    /**
     * Parses a list of specifications; the result has the order of {@code text}.
     *
     * @throws IllegalArgumentException with the position of the first error and what is allowed there; a repeated specification is an error
     */
    public static List<WindowSpec> parseList(String text) {
        var parser = new WindowSpecParser(text);
        var specs = new ArrayList<WindowSpec>();
        do {
            parser.spaces();
            int start = parser.at;
            WindowSpec spec = parser.spec();
            if (specs.contains(spec)) {
                throw parser.refuse(start, spec + " a second time", "each window once");
            }
            specs.add(spec);
        } while (parser.takes(';'));
        parser.end("; and another window");
        return specs;
    }

    /**
     * Parses one specification.
     *
     * @throws IllegalArgumentException with the position of the error and what is allowed there
     */
    public static WindowSpec parse(String text) {
        var parser = new WindowSpecParser(text);
        WindowSpec spec = parser.spec();
        parser.end("nothing more");
        return spec;
    }

    /** Parses one specification; empty if {@code text} is not one. */
    public static Optional<WindowSpec> find(String text) {
        return Fields.find(() -> parse(text));
    }

    private WindowSpec spec() {
        spaces();
        int start = at;
        String kind = take(WORD, KINDS);
        boolean all = kind.equals("all") && takes(':');
        if (all) {
            spaces();
            start = at;
            kind = take(WORD, KINDS);
        }
        if (!List.of("tumbling", "sliding", "session", "global", "calendar").contains(kind)
                || all && kind.equals("global")) {
            throw refuse(start, quoted(kind), KINDS);
        }
        mark('(');
        WindowSpec spec =
                switch (kind) {
                    case "tumbling" -> tumbling(all);
                    case "sliding" -> sliding(all);
                    case "session" -> new Session(time(), all);
                    case "global" -> global();
                    default -> calendar(all);
                };
        mark(')');
        return spec;
    }

    private WindowSpec tumbling(boolean all) {
        Duration size = time();
        if (!takes(',')) {
            return new Tumbling(size, Duration.ZERO, all);
        }
        name("offset");
        return new Tumbling(size, offset(), all);
    }

    private WindowSpec sliding(boolean all) {
        Duration size = time();
        mark(',');
        spaces();
        int start = at;
        Duration slide = time();
        if (slide.compareTo(size) > 0) {
            throw refuse(
                    start,
                    quoted(Durations.format(slide)),
                    "a slide of at most the size, which is " + Durations.format(size));
        }
        return new Sliding(size, slide, all);
    }

    private WindowSpec global() {
        if (name("count", "every").equals("every")) {
            return Global.atEvery(time());
        }
        return Global.ofCount(read("a whole number from 1 to " + MOST, found -> Optional.of(found)
                .filter(count -> NUMBER.matcher(count).matches())
                .map(Long::valueOf)
                .filter(count -> 1 <= count && count <= MOST)));
    }

    private WindowSpec calendar(boolean all) {
        CalendarSpec.Unit unit = read("day, week or month", found -> Arrays.stream(CalendarSpec.Unit.values())
                .filter(known -> known.text().equals(found))
                .findFirst());
        mark(',');
        ZoneId zone = read("a time zone such as UTC or Europe/Berlin", found -> Fields.find(() -> ZoneId.of(found)));
        return new CalendarSpec(unit, zone, all);
    }

    /** Reads one of the names and the equals sign after it. */
    private String name(String... names) {
        spaces();
        int start = at;
        String allowed = String.join("= or ", names) + '=';
        String name = take(WORD, allowed);
        if (!List.of(names).contains(name)) {
            throw refuse(start, quoted(name), allowed);
        }
        mark('=');
        return name;
    }

    private Duration time() {
        return read(TIME, found -> duration(found).filter(time -> !time.isZero()));
    }

    private Duration offset() {
        return read(TIME.replace("1ms to", "0ms to"), WindowSpecParser::duration);
    }

    private static Optional<Duration> duration(String found) {
        return Durations.find(found).filter(duration -> duration.compareTo(LONGEST) <= 0);
    }

    /** Reads the text up to the next mark and converts it; an empty conversion is refused. */
    private <T> T read(String allowed, Function<String, Optional<T>> value) {
        spaces();
        int start = at;
        String found = take(UNTIL_MARK, allowed).strip();
        return value.apply(found).orElseThrow(() -> refuse(start, quoted(found), allowed));
    }

    private void spaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    /** Reads the text that matches at the current position. */
    private String take(Pattern pattern, String allowed) {
        Matcher found = pattern.matcher(text).region(at, text.length());
        if (!found.lookingAt()) {
            throw refuseHere(allowed);
        }
        at = found.end();
        return found.group();
    }

    private boolean takes(char mark) {
        spaces();
        boolean there = at < text.length() && text.charAt(at) == mark;
        at += there ? 1 : 0;
        return there;
    }

    private void mark(char mark) {
        if (!takes(mark)) {
            throw refuseHere(String.valueOf(mark));
        }
    }

    private void end(String allowed) {
        spaces();
        if (at < text.length()) {
            throw refuseHere(allowed);
        }
    }

    private IllegalArgumentException refuseHere(String allowed) {
        return refuse(at, at < text.length() ? quoted(text.substring(at, at + 1)) : "the end", allowed);
    }

    private IllegalArgumentException refuse(int start, String found, String allowed) {
        return new IllegalArgumentException("at character " + (start + 1) + " is " + found + "; allowed is " + allowed);
    }

    private static String quoted(String found) {
        String shown = found.length() <= SHOWN ? found : found.substring(0, SHOWN) + '…';
        return '\'' + shown.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?") + '\'';
    }
}
