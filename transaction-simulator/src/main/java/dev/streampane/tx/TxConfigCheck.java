// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ConfigCheck;
import java.math.BigDecimal;
import java.time.Duration;

/** Checks the values of {@link TxConfig}. */
final class TxConfigCheck extends ConfigCheck<TxConfig> {

    TxConfigCheck() {
        super(TxConfig.class, TransactionSimulation.PREFIX);
    }

    @Override
    protected void check(TxConfig config) {
        require("period", within(config.period(), Duration.ofMillis(1), Duration.ofDays(1)));
        check(config.clients());
        check(config.amounts());
        require(
                "merchants",
                config.merchants().stream()
                        .allMatch(name -> name.length() <= 200 && name.chars().noneMatch(Character::isISOControl)));
        check(config.locations());
        check(config.scenarios());
        checkTravel(config);
    }

    private void check(TxConfig.Clients clients) {
        require("clients.count", clients.count() >= 1 && clients.count() <= 1_000_000);
        require("clients.first", clients.first() >= 0 && clients.first() <= 1_000_000_000_000L);
        require("clients.skew", clients.skew() >= 0 && clients.skew() <= 5);
    }

    private void check(TxConfig.Amounts amounts) {
        boolean bounds = require("amounts.min", isHundredths(amounts.min()))
                & require("amounts.max", isHundredths(amounts.max()));
        require("amounts.step", isPositive(amounts.step()));
        require("amounts.typical", isPositive(amounts.typical()));
        require("amounts.spread", amounts.spread() >= 0.01 && amounts.spread() <= 5);
        if (bounds) {
            require(culprit("amounts.min", "amounts.max"), amounts.min().compareTo(amounts.max()) <= 0);
        }
    }

    private void check(TxConfig.Locations locations) {
        require("locations.latitude", isWithin(locations.latitude(), 80));
        require("locations.longitude", isWithin(locations.longitude(), 170));
        require("locations.radius-km", locations.radiusKm() >= 0 && locations.radiusKm() <= 100);
        require("locations.speed-kmh", locations.speedKmh() >= 0 && locations.speedKmh() <= 1000);
    }

    private void check(TxConfig.Scenarios scenarios) {
        require("scenarios.rate", scenarios.rate() >= 0 && scenarios.rate() <= 60_000);
        require("scenarios.small-amount", isPositive(scenarios.smallAmount()));
        require("scenarios.large-amount", isPositive(scenarios.largeAmount()));
        require("scenarios.high-value", isPositive(scenarios.highValue()));
        require(
                "scenarios.mean-factor",
                isHundredths(scenarios.meanFactor()) && scenarios.meanFactor().compareTo(BigDecimal.ONE) >= 0);
        checkWindow("small-large-window", scenarios.smallLargeWindow(), Duration.ofSeconds(1));
        checkWindow("burst-window", scenarios.burstWindow(), Duration.ofSeconds(1));
        require("scenarios.burst-count", scenarios.burstCount() >= 1 && scenarios.burstCount() <= 100);
        require("scenarios.mean-min-count", scenarios.meanMinCount() >= 1 && scenarios.meanMinCount() <= 1000);
    }

    /** Checks that the meridian is long enough for the travel of a case; a shorter travel would not be a case. */
    private void checkTravel(TxConfig config) {
        TxConfig.Scenarios scenarios = config.scenarios();
        Duration window = scenarios.travelWindow();
        int speedKmh = scenarios.maxSpeedKmh();
        boolean bounds = checkWindow("travel-window", window, Duration.ofMinutes(1))
                & require("scenarios.max-speed-kmh", speedKmh >= 1 && speedKmh <= 100_000);
        if (!bounds || scenarios.rate() <= 0 || config.format() == TransactionFormat.LEGACY) {
            return;
        }
        double hours = window.toMillis() / (double) Duration.ofHours(1).toMillis();
        double latitude = config.locations().latitude().doubleValue();
        double farthestKm = ScenarioBook.farthestKilometres(latitude) / ScenarioBook.WELL_OVER;
        String key = culprit("scenarios.travel-window", "scenarios.max-speed-kmh");
        String allowed = key.endsWith("window")
                ? "a duration from 1m to " + (long) (60 * farthestKm / speedKmh)
                        + "m with this max-speed-kmh and latitude"
                : "a whole number from 1 to " + (long) (farthestKm / hours) + " with this travel-window and latitude";
        require(key, speedKmh * hours <= farthestKm, allowed);
    }

    private boolean checkWindow(String name, Duration window, Duration least) {
        return require("scenarios." + name, within(window, least, Duration.ofDays(1)));
    }

    private static boolean isPositive(BigDecimal value) {
        return value.signum() > 0 && isHundredths(value);
    }

    private static boolean isWithin(BigDecimal value, long most) {
        return value.abs().compareTo(BigDecimal.valueOf(most)) <= 0;
    }
}
