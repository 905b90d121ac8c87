// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** Ends the reading of a row that the job had to reject. Has no stack trace, because bad input is not a fault of this program. */
final class RejectedRowException extends Exception {

    RejectedRowException() {
        super(null, null, false, false);
    }

    static void unless(boolean valid) throws RejectedRowException {
        if (!valid) {
            throw new RejectedRowException();
        }
    }
}
