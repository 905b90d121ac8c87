// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSourceLoader;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the configuration to what is allowed, before anything starts. Each thing that is wrong is one line such as
 *
 * <pre>tx.rate: '-1' is not allowed; allowed is a whole number from 0 (one per period) to 1000000</pre>
 */
final class ConfigCheck {

    private static final String PREFIX = "tx";
    private static final Pattern KEY = Pattern.compile("\\b" + PREFIX + "\\.[A-Za-z0-9.-]+");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
    private static final Pattern SERVER =
            Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;
    private static final BigDecimal LARGEST = BigDecimal.valueOf(1_000_000);
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final SmallRyeConfig raw;
    private final List<String> problems = new ArrayList<>();

    private ConfigCheck(SmallRyeConfig raw) {
        this.raw = raw;
    }

    /** What is wrong with the configuration of this process; empty when it can start. */
    static List<String> problems() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        String beside = Path.of("config", "application.properties").toUri().toString();
        return problems(
                () ->
                        new SmallRyeConfigBuilder()
                                .addDefaultSources()
                                .withSources(
                                        PropertiesConfigSourceLoader.inFileSystem(
                                                beside, 260, loader))
                                .withSources(
                                        PropertiesConfigSourceLoader.inClassPath(
                                                "application.properties", 250, loader)));
    }

    /**
     * @param sources a new builder with the sources of the configuration, at each call
     */
    static List<String> problems(Supplier<SmallRyeConfigBuilder> sources) {
        ConfigCheck check = new ConfigCheck(builder(sources).build());
        check.checkServers();
        try {
            SmallRyeConfig mapped = builder(sources).withMapping(TxConfig.class).build();
            check.check(mapped.getConfigMapping(TxConfig.class));
        } catch (ConfigValidationException e) {
            for (int i = 0; i < e.getProblemCount(); i++) {
                check.explain(e.getProblem(i).getMessage());
            }
        }
        return check.problems;
    }

    private static SmallRyeConfigBuilder builder(Supplier<SmallRyeConfigBuilder> sources) {
        return sources.get().addDefaultInterceptors().addDiscoveredConverters();
    }

    /** What each setting may be, by its key: {@code tx.rate} and so on. */
    static Map<String, String> allowedByKey() {
        Map<String, String> allowed = new TreeMap<>();
        methodsByKey()
                .forEach(
                        (key, method) ->
                                allowed.put(key, method.getAnnotation(Allowed.class).value()));
        return allowed;
    }

    /** The method of the configuration that each key is mapped to. */
    static Map<String, Method> methodsByKey() {
        Map<String, Method> methods = new TreeMap<>();
        collect(TxConfig.class, PREFIX, methods);
        return methods;
    }

    private static void collect(Class<?> group, String path, Map<String, Method> methods) {
        for (Method method : group.getDeclaredMethods()) {
            String key = path + "." + kebab(method.getName());
            if (method.isAnnotationPresent(Allowed.class)) {
                methods.put(key, method);
            } else if (method.getReturnType().getEnclosingClass() == TxConfig.class) {
                collect(method.getReturnType(), key, methods);
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void check(TxConfig config) {
        String topic = config.topic();
        require("tx.topic", TOPIC.matcher(topic).matches() && !topic.matches("\\.{1,2}"));
        require("tx.zone", isZone(config.zone()));
        config.start()
                .ifPresent(
                        start ->
                                require(
                                        "tx.start",
                                        !start.isBefore(Instant.EPOCH)
                                                && !start.isAfter(LAST_TIME)));
        require("tx.limit", config.limit() >= 0);
        require("tx.rate", config.rate() >= 0 && config.rate() <= Adjustment.MAX_RATE);
        config.journal().ifPresent(file -> require("tx.journal", canBeWritten(file)));
        long buffer = config.buffer().asLongValue();
        require("tx.buffer", buffer >= 64 << 10 && buffer <= 48 << 20);
        require(
                "tx.acknowledgement-timeout",
                within(
                        config.acknowledgementTimeout(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)));
        require("tx.period", within(config.period(), Duration.ofMillis(1), Duration.ofDays(1)));
        check(config.clients());
        check(config.amounts());
        require(
                "tx.merchants",
                config.merchants().stream()
                        .allMatch(
                                name ->
                                        name.length() <= 200
                                                && name.chars()
                                                        .noneMatch(Character::isISOControl)));
        check(config.locations());
        check(config.scenarios());
        check(config.faults());
    }

    private void check(TxConfig.Clients clients) {
        require("tx.clients.count", clients.count() >= 1 && clients.count() <= 1_000_000);
        require("tx.clients.first", clients.first() >= 0 && clients.first() <= 1_000_000_000_000L);
        require("tx.clients.skew", clients.skew() >= 0 && clients.skew() <= 5);
    }

    private void check(TxConfig.Amounts amounts) {
        boolean bounds =
                require("tx.amounts.min", isHundredths(amounts.min()))
                        & require("tx.amounts.max", isHundredths(amounts.max()));
        require("tx.amounts.step", isPositive(amounts.step()));
        require("tx.amounts.typical", isPositive(amounts.typical()));
        require("tx.amounts.spread", amounts.spread() >= 0.01 && amounts.spread() <= 5);
        if (bounds) {
            boolean minIsSet = raw.getConfigValue("tx.amounts.min").getRawValue() != null;
            require(
                    minIsSet ? "tx.amounts.min" : "tx.amounts.max",
                    amounts.min().compareTo(amounts.max()) <= 0);
        }
    }

    private void check(TxConfig.Locations locations) {
        require("tx.locations.latitude", isWithin(locations.latitude(), 80));
        require("tx.locations.longitude", isWithin(locations.longitude(), 170));
        require("tx.locations.radius-km", locations.radiusKm() >= 0 && locations.radiusKm() <= 100);
        require(
                "tx.locations.speed-kmh",
                locations.speedKmh() >= 0 && locations.speedKmh() <= 1000);
    }

    private void check(TxConfig.Scenarios scenarios) {
        require("tx.scenarios.rate", scenarios.rate() >= 0 && scenarios.rate() <= 60_000);
        require("tx.scenarios.small-amount", isPositive(scenarios.smallAmount()));
        require("tx.scenarios.large-amount", isPositive(scenarios.largeAmount()));
        require("tx.scenarios.high-value", isPositive(scenarios.highValue()));
        require(
                "tx.scenarios.mean-factor",
                isHundredths(scenarios.meanFactor())
                        && scenarios.meanFactor().compareTo(BigDecimal.ONE) >= 0);
        checkWindow("small-large-window", scenarios.smallLargeWindow(), Duration.ofSeconds(1));
        checkWindow("burst-window", scenarios.burstWindow(), Duration.ofSeconds(1));
        checkWindow("travel-window", scenarios.travelWindow(), Duration.ofMinutes(1));
        require(
                "tx.scenarios.burst-count",
                scenarios.burstCount() >= 1 && scenarios.burstCount() <= 100);
        require(
                "tx.scenarios.mean-min-count",
                scenarios.meanMinCount() >= 1 && scenarios.meanMinCount() <= 1000);
        require(
                "tx.scenarios.max-speed-kmh",
                scenarios.maxSpeedKmh() >= 1 && scenarios.maxSpeedKmh() <= 100_000);
    }

    private void checkWindow(String name, Duration window, Duration least) {
        require("tx.scenarios." + name, within(window, least, Duration.ofDays(1)));
    }

    private void check(TxConfig.Faults faults) {
        FaultSettings settings = FaultSettings.of(faults);
        check("tx.faults.late", settings.late(), FaultLimits.delay(settings.late().by()));
        check(
                "tx.faults.out-of-order",
                settings.outOfOrder(),
                FaultLimits.delay(settings.outOfOrder().by()));
        check(
                "tx.faults.future",
                settings.future(),
                FaultLimits.clockShift(settings.future().by()));
        check("tx.faults.silent", settings.silent(), FaultLimits.delay(settings.silent().by()));
        checkProbability("tx.faults.duplicated", settings.duplicated().probability());
        require("tx.faults.duplicated.copies", FaultLimits.copies(settings.duplicated().copies()));
        checkProbability("tx.faults.malformed", settings.malformed().probability());
    }

    private void check(String key, FaultSettings.Shift shift, boolean fits) {
        checkProbability(key, shift.probability());
        require(key + ".by", fits);
    }

    private void checkProbability(String key, double probability) {
        require(key + ".probability", FaultLimits.probability(probability));
    }

    private void checkServers() {
        String servers = raw.getConfigValue("kafka.bootstrap.servers").getRawValue();
        boolean fit =
                servers != null
                        && !servers.isBlank()
                        && List.of(servers.split(",", -1)).stream().allMatch(ConfigCheck::isServer);
        if (!fit) {
            refuse("kafka.bootstrap.servers", "a list of host:port");
        }
        String port = raw.getConfigValue("quarkus.http.port").getRawValue();
        if (port != null && !isPort(port, 0)) {
            refuse("quarkus.http.port", "a port from 0 (any free one) to " + MAX_PORT);
        }
    }

    private static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isServer(String text) {
        Matcher server = SERVER.matcher(text.strip());
        return server.matches() && isPort(server.group(1), 1);
    }

    private static boolean isPort(String text, int lowest) {
        try {
            int port = Integer.parseInt(text.strip());
            return port >= lowest && port <= MAX_PORT;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean canBeWritten(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return Files.exists(file)
                ? Files.isRegularFile(file) && Files.isWritable(file)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    private static boolean isHundredths(BigDecimal value) {
        return value.abs().compareTo(LARGEST) <= 0
                && value.stripTrailingZeros().scale() <= Hundredths.DECIMALS;
    }

    private static boolean isPositive(BigDecimal value) {
        return value.signum() > 0 && isHundredths(value);
    }

    private static boolean isWithin(BigDecimal value, long most) {
        return value.abs().compareTo(BigDecimal.valueOf(most)) <= 0;
    }

    private static boolean within(Duration value, Duration min, Duration max) {
        return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    }

    private boolean require(String key, boolean fits) {
        if (!fits) {
            refuse(key, allowedByKey().get(key));
        }
        return fits;
    }

    /** Turns a message of the configuration library into ours; it names the key. */
    private void explain(String message) {
        Matcher matcher = KEY.matcher(message);
        String key = matcher.find() ? matcher.group() : PREFIX;
        Optional<String> allowed = Optional.ofNullable(allowedByKey().get(key));
        if (allowed.isPresent()) {
            refuse(key, allowed.get());
        } else {
            problems.add(
                    key
                            + ": there is no such setting; there are "
                            + String.join(", ", allowedByKey().keySet()));
        }
    }

    private void refuse(String key, String allowed) {
        String value = raw.getConfigValue(key).getRawValue();
        problems.add(
                "%s: '%s' is not allowed; allowed is %s"
                        .formatted(key, value == null ? "" : value, allowed));
    }
}
