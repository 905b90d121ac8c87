// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.intake.RejectReason;

/** Says why a message is no window result. */
final class UnreadableResultException extends Exception {

    private static final long serialVersionUID = 1L;

    private final RejectReason reason;

    UnreadableResultException(RejectReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    RejectReason reason() {
        return reason;
    }
}
