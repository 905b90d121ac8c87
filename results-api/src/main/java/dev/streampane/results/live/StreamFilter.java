// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailEntry;
import java.util.Optional;

/**
 * Which results and alerts a client wants.
 *
 * @param job only those of this job
 * @param key only results of this key and alerts of this client
 * @param access only what this may read
 */
record StreamFilter(Optional<String> job, Optional<String> key, Access access) {

    /** Refuses what the caller may not read in any case. */
    void check() {
        job.ifPresent(access::checkJob);
        job.ifPresent(name -> key.ifPresent(value -> access.checkKey(name, value)));
    }

    boolean takes(TailEntry entry) {
        return job.map(entry.job()::equals).orElse(true)
                && key.map(entry.key()::equals).orElse(true)
                && access.mayRead(entry.job(), entry.key());
    }
}
