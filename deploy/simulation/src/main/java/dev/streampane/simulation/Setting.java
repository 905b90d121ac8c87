// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A setting of a simulator, with its {@link Allowed} values.
 *
 * @param method the method of the configuration that the key is mapped to
 * @param group gets the object with this method from the configuration
 */
record Setting(Method method, UnaryOperator<Object> group) {

    private static final Pattern CHECKED = Pattern.compile("(\\w+) \\{(.+?)}");
    private static final List<String> DECIMALS = List.of("whole", "one", "two", "three");
    private static final BigDecimal LARGEST = BigDecimal.valueOf(1_000_000);

    /** The settings of a configuration by their keys, which begin with {@code prefix}. */
    static Map<String, Setting> all(Class<? extends SimulatorConfig> type, String prefix) {
        Map<String, Setting> settings = new TreeMap<>();
        collect(type, prefix, config -> config, settings);
        return settings;
    }

    private static void collect(
            Class<?> type, String prefix, UnaryOperator<Object> group, Map<String, Setting> settings) {
        for (Method method : type.getMethods()) {
            var setting = new Setting(method, group);
            String key = prefix + key(method.getName());
            Class<?> outer = method.getReturnType().getEnclosingClass();
            if (method.isAnnotationPresent(Allowed.class)) {
                settings.put(key, setting);
            } else if (outer != null && SimulatorConfig.class.isAssignableFrom(outer)) {
                collect(method.getReturnType(), key + ".", setting::value, settings);
            }
        }
    }

    /** A name as it is written in keys: {@code outOfOrder} is {@code out-of-order}. */
    static String key(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The allowed values, for a message. */
    String allowed() {
        return text().replaceAll("[{}]", "");
    }

    private String text() {
        return method.getAnnotation(Allowed.class).value();
    }

    Object value(Object config) {
        try {
            return method.invoke(group.apply(config));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a value, or each one of a list, is within the bounds; a decimal number is also from -1000000 to 1000000. */
    boolean fits(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.stream().allMatch(this::fits);
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(this::fits);
        }
        if (value instanceof Double real && !Double.isFinite(real)
                || value instanceof BigDecimal decimal && decimal.abs().compareTo(LARGEST) > 0) {
            return false;
        }
        return CHECKED.matcher(text()).results().allMatch(check -> fits(value, check.group(1), check.group(2)));
    }

    private static boolean fits(Object value, String word, String bound) {
        return switch (word) {
            case "from" -> compare(value, bound) >= 0;
            case "to" -> compare(value, bound) <= 0;
            case "not" -> compare(value, bound) != 0;
            case "a", "most" -> ((BigDecimal) value).stripTrailingZeros().scale() <= DECIMALS.indexOf(bound);
            default -> throw new IllegalArgumentException(word + " {" + bound + "}");
        };
    }

    private static int compare(Object value, String bound) {
        if (value instanceof Duration duration) {
            return duration.compareTo(SettingText.duration(bound));
        }
        if (value instanceof MemorySize size) {
            return size.asBigInteger()
                    .compareTo(new MemorySizeConverter().convert(bound).asBigInteger());
        }
        return new BigDecimal(value.toString()).compareTo(new BigDecimal(bound));
    }
}
