// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.elasticsearch.BulkIndexer.Outcome;
import dev.streampane.pipeline.job.BackOff;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the positions of {@link LogPositions} to index {@code window-positions}, one request at a time, and tries again without limit, except
 * that it fails the task if the index is gone, which {@link SameIndices} has created. The
 * offset is the document's external version, so that a position never goes back.
 */
final class PositionPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(PositionPublisher.class);

    private final LogPositions positions;
    private final BulkIndexer indexer;
    private final TaskThread task;
    private final BackOff backOff;
    private final WarningLimit warnings = new WarningLimit();

    private volatile int failures;

    /** True from the time at which positions are sent until they are written, also between tries. */
    private boolean publishing;

    PositionPublisher(LogPositions positions, BulkIndexer indexer, TaskThread task, BackOff backOff) {
        this.positions = positions;
        this.indexer = indexer;
        this.task = task;
        this.backOff = backOff;
    }

    /** The number of consecutive requests that failed; may be called by any thread. */
    int failures() {
        return failures;
    }

    /** Publishes the positions that have changed, after the request in flight, if there is one. */
    void publish() {
        List<IndexRequest.Document> documents = publishing ? List.of() : positions.documents();
        if (documents.isEmpty()) {
            return;
        }
        publishing = true;
        task.continueWith(
                indexer.index(documents.stream().map(List::of).toList()),
                "settle positions",
                outcomes -> settle(documents, outcomes));
    }

    /** Publishes the positions that have changed and waits until they are written. */
    void await() throws InterruptedException {
        publish();
        while (publishing) {
            task.yield();
        }
    }

    private void settle(List<IndexRequest.Document> documents, List<Outcome> outcomes) {
        Outcome worst = outcomes.stream().reduce(Outcome.TAKEN, Outcome::and);
        if (worst.isOfNoIndex()) {
            task.fatal().accept(SameIndices.lost("index " + LogPositions.INDEX + " was written and is gone"));
            return;
        }
        if (worst.kind() != Outcome.Kind.TAKEN) {
            failures++;
            warn(worst.cause());
            task.after(backOff.millis(failures), this::next);
            return;
        }
        failures = 0;
        positions.published(documents);
        next();
    }

    /** During a checkpoint that waits for positions, no failed record reports the outage. */
    private void warn(String cause) {
        if (warnings.lets(task.now())) {
            LOG.warn("Positions could not be written and are tried again, failuresInARow={} cause={}", failures, cause);
        }
    }

    private void next() {
        publishing = false;
        publish();
    }
}
