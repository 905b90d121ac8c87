// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The {@link JobContext} of a stack's jobs: its processes, its broker, its state folder. */
record StackJobContext(StackSettings settings, URI elasticsearch, Children children, PendingRetractions retractions)
        implements JobContext {

    @Override
    public Path jobJar() {
        try {
            return Checkout.jobJar();
        } catch (IOException e) {
            throw StackException.startFailed(
                    "no job jar in " + Checkout.root().resolve("flink-pipeline/target")
                            + ": build first with 'mvn -q -DskipTests package'",
                    e);
        }
    }

    @Override
    public boolean taskManagerLives() {
        return children.running().containsKey(Servers.TASK_MANAGER);
    }

    @Override
    public Transactions.Outcome abort(Predicate<JobTransaction> which) {
        return Transactions.abort(settings.bootstrapServers(), settings.stateFolder(), which, false);
    }

    /** Puts the index templates, which Elasticsearch may have lost, before index-results creates indices. */
    @Override
    public void prepare(String job) {
        if (job.equals(StackSettings.INDEX)) {
            Failures.putTemplates(() -> IndexTemplates.put(elasticsearch));
        }
    }

    @Override
    public void supersedes(String job, int generation) {
        retractions.expect(job, generation);
    }
}
