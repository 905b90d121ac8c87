// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What jobs need to know that Flink does not say; a test puts something else in its place. */
interface JobContext extends Submitter {

    /** Whether the TaskManager's process lives, so that tasks may run though nobody says so. */
    boolean taskManagerLives();

    /** Aborts the transactions of a job that are older than {@code age} and that no completed checkpoint holds. */
    List<JobTransaction> abortOrphans(String job, int generation, Duration age);

    /** Aborts the orphans of a job of which no task runs; refused are those that a completed checkpoint holds. */
    Transactions.Outcome endTransactions(String job, int generation);

    /** Aborts the transactions of jobs of which no task runs that no completed checkpoint holds; by job. */
    Map<String, Transactions.Outcome> abortOrphansOfAbsent(List<String> jobs);
}
