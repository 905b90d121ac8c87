// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.elasticsearch.BulkIndexer.Outcome;
import dev.streampane.pipeline.intake.RecordReports;
import dev.streampane.pipeline.job.BackOff;
import dev.streampane.pipeline.kafka.DeadLetterProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of {@link ElasticsearchSink}.
 *
 * <p>Requests are sent from the task's thread. Answers arrive on other threads and are handled in the task's mailbox, so that the state here
 * needs no lock. A bulk request that waits to be sent again still counts as in flight, which bounds the memory: at most two requests are in
 * flight, and {@link #write} blocks when the buffer is full. While it blocks, it handles the mailbox, and a cancellation interrupts it.
 *
 * <p>The writer sends dead letters with its own Kafka producer ({@link DeadLetterProducer}). A refused record counts as done only when the
 * producer has the acknowledgement of its dead letter. {@link #flush} waits before each checkpoint for what is in flight, dead letters included:
 * that makes them at least once without transactions, state or a second operator, which cannot follow a sink.
 */
final class ElasticsearchWriter extends AsyncSinkWriter<Decoded<IndexRequest>, Decoded<IndexRequest>> {

    static final String INDEX_REFUSED = "index-refused";

    private static final Logger LOG = LoggerFactory.getLogger(ElasticsearchWriter.class);
    private static final int FAILURES_OF_AN_OUTAGE = 5;

    private final RecordReports reports;
    private final TaskThread task;
    private final LogPositions positions = new LogPositions();
    private final ElasticsearchClient client;
    private final BulkIndexer indexer;
    private final PositionPublisher publisher;
    private final DeadLetterProducer deadLetters;
    private final Counter refusedRecords;
    private final Counter retriedRecords;

    private final WarningLimit warnings = new WarningLimit();

    /** The number of consecutive bulk requests of records in which a record failed; 1 when others of the last request were written. */
    private int failures;

    ElasticsearchWriter(
            WriterInitContext context,
            ElasticsearchSink sink,
            Collection<BufferedRequestState<Decoded<IndexRequest>>> states) {
        super(
                (decoded, ignored) -> decoded,
                context,
                sink.configuration(),
                states,
                new SimpleBatchCreator<>(ElasticsearchSink.MAX_BULK_BYTES),
                new DequeRequestBuffer<>());
        reports = new RecordReports(sink.job(), sink.generation());
        task = new TaskThread(
                context.getMailboxExecutor(), context.getProcessingTimeService(), getFatalExceptionCons());
        client = new ElasticsearchClient(sink.access());
        indexer = new BulkIndexer(client);
        publisher = new PositionPublisher(positions, indexer, task, BackOff.OF_A_SERVER);
        deadLetters = new DeadLetterProducer(sink.kafka(), sink.deadLettersTopic());
        refusedRecords = context.metricGroup().getNumRecordsSendErrorsCounter();
        retriedRecords = context.metricGroup().counter("recordsRetried");
        context.metricGroup().gauge("failuresInARow", () -> Math.max(failures, publisher.failures()));
        if (context.getTaskInfo().getIndexOfThisSubtask() == 0) {
            new IndexSweeper(sink.retentions(), client, task).start();
        }
    }

    @Override
    public void write(Decoded<IndexRequest> record, Context context) throws IOException, InterruptedException {
        positions.seen(record.fetched());
        super.write(record, context);
    }

    /** Empties the buffer, also at a checkpoint, where Flink asks only for the requests in flight, and waits for the positions. */
    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        super.flush(true);
        publisher.await();
    }

    @Override
    public void close() {
        try (client;
                deadLetters) {
            super.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the connections to Elasticsearch", e);
        }
    }

    /** The bytes that a request adds to a bulk request, at most the bulk's limit: a larger one would never fit into any. */
    @Override
    protected long getSizeInBytes(Decoded<IndexRequest> request) {
        if (request.rejected()) {
            return 0;
        }
        long bytes = request.value().documents().stream()
                .mapToLong(document -> document.source().length + BulkIndexer.ACTION_BYTES)
                .sum();
        return Math.min(bytes, ElasticsearchSink.MAX_BULK_BYTES);
    }

    @Override
    protected void submitRequestEntries(
            List<Decoded<IndexRequest>> requests, ResultHandler<Decoded<IndexRequest>> handler) {
        List<Decoded<IndexRequest>> indexable =
                requests.stream().filter(request -> !request.rejected()).toList();
        Settlement settlement = new Settlement(handler);
        task.continueWith(
                indexer.index(indexable.stream()
                        .map(request -> request.value().documents())
                        .toList()),
                "settle a bulk request",
                outcomes -> {
                    requests.stream().filter(Decoded::rejected).forEach(settlement::rejected);
                    for (int i = 0; i < outcomes.size(); i++) {
                        settlement.add(indexable.get(i), outcomes.get(i));
                    }
                    settlement.awaitLetters();
                });
    }

    /** Collects the outcomes of one bulk request. */
    private final class Settlement {
        private final ResultHandler<Decoded<IndexRequest>> handler;
        private final List<Decoded<IndexRequest>> later = new ArrayList<>();
        private final List<Decoded<IndexRequest>> refused = new ArrayList<>();
        private final List<CompletableFuture<Void>> letters = new ArrayList<>();
        private String cause = "";
        private int done;

        Settlement(ResultHandler<Decoded<IndexRequest>> handler) {
            this.handler = handler;
        }

        void add(Decoded<IndexRequest> request, Outcome outcome) {
            switch (outcome.kind()) {
                case TAKEN -> done(request);
                case LATER -> later(request, outcome.cause());
                case REFUSED ->
                    refuse(
                            request,
                            INDEX_REFUSED,
                            outcome.cause(),
                            request.value().id());
            }
        }

        void rejected(Decoded<IndexRequest> request) {
            refuse(request, request.reason().code(), request.message(), null);
        }

        void awaitLetters() {
            task.continueWith(
                    CompletableFuture.allOf(letters.toArray(CompletableFuture<?>[]::new))
                            .exceptionally(failure -> null),
                    "settle dead letters",
                    all -> finish());
        }

        private void finish() {
            for (int i = 0; i < refused.size(); i++) {
                Throwable failure =
                        letters.get(i).handle((sent, thrown) -> thrown).join();
                if (failure != null) {
                    String why = failure.getCause() == null ? "" : ": " + failure.getCause();
                    later(refused.get(i), "no dead letter could be written: " + failure + why);
                } else {
                    done(refused.get(i));
                    refusedRecords.inc();
                }
            }
            if (later.isEmpty()) {
                recovered();
                handler.complete();
            } else {
                tryAgain();
            }
            publisher.publish();
        }

        private void tryAgain() {
            failures = done > 0 ? 1 : failures + 1;
            retriedRecords.inc(later.size());
            long wait = BackOff.OF_A_SERVER.millis(failures);
            warn(cause, wait);
            task.after(wait, () -> handler.retryForEntries(later));
        }

        private void done(Decoded<IndexRequest> request) {
            done++;
            positions.acknowledged(request.fetched());
        }

        private void later(Decoded<IndexRequest> request, String why) {
            later.add(request);
            cause = why;
        }

        /** Sends a dead letter, unless the one before it has failed immediately: each send that does so blocks for seconds. */
        private void refuse(Decoded<IndexRequest> request, String reason, String message, String id) {
            int sent = letters.size();
            refused.add(request);
            letters.add(
                    sent > 0 && letters.get(sent - 1).isCompletedExceptionally()
                            ? letters.get(sent - 1)
                            : deadLetters.send(reports.deadLetter(request.fetched(), reason, message, id)));
        }
    }

    private void warn(String cause, long wait) {
        if (warnings.lets(task.now())) {
            LOG.warn(
                    "Records could not be written and are tried again, failuresInARow={} waitMs={} recordsRetried={} cause={}",
                    failures,
                    wait,
                    retriedRecords.getCount(),
                    cause);
        }
    }

    private void recovered() {
        if (failures >= FAILURES_OF_AN_OUTAGE) {
            LOG.info("Elasticsearch takes records again, failuresInARow={}", failures);
        }
        failures = 0;
    }
}
