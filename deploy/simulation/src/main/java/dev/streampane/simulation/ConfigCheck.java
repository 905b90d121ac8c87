// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSourceLoader;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
 * Checks the configuration before anything starts. Each problem is one line such as
 *
 * <pre>iot.rate: '-1' is not allowed; allowed is a whole number from 0 (each device's period) to 1000000</pre>
 *
 * <p>For use by one thread.
 *
 * @param <C> the mapping of the simulator's settings
 */
public abstract class ConfigCheck<C extends SimulatorConfig> {

    private static final BigDecimal LARGEST = BigDecimal.valueOf(1_000_000);
    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final Class<C> type;
    private final String prefix;
    private final List<String> problems = new ArrayList<>();
    private SmallRyeConfig raw;

    /**
     * @param prefix prefix of the keys, without the dot after it
     */
    protected ConfigCheck(Class<C> type, String prefix) {
        this.type = type;
        this.prefix = prefix;
    }

    /** Calls {@link #require} for each setting that only this simulator has. */
    protected abstract void check(C config);

    /** Prefix of the keys, without the dot after it. */
    public final String prefix() {
        return prefix;
    }

    /** The problems of this process's configuration; empty if it can start. */
    public final List<String> problems() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        String beside = Path.of("config", "application.properties").toUri().toString();
        return problems(() -> new SmallRyeConfigBuilder()
                .addDefaultSources()
                .withSources(PropertiesConfigSourceLoader.inFileSystem(beside, 260, loader))
                .withSources(PropertiesConfigSourceLoader.inClassPath("application.properties", 250, loader)));
    }

    /**
     * The problems of a configuration.
     *
     * @param sources gives a new builder with the sources of the configuration at each call
     */
    public final List<String> problems(Supplier<SmallRyeConfigBuilder> sources) {
        raw = builder(sources).build();
        problems.clear();
        checkServers();
        checkSize("quarkus.http.limits.max-body-size");
        try {
            SmallRyeConfig mapped = builder(sources).withMapping(type).build();
            C config = mapped.getConfigMapping(type);
            checkCommon(config);
            check(config);
            check(config.faults());
        } catch (ConfigValidationException e) {
            for (int i = 0; i < e.getProblemCount(); i++) {
                explain(e.getProblem(i).getMessage());
            }
        }
        return List.copyOf(problems);
    }

    private static SmallRyeConfigBuilder builder(Supplier<SmallRyeConfigBuilder> sources) {
        return sources.get()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withConverter(Boolean.class, 300, SettingText::bool)
                .withConverter(Duration.class, 300, SettingText::duration);
    }

    /** The allowed values of each setting, by its key, such as {@code iot.rate}. */
    public final Map<String, String> allowedByKey() {
        Map<String, String> allowed = new TreeMap<>();
        methodsByKey()
                .forEach((key, method) ->
                        allowed.put(key, method.getAnnotation(Allowed.class).value()));
        return allowed;
    }

    /** The method of the configuration that each key is mapped to. */
    public final Map<String, Method> methodsByKey() {
        Map<String, Method> methods = new TreeMap<>();
        collect(type, prefix, methods);
        return methods;
    }

    private void collect(Class<?> group, String path, Map<String, Method> methods) {
        for (Method method : group.getMethods()) {
            String key = path + "." + kebab(method.getName());
            if (method.isAnnotationPresent(Allowed.class)) {
                methods.put(key, method);
            } else if (isGroup(method.getReturnType())) {
                collect(method.getReturnType(), key, methods);
            }
        }
    }

    private boolean isGroup(Class<?> returned) {
        Class<?> outer = returned.getEnclosingClass();
        return outer == type || outer == SimulatorConfig.class;
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void checkCommon(C config) {
        requireTopic("topic", config.topic(), true);
        require("zone", SettingText.isZone(config.zone()));
        config.start()
                .ifPresent(start -> require("start", !start.isBefore(Instant.EPOCH) && !start.isAfter(LAST_TIME)));
        require("limit", config.limit() >= 0);
        require("rate", config.rate() >= 0 && config.rate() <= Adjustment.MAX_RATE);
        config.journal().ifPresent(file -> require("journal", canBeWritten(file)));
        long buffer = config.buffer().asBigInteger().min(LONGEST).longValue();
        require("buffer", buffer >= 64 << 10 && buffer <= 48 << 20);
        require(
                "acknowledgement-timeout",
                within(config.acknowledgementTimeout(), Duration.ofMillis(100), Duration.ofMinutes(10)));
    }

    private void check(SimulatorConfig.Faults faults) {
        FaultSettings settings = FaultSettings.of(faults);
        check("faults.late", settings.late(), FaultLimits.delay(settings.late().by()));
        check(
                "faults.out-of-order",
                settings.outOfOrder(),
                FaultLimits.delay(settings.outOfOrder().by()));
        check(
                "faults.future",
                settings.future(),
                FaultLimits.clockShift(settings.future().by()));
        check(
                "faults.silent",
                settings.silent(),
                FaultLimits.delay(settings.silent().by()));
        checkProbability("faults.duplicated", settings.duplicated().probability());
        require(
                "faults.duplicated.copies",
                FaultLimits.copies(settings.duplicated().copies()));
        checkProbability("faults.malformed", settings.malformed().probability());
    }

    private void check(String key, FaultSettings.Shift shift, boolean fits) {
        checkProbability(key, shift.probability());
        require(key + ".by", fits);
    }

    /** Checks the setting {@code probability} below a key. */
    protected final void checkProbability(String key, double probability) {
        require(key + ".probability", FaultLimits.probability(probability));
    }

    /**
     * Checks the name of a topic.
     *
     * @param free whether no other setting names this topic
     */
    protected final void requireTopic(String key, String topic, boolean free) {
        require(key, SettingText.isTopic(topic) && free);
    }

    private void checkServers() {
        String servers = text("kafka.bootstrap.servers");
        if (servers == null || !SettingText.isServers(servers)) {
            refuse("kafka.bootstrap.servers", "a list of host:port");
        }
        for (String key : List.of("quarkus.http.port", "quarkus.management.port")) {
            String port = text(key);
            if (port != null && !SettingText.isPort(port, 0)) {
                refuse(key, "a port from 0 (any free one) to " + SettingText.MAX_PORT);
            }
        }
    }

    private void checkSize(String key) {
        String size = text(key);
        if (size != null && !SettingText.isSize(size)) {
            refuse(key, "a size such as 64K");
        }
    }

    /** A setting's text with its expressions expanded, unexpanded if that is not possible; null if it is not set. */
    private String text(String key) {
        ConfigValue value = raw.getConfigValue(key);
        return value.getValue() == null ? value.getRawValue() : value.getValue();
    }

    private static boolean canBeWritten(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return Files.exists(file)
                ? Files.isRegularFile(file) && Files.isWritable(file)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    /** Whether a number has at most two decimals and is from -1000000 to 1000000. */
    protected static boolean isHundredths(BigDecimal value) {
        return isDecimal(value, Hundredths.DECIMALS);
    }

    /** Whether a number has at most {@code decimals} decimals and is from -1000000 to 1000000. */
    protected static boolean isDecimal(BigDecimal value, int decimals) {
        return value.abs().compareTo(LARGEST) <= 0 && value.stripTrailingZeros().scale() <= decimals;
    }

    /** Whether a value is from {@code min} to {@code max}, both inclusive. */
    protected static boolean within(Duration value, Duration min, Duration max) {
        return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    }

    /** Of two settings that do not fit together, the one to report: the first if it was set, otherwise the second. */
    protected final String culprit(String first, String second) {
        return raw.getConfigValue(prefix + "." + first).getRawValue() == null ? second : first;
    }

    /**
     * Reports a problem if a setting's value is not allowed.
     *
     * @param key key of the setting, without the prefix
     * @return {@code fits}
     */
    protected final boolean require(String key, boolean fits) {
        return require(key, fits, allowedByKey().get(prefix + "." + key));
    }

    /** Like {@link #require(String, boolean)}, for a setting whose allowed values depend on other settings. */
    protected final boolean require(String key, boolean fits, String allowed) {
        if (!fits) {
            refuse(prefix + "." + key, allowed);
        }
        return fits;
    }

    /** Turns a message of the configuration library, which contains the key, into a problem. */
    private void explain(String message) {
        Matcher matcher = Pattern.compile("\\b" + prefix + "\\.[A-Za-z0-9.-]+").matcher(message);
        String key = matcher.find() ? matcher.group() : prefix;
        Optional<String> allowed = Optional.ofNullable(allowedByKey().get(key));
        if (allowed.isPresent()) {
            refuse(key, allowed.get());
        } else {
            problems.add(key
                    + ": there is no such setting; there are "
                    + String.join(", ", allowedByKey().keySet()));
        }
    }

    private void refuse(String key, String allowed) {
        String value = text(key);
        problems.add("%s: '%s' is not allowed; allowed is %s".formatted(key, value == null ? "" : value, allowed));
    }
}
