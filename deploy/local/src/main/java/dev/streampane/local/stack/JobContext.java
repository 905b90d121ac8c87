// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.util.function.Predicate;

/** What the supervision of jobs needs beside Flink; tests put another implementation in its place. */
interface JobContext extends Submitter {

    /** Whether the TaskManager's process is alive; if so, tasks may run even when Flink does not answer. */
    boolean taskManagerLives();

    /** Aborts the matching open transactions that no completed checkpoint holds; those that one holds are left open and returned as refused. */
    Transactions.Outcome abort(Predicate<JobTransaction> which);
}
