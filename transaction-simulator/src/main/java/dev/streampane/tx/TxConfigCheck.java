// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ConfigCheck;
import java.time.Duration;

/** Checks the values of {@link TxConfig}. */
final class TxConfigCheck extends ConfigCheck<TxConfig> {

    TxConfigCheck() {
        super(TxConfig.class, TransactionSimulation.PREFIX);
    }

    @Override
    protected void check(TxConfig config) {
        requireOrder("amounts", config.amounts().min(), config.amounts().max());
        require(
                "merchants",
                config.merchants().stream()
                        .allMatch(name -> name.length() <= 200 && name.chars().noneMatch(Character::isISOControl)));
        checkTravel(config);
    }

    /** Checks that the meridian is long enough for the travel of a case; a shorter travel would not be a case. */
    private void checkTravel(TxConfig config) {
        TxConfig.Scenarios scenarios = config.scenarios();
        if (!areAllowed("scenarios.travel-window", "scenarios.max-speed-kmh")
                || scenarios.rate() <= 0
                || config.format() == TransactionFormat.LEGACY) {
            return;
        }
        int speedKmh = scenarios.maxSpeedKmh();
        double hours = scenarios.travelWindow().toMillis()
                / (double) Duration.ofHours(1).toMillis();
        double latitude = config.locations().latitude().doubleValue();
        double farthestKm = ScenarioBook.farthestKilometres(latitude) / ScenarioBook.WELL_OVER;
        String key = culprit("scenarios.travel-window", "scenarios.max-speed-kmh");
        String allowed = key.endsWith("window")
                ? "a duration from 1m to " + (long) (60 * farthestKm / speedKmh)
                        + "m with this max-speed-kmh and latitude"
                : "a whole number from 1 to " + (long) (farthestKm / hours) + " with this travel-window and latitude";
        require(key, speedKmh * hours <= farthestKm, allowed);
    }
}
