// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/** The audit does not say by what to recompute a result. */
final class UnauditedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String verdict;

    /**
     * @param verdict what is therefore said of the result
     * @param summary why, in a sentence
     */
    UnauditedException(String verdict, String summary) {
        super(summary, null, false, false);
        this.verdict = verdict;
    }

    String verdict() {
        return verdict;
    }
}
