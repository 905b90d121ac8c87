// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** There are no audit lines by which a result could be recomputed. */
final class UnauditedException extends RuntimeException {

    UnauditedException(String summary) {
        super(summary, null, false, false);
    }
}
