// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.util.Optional;

/**
 * A set of results that may be read.
 *
 * @param job results of this job; empty: of every job
 * @param keyPrefix results whose key begins with this text; empty text: every key
 */
public record Grant(Optional<String> job, String keyPrefix) {

    boolean covers(String otherJob) {
        return job.map(otherJob::equals).orElse(true);
    }

    /** Whether it covers results of that job with that key. */
    public boolean covers(String otherJob, String key) {
        return covers(otherJob) && key.startsWith(keyPrefix);
    }
}
