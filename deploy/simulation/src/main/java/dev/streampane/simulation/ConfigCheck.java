// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSourceLoader;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final Class<C> type;
    private final String prefix;
    private final Map<String, Setting> settings;
    private final List<String> problems = new ArrayList<>();
    private SmallRyeConfig raw;

    /**
     * @param prefix prefix of the keys, without the dot after it
     */
    protected ConfigCheck(Class<C> type, String prefix) {
        this.type = type;
        this.prefix = prefix;
        this.settings = Setting.all(type, prefix + ".");
    }

    /** Calls {@link #require} for settings that only this simulator has, where {@link Allowed} cannot check everything. */
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
            settings.forEach((key, setting) -> {
                if (!setting.fits(setting.value(config))) {
                    refuse(key, setting.allowed());
                }
            });
            checkCommon(config);
            check(config);
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

    /** The settings by their keys, such as {@code iot.rate}. */
    final Map<String, Setting> settings() {
        return settings;
    }

    private void checkCommon(C config) {
        requireTopic("topic", config.topic(), true);
        require("zone", SettingText.isZone(config.zone()));
        config.start()
                .ifPresent(start -> require("start", !start.isBefore(Instant.EPOCH) && !start.isAfter(LAST_TIME)));
        config.journal().ifPresent(file -> require("journal", canBeWritten(file)));
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

    /** Checks that a minimum is not above its maximum, unless one of them is refused already. */
    protected final boolean requireOrder(String key, BigDecimal min, BigDecimal max) {
        return areAllowed(key + ".min", key + ".max")
                && require(culprit(key + ".min", key + ".max"), min.compareTo(max) <= 0);
    }

    /** Whether none of these settings has been refused. */
    protected final boolean areAllowed(String... keys) {
        return Stream.of(keys)
                .noneMatch(key -> problems.stream().anyMatch(p -> p.startsWith(prefix + "." + key + ":")));
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
        return require(key, fits, settings.get(prefix + "." + key).allowed());
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
        if (settings.containsKey(key)) {
            refuse(key, settings.get(key).allowed());
        } else {
            problems.add(key + ": there is no such setting; there are " + String.join(", ", settings.keySet()));
        }
    }

    private void refuse(String key, String allowed) {
        String value = text(key);
        problems.add("%s: '%s' is not allowed; allowed is %s".formatted(key, value == null ? "" : value, allowed));
    }
}
