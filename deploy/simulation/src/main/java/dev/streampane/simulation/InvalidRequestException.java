// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.List;

/** A request that is not carried out, with everything that is wrong with it. */
public final class InvalidRequestException extends RuntimeException {

    @SuppressWarnings("serial") // List.copyOf gives a serializable list of records that need not be
    private final List<Violation> violations;

    InvalidRequestException(List<Violation> violations) {
        super(violations.toString());
        this.violations = List.copyOf(violations);
    }

    /** One for each wrong field. */
    public List<Violation> violations() {
        return violations;
    }
}
