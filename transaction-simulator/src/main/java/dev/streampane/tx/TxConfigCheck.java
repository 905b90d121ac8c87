// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ConfigCheck;

/** Holds {@link TxConfig} to what is allowed. */
final class TxConfigCheck extends ConfigCheck<TxConfig> {

    TxConfigCheck() {
        super(TxConfig.class, TransactionSimulation.PREFIX);
    }

    @Override
    protected void check(TxConfig config) {
        require(
                "merchants",
                config.merchants().stream()
                        .allMatch(name -> name.length() <= 200 && name.chars().noneMatch(Character::isISOControl)));
        require(
                culprit("amounts"),
                config.amounts().min().compareTo(config.amounts().max()) <= 0);
    }
}
