// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.Durations;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.intake.IntakeSettings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.core.fs.Path;

/**
 * How the text of an option is parsed.
 *
 * <p>A parser returns the value or throws {@link IllegalArgumentException} (or {@link DateTimeException}); the error then shows what is
 * allowed. Only ASCII digits and letters are recognized, in every locale.
 *
 * @param allowed completes the sentence "allowed is …"
 * @param parser text to value
 */
public record OptionType<T>(String allowed, Function<String, T> parser) {

    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}([.][0-9]{1,6})?");
    private static final Pattern TOPIC = Pattern.compile("(?![.]{1,2}$)[a-zA-Z0-9._-]{1,249}");
    private static final Pattern HOST_PORT = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[a-zA-Z0-9._-]+):([0-9]{1,5})");

    /** A whole number from {@code min} to {@code max}, both included. */
    public static OptionType<Integer> integer(int min, int max) {
        return new OptionType<>("a whole number from " + min + " to " + max, text -> {
            require(INTEGER.matcher(text).matches());
            int value = Integer.parseInt(text);
            require(min <= value && value <= max);
            return value;
        });
    }

    /** A decimal number from {@code min} to {@code max}, both included, with at most {@code scale} decimals. */
    public static OptionType<BigDecimal> decimal(String min, String max, int scale) {
        BigDecimal least = new BigDecimal(min);
        BigDecimal most = new BigDecimal(max);
        return new OptionType<>(
                "a number from " + min + " to " + max + " with at most " + scale + " decimals", text -> {
                    require(DECIMAL.matcher(text).matches());
                    BigDecimal value = new BigDecimal(text);
                    require(value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
                    return value.setScale(scale, RoundingMode.UNNECESSARY);
                });
    }

    /** A duration from {@code min} to {@code max}, both included, as 500ms, 5s, 1m, 2h, 7d or ISO-8601. */
    public static OptionType<Duration> duration(String min, String max) {
        Duration least = Durations.parse(min);
        Duration most = Durations.parse(max);
        return new OptionType<>("a duration from " + min + " to " + max, text -> {
            Duration value = Durations.parse(text);
            require(value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
            require(value.equals(Duration.ofMillis(value.toMillis())));
            return value;
        });
    }

    /** {@code off}, or what {@code type} allows. */
    public static <T> OptionType<Optional<T>> offOr(OptionType<T> type) {
        return wordOr("off", type);
    }

    /** {@code word}, which gives an empty value, or what {@code type} allows. */
    static <T> OptionType<Optional<T>> wordOr(String word, OptionType<T> type) {
        return new OptionType<>(
                word + " or " + type.allowed,
                text -> text.equals(word) ? Optional.empty() : Optional.of(type.parser.apply(text)));
    }

    /** One of the words, as written. */
    static OptionType<String> oneOf(String... words) {
        return new OptionType<>(String.join(" or ", words), text -> {
            require(List.of(words).contains(text));
            return text;
        });
    }

    /** {@code host:port}, several with commas. */
    static OptionType<String> brokers() {
        return new OptionType<>("host:port, several with commas (no scheme, no spaces; ports 1 to 65535)", text -> {
            for (String broker : text.split(",", -1)) {
                HostPort.parse(broker);
            }
            return text;
        });
    }

    /**
     * Where a server listens.
     *
     * @param host a name or an address; IPv6 without its brackets
     */
    public record HostPort(String host, int port) {

        /** Reads {@code localhost:9999} or {@code [::1]:9999}. */
        public static HostPort parse(String text) {
            Matcher parts = HOST_PORT.matcher(text);
            require(parts.matches());
            int port = Integer.parseInt(parts.group(2));
            require(isPort(port));
            return new HostPort(parts.group(1).replaceAll("[\\[\\]]", ""), port);
        }
    }

    private static boolean isPort(int number) {
        return 1 <= number && number <= 65535;
    }

    public static OptionType<String> topic() {
        return new OptionType<>("a topic name: 1 to 249 of a-z A-Z 0-9 . _ - (not . or ..)", text -> {
            require(TOPIC.matcher(text).matches());
            return text;
        });
    }

    /** A pattern that a whole text must match. */
    public static OptionType<Pattern> regex() {
        return new OptionType<>("a regular expression such as .*-ni-.*, 1 to 256 characters", text -> {
            require(!text.isEmpty() && text.length() <= 256);
            return Pattern.compile(text);
        });
    }

    /** A directory for state: an absolute path, or a URI of a file system that the cluster has. */
    public static OptionType<Path> directory() {
        return new OptionType<>(
                "an absolute path or a URI such as file:///var/streampane or s3://bucket/path", text -> {
                    require(text.startsWith("/") || text.matches("[a-z][a-z0-9+.-]*:/.+"));
                    require(text.chars().noneMatch(Character::isISOControl));
                    Path path = new Path(text);
                    return path.toUri().getScheme() == null ? new Path("file", null, path.getPath()) : path;
                });
    }

    /** A file on each machine of the cluster. */
    public static OptionType<java.nio.file.Path> file() {
        return new OptionType<>("the absolute path of a file, on the JobManager and on every TaskManager", text -> {
            require(text.chars().noneMatch(Character::isISOControl));
            java.nio.file.Path path = java.nio.file.Path.of(text);
            require(path.isAbsolute());
            return path;
        });
    }

    /** Base addresses of the nodes of one server, without credentials, which have no place on a command line. */
    public static OptionType<List<URI>> httpUrls() {
        return new OptionType<>(
                "http://host:port or https://host:port, without user and password; several with commas", text -> {
                    List<URI> nodes = Stream.of(text.split(",", -1))
                            .map(OptionType::httpUrl)
                            .toList();
                    require(nodes.stream().map(URI::getRawPath).distinct().count() == 1);
                    return nodes;
                });
    }

    private static URI httpUrl(String text) {
        URI uri = URI.create(text);
        require("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        require(uri.getHost() != null && uri.getRawUserInfo() == null);
        require(uri.getRawQuery() == null && uri.getRawFragment() == null);
        require(uri.getPort() == -1 || isPort(uri.getPort()));
        return uri;
    }

    /** Window specifications, as many as a job can have; an error gives the position of what is not allowed. */
    static OptionType<List<WindowSpec>> windows() {
        return new OptionType<>(
                WindowSpecParser.ALLOWED + "; up to " + IntakeSettings.MAX_SPECS + " with ; between", text -> {
                    List<WindowSpec> specs;
                    try {
                        specs = WindowSpecParser.parseList(text);
                    } catch (IllegalArgumentException e) {
                        throw new NotAllowedThere(e.getMessage());
                    }
                    require(specs.size() <= IntakeSettings.MAX_SPECS);
                    return specs;
                });
    }

    /** A text that is not allowed; the message says where and what is: {@code at character 9 is '5x'; allowed is …}. */
    static final class NotAllowedThere extends IllegalArgumentException {

        NotAllowedThere(String where) {
            super(where);
        }
    }

    /** For parsers: refuses the text if {@code holds} is false. */
    public static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }
}
