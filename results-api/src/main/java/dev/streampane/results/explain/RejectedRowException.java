// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** Ends the reading of one row that the job had to reject. Without a stack trace: bad input is no fault. */
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
