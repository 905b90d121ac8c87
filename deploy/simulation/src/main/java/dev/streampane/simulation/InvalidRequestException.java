// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.List;

/** Thrown for a request that is not carried out; names everything that is wrong with it. */
public final class InvalidRequestException extends RuntimeException {

    @SuppressWarnings("serial") // the list of List.copyOf is serializable, but its elements are not
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
