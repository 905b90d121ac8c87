// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** Ends the reading of one row that the job had to reject. Without a stack trace: bad input is no fault. */
final class RejectedRowException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With a reason of contract dead-letter/v1, such as {@code not_json}. */
    RejectedRowException(String reason) {
        super(reason, null, false, false);
    }
}
