// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.simulation.ConfigCheck;
import java.math.BigDecimal;
import java.util.List;

/** Checks the values of {@link IotConfig}. */
final class IotConfigCheck extends ConfigCheck<IotConfig> {

    private static final int MAX_DEVICES = 1_000_000;

    IotConfigCheck() {
        super(IotConfig.class, IotSimulation.PREFIX);
    }

    @Override
    protected void check(IotConfig config) {
        check(config.devices());
        check(config.tags(), config.topic());
    }

    private void check(IotConfig.Tags tags, String topicOfReadings) {
        String topic = tags.topic();
        requireTopic("tags.topic", topic, !(tags.enabled() && topic.equals(topicOfReadings)));
        requirePrefix("tags.integers", tags.integers().prefix());
        requireOrder("tags.integers", tags.integers().min(), tags.integers().max());
        requirePrefix("tags.doubles", tags.doubles().prefix());
        requireOrder("tags.doubles", tags.doubles().min(), tags.doubles().max());
        requirePrefix("tags.strings", tags.strings().prefix());
        List<String> texts = tags.strings().texts();
        require(
                "tags.strings.texts",
                !texts.isEmpty() && texts.size() <= 1000 && texts.stream().allMatch(text -> text.length() <= 4096));
    }

    private void requirePrefix(String key, String prefix) {
        require(
                key + ".prefix",
                prefix.getBytes(UTF_8).length <= 200 && prefix.chars().noneMatch(Character::isISOControl));
    }

    private void check(IotConfig.Devices devices) {
        requirePrefix("devices", devices.prefix());
        int count = Math.min(devices.count(), MAX_DEVICES);
        check("devices.temperature", devices.temperature(), count);
        check("devices.humidity", devices.humidity(), count);
    }

    private void check(String key, IotConfig.Quantity quantity, int count) {
        if (!areAllowed(key + ".min", key + ".max", key + ".start")) {
            return;
        }
        List<BigDecimal> starts = quantity.start().orElse(List.of());
        int values = Math.max(Math.max(quantity.min().size(), quantity.max().size()), starts.size());
        long combinations = (long) quantity.min().size() * quantity.max().size() * Math.max(1, starts.size());
        long devices = Math.min(combinations, Math.max(values, count));
        for (int i = 0; i < devices; i++) {
            BigDecimal min = ReadingGenerator.at(quantity.min(), i);
            BigDecimal max = ReadingGenerator.at(quantity.max(), i);
            if (!requireOrder(key, min, max)) {
                return;
            }
            if (!starts.isEmpty()) {
                BigDecimal start = ReadingGenerator.at(starts, i);
                if (!require(key + ".start", start.compareTo(min) >= 0 && start.compareTo(max) <= 0)) {
                    return;
                }
            }
        }
    }
}
