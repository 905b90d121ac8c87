// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.AuditLine;

/** One generation of a job. */
public record JobGeneration(String job, int generation) {

    /** The generation in the key of an audit line. */
    public static JobGeneration of(AuditLine.Key key) {
        return new JobGeneration(key.job(), key.generation());
    }
}
