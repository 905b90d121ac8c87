// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/**
 * Which results and alerts a client wants.
 *
 * @param job only those of this job
 * @param key only results of this key and alerts of this client
 */
record StreamFilter(Optional<String> job, Optional<String> key) {

    boolean takes(ResultEntry entry) {
        return job.map(entry.job()::equals).orElse(true)
                && key.map(entry.key()::equals).orElse(true);
    }
}
