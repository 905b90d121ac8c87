// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.util.Optional;

/**
 * Results that may be read.
 *
 * @param job of this job; empty: of every job
 * @param keyPrefix with a key that begins so; empty text: every key
 */
public record Grant(Optional<String> job, String keyPrefix) {

    boolean covers(String otherJob) {
        return job.map(otherJob::equals).orElse(true);
    }

    /** Whether results of that job with that key may be read by it. */
    public boolean covers(String otherJob, String key) {
        return covers(otherJob) && key.startsWith(keyPrefix);
    }
}
