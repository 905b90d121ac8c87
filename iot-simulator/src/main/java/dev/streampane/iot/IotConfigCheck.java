// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.simulation.ConfigCheck;
import dev.streampane.simulation.FaultLimits;
import java.math.BigDecimal;
import java.time.Duration;
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
        require("tags.rate", tags.rate() >= 1 && tags.rate() <= 100_000);
        require("tags.rows-per-message", tags.rowsPerMessage() >= 1 && tags.rowsPerMessage() <= 10_000);
        checkProbability("tags.old", tags.old().probability());
        require("tags.old.by", FaultLimits.delay(tags.old().by()));
        check("tags.integers", tags.integers(), 0);
        check("tags.doubles", tags.doubles(), 3);
        checkNames("tags.strings", tags.strings());
        List<String> texts = tags.strings().texts();
        require(
                "tags.strings.texts",
                !texts.isEmpty() && texts.size() <= 1000 && texts.stream().allMatch(text -> text.length() <= 4096));
    }

    private void check(String key, IotConfig.NumberTags tags, int decimals) {
        checkNames(key, tags);
        if (require(key + ".min", isDecimal(tags.min(), decimals))
                & require(key + ".max", isDecimal(tags.max(), decimals))) {
            require(culprit(key + ".min", key + ".max"), tags.min().compareTo(tags.max()) <= 0);
        }
    }

    private void checkNames(String key, IotConfig.TagNames tags) {
        require(key + ".prefix", isPrefix(tags.prefix()));
        require(key + ".first", tags.first() >= 0 && tags.first() <= 1_000_000);
        require(key + ".count", tags.count() >= 1 && tags.count() <= 10_000);
    }

    private static boolean isPrefix(String prefix) {
        return prefix.getBytes(UTF_8).length <= 200 && prefix.chars().noneMatch(Character::isISOControl);
    }

    private void check(IotConfig.Devices devices) {
        require("devices.count", devices.count() >= 1 && devices.count() <= MAX_DEVICES);
        require("devices.prefix", isPrefix(devices.prefix()));
        require(
                "devices.period",
                devices.period().stream().allMatch(p -> within(p, Duration.ofMillis(1), Duration.ofDays(1))));
        int count = Math.min(devices.count(), MAX_DEVICES);
        check("devices.temperature", devices.temperature(), count);
        check("devices.humidity", devices.humidity(), count);
    }

    private void check(String key, IotConfig.Quantity quantity, int count) {
        boolean decimals = require(key + ".min", quantity.min().stream().allMatch(ConfigCheck::isHundredths))
                & require(key + ".max", quantity.max().stream().allMatch(ConfigCheck::isHundredths));
        List<BigDecimal> starts = quantity.start().orElse(List.of());
        decimals &= require(key + ".start", starts.stream().allMatch(ConfigCheck::isHundredths));
        if (!decimals) {
            return;
        }
        int values = Math.max(Math.max(quantity.min().size(), quantity.max().size()), starts.size());
        long combinations = (long) quantity.min().size() * quantity.max().size() * Math.max(1, starts.size());
        long devices = Math.min(combinations, Math.max(values, count));
        for (int i = 0; i < devices; i++) {
            BigDecimal min = ReadingGenerator.at(quantity.min(), i);
            BigDecimal max = ReadingGenerator.at(quantity.max(), i);
            if (!require(culprit(key + ".min", key + ".max"), min.compareTo(max) <= 0)) {
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
