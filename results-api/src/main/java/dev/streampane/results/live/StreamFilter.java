// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.security.Access;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailEntry;
import java.util.Set;

/**
 * The results, alerts and word counts that a client wants and may read. An empty set accepts all.
 *
 * @param jobs only entries of these jobs; word counts belong to job {@code word-count}
 * @param keys only results of these keys, alerts of these clients, and counts of these words
 * @param specs only results of these specifications, and neither alerts nor word counts
 * @param access only entries that this access may read
 */
record StreamFilter(Set<String> jobs, Set<String> keys, Set<String> specs, Access access) {

    /** Throws a 403 problem when the caller may read nothing, or may not read a job or key that the filter names. */
    void check() {
        access.checkAny();
        for (String job : jobs) {
            access.checkJob(job);
            keys.forEach(key -> access.checkKey(job, key));
        }
    }

    /** Whether every entry is accepted. */
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
