// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

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
 * <pre>iot.rate: '-1' is not allowed; allowed is a whole number from 0 (each device's period) to 1000000</pre>
 */
final class ConfigCheck {

    private static final String PREFIX = "iot";
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
            SmallRyeConfig mapped = builder(sources).withMapping(IotConfig.class).build();
            check.check(mapped.getConfigMapping(IotConfig.class));
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

    /** What each setting may be, by its key: {@code iot.rate} and so on. */
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
        collect(IotConfig.class, PREFIX, methods);
        return methods;
    }

    private static void collect(Class<?> group, String path, Map<String, Method> methods) {
        for (Method method : group.getDeclaredMethods()) {
            String key = path + "." + kebab(method.getName());
            if (method.isAnnotationPresent(Allowed.class)) {
                methods.put(key, method);
            } else if (method.getReturnType().getEnclosingClass() == IotConfig.class) {
                collect(method.getReturnType(), key, methods);
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void check(IotConfig config) {
        String topic = config.topic();
        require("iot.topic", TOPIC.matcher(topic).matches() && !topic.matches("\\.{1,2}"));
        require("iot.zone", isZone(config.zone()));
        config.start()
                .ifPresent(
                        start ->
                                require(
                                        "iot.start",
                                        !start.isBefore(Instant.EPOCH)
                                                && !start.isAfter(LAST_TIME)));
        require("iot.limit", config.limit() >= 0);
        require("iot.rate", config.rate() >= 0 && config.rate() <= Adjustment.MAX_RATE);
        config.journal().ifPresent(file -> require("iot.journal", canBeWritten(file)));
        long buffer = config.buffer().asLongValue();
        require("iot.buffer", buffer >= 64 << 10 && buffer <= 48 << 20);
        require(
                "iot.acknowledgement-timeout",
                within(
                        config.acknowledgementTimeout(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)));
        check(config.devices());
        check(config.faults());
        check(config.tags(), topic);
    }

    private void check(IotConfig.Tags tags, String topicOfReadings) {
        String topic = tags.topic();
        require(
                "iot.tags.topic",
                TOPIC.matcher(topic).matches()
                        && !topic.matches("\\.{1,2}")
                        && !(tags.enabled() && topic.equals(topicOfReadings)));
        require("iot.tags.rate", tags.rate() >= 1 && tags.rate() <= 100_000);
        require(
                "iot.tags.rows-per-message",
                tags.rowsPerMessage() >= 1 && tags.rowsPerMessage() <= 10_000);
        checkProbability("iot.tags.old", tags.old().probability());
        require("iot.tags.old.by", FaultLimits.delay(tags.old().by()));
        check("iot.tags.integers", tags.integers(), 0);
        check("iot.tags.doubles", tags.doubles(), 3);
        checkNames("iot.tags.strings", tags.strings());
        List<String> texts = tags.strings().texts();
        require(
                "iot.tags.strings.texts",
                !texts.isEmpty()
                        && texts.size() <= 1000
                        && texts.stream().allMatch(text -> text.length() <= 4096));
    }

    private void check(String key, IotConfig.NumberTags tags, int decimals) {
        checkNames(key, tags);
        if (require(key + ".min", isDecimal(tags.min(), decimals))
                & require(key + ".max", isDecimal(tags.max(), decimals))) {
            String culprit =
                    raw.getConfigValue(key + ".min").getRawValue() == null ? ".max" : ".min";
            require(key + culprit, tags.min().compareTo(tags.max()) <= 0);
        }
    }

    private void checkNames(String key, IotConfig.TagNames tags) {
        require(key + ".prefix", isPrefix(tags.prefix()));
        require(key + ".first", tags.first() >= 0 && tags.first() <= 1_000_000);
        require(key + ".count", tags.count() >= 1 && tags.count() <= 10_000);
    }

    private static boolean isPrefix(String prefix) {
        return prefix.getBytes(UTF_8).length <= 200
                && prefix.chars().noneMatch(Character::isISOControl);
    }

    private void check(IotConfig.Devices devices) {
        require("iot.devices.count", devices.count() >= 1 && devices.count() <= 1_000_000);
        require("iot.devices.prefix", isPrefix(devices.prefix()));
        require(
                "iot.devices.period",
                devices.period().stream()
                        .allMatch(p -> within(p, Duration.ofMillis(1), Duration.ofDays(1))));
        check("iot.devices.temperature", devices.temperature());
        check("iot.devices.humidity", devices.humidity());
    }

    private void check(String key, IotConfig.Quantity quantity) {
        boolean decimals =
                require(key + ".min", quantity.min().stream().allMatch(ConfigCheck::isHundredths))
                        & require(
                                key + ".max",
                                quantity.max().stream().allMatch(ConfigCheck::isHundredths));
        List<BigDecimal> starts = quantity.start().orElse(List.of());
        decimals &= require(key + ".start", starts.stream().allMatch(ConfigCheck::isHundredths));
        if (!decimals) {
            return;
        }
        int devices =
                Math.max(Math.max(quantity.min().size(), quantity.max().size()), starts.size());
        devices *= Math.max(1, quantity.min().size()) * Math.max(1, quantity.max().size());
        for (int i = 0; i < devices; i++) {
            BigDecimal min = DeviceFleet.at(quantity.min(), i);
            BigDecimal max = DeviceFleet.at(quantity.max(), i);
            String culprit =
                    raw.getConfigValue(key + ".min").getRawValue() == null ? ".max" : ".min";
            if (!require(key + culprit, min.compareTo(max) <= 0)) {
                return;
            }
            if (!starts.isEmpty()) {
                BigDecimal start = DeviceFleet.at(starts, i);
                if (!require(
                        key + ".start", start.compareTo(min) >= 0 && start.compareTo(max) <= 0)) {
                    return;
                }
            }
        }
    }

    private void check(IotConfig.Faults faults) {
        FaultSettings settings = FaultSettings.of(faults);
        check("iot.faults.late", settings.late(), FaultLimits.delay(settings.late().by()));
        check(
                "iot.faults.out-of-order",
                settings.outOfOrder(),
                FaultLimits.delay(settings.outOfOrder().by()));
        check(
                "iot.faults.future",
                settings.future(),
                FaultLimits.clockShift(settings.future().by()));
        check("iot.faults.silent", settings.silent(), FaultLimits.delay(settings.silent().by()));
        checkProbability("iot.faults.duplicated", settings.duplicated().probability());
        require("iot.faults.duplicated.copies", FaultLimits.copies(settings.duplicated().copies()));
        checkProbability("iot.faults.malformed", settings.malformed().probability());
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
        return isDecimal(value, Hundredths.DECIMALS);
    }

    private static boolean isDecimal(BigDecimal value, int decimals) {
        return value.abs().compareTo(LARGEST) <= 0
                && value.stripTrailingZeros().scale() <= decimals;
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
