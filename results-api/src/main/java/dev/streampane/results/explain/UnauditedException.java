// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** There are no audit lines by which a result could be recomputed. */
final class UnauditedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what is missing, in sentences. */
    UnauditedException(String summary) {
        super(summary, null, false, false);
    }
}
