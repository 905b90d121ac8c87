// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.security.Access;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailEntry;
import java.util.Set;

/**
 * Which results, alerts and counts a client wants and may read. An empty set takes all.
 *
 * @param jobs only those of these jobs; that of counts of words is {@code word-count}
 * @param keys only results of these keys, alerts of these clients, and these words
 * @param specs only results of these specifications, and neither alerts nor words
 * @param access only what this may read
 */
record StreamFilter(Set<String> jobs, Set<String> keys, Set<String> specs, Access access) {

    /** Refuses what the caller may not read in any case. */
    void check() {
        access.checkAny();
        for (String job : jobs) {
            access.checkJob(job);
            keys.forEach(key -> access.checkKey(job, key));
        }
    }

    /** Whether everything is taken. */
    boolean takesAll() {
        return jobs.isEmpty()
                && keys.isEmpty()
                && specs.isEmpty()
                && access.grants().isEmpty();
    }

    boolean takes(TailEntry entry) {
        return takes(entry.job(), entry.spec(), entry.key());
    }

    boolean takes(Series series) {
        return takes(series.job(), series.spec(), series.key());
    }

    private boolean takes(String job, String spec, String key) {
        return (keys.isEmpty() || keys.contains(key))
                && (jobs.isEmpty() || jobs.contains(job))
                && (specs.isEmpty() || specs.contains(spec))
                && access.mayRead(job, key);
    }
}
