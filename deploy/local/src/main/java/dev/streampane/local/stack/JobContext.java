// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.util.function.Predicate;

/** What jobs need to know that Flink does not say; a test puts something else in its place. */
interface JobContext extends Submitter {

    /** Whether the TaskManager's process lives, so that tasks may run though nobody says so. */
    boolean taskManagerLives();

    /** Aborts open transactions that no completed checkpoint holds; those that one holds are refused. */
    Transactions.Outcome abort(Predicate<JobTransaction> which);
}
