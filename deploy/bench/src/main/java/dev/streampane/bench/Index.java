// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench index}: how fast results are written to Elasticsearch. */
@Command(
        name = "index",
        description = {
            "Compares how fast index-results and a bulk loader write.",
            "index-results copies the same results to the product's Elasticsearch as a bulk",
            "loader sends the same documents, two of each result, which lie ready in its",
            "memory; in turn, each into empty indices. One more run of the job at first",
            "warms up and makes the documents.",
            "Results per second: of the last three fifths."
        })
final class Index extends Benchmark {

    private static final String INDICES = "window-results-*,window-history-*";
    private static final int DOCUMENTS_PER_RESULT = 2;
    private static final double WARM_UP = 0.4;
    private static final Duration STALLED = Duration.ofMinutes(1);

    /** Each poll is a request to Elasticsearch, which is busy with indexing. */
    private static final Duration POLL = Duration.ofMillis(100);

    @Option(names = "--records", defaultValue = "600000", description = "Results.")
    private long records;

    @Option(names = "--clients", defaultValue = "4", description = "Open bulk requests of the loader; the job's are 4.")
    private int clients;

    @Option(
            names = "--bulk-actions",
            defaultValue = "1000",
            description = "Documents of a bulk request; the job's are 1000.")
    private int bulkActions;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds.")
    private int rounds;

    private Workspace workspace;
    private URI elasticsearch;

    @Override
    public Integer call() throws Exception {
        try (Workspace opened = Workspace.open();
                Results log = new Results(opened.servers());
                LocalElasticsearch store = LocalElasticsearch.start(opened.folder("elasticsearch"))) {
            workspace = opened;
            elasticsearch = store.url();
            IndexTemplates.install(elasticsearch);
            log.write(records);
            job(0);
            var loader = new BulkLoader(elasticsearch, INDICES, bulkActions);
            if (loader.documents() != DOCUMENTS_PER_RESULT * records) {
                throw new IOException(loader.documents() + " documents of " + records + " results");
            }
            List<Double> job = new ArrayList<>();
            List<Double> bulk = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                clear();
                bulk.add(print("bulk loader", round, load(loader)));
                clear();
                job.add(print("index-results", round, job(round)));
            }
            double ratio = Spread.of(job).median() / Spread.of(bulk).median();
            report("index-results writes %.2f of what the bulk loader does (medians)", "ratio", ratio);
        }
        return 0;
    }

    private double print(String contender, int round, double perSecond) throws IOException {
        report(
                "%-14s round %d %,10.0f results/s",
                "contender", contender, "round", round, "resultsPerSecond", perSecond);
        return perSecond;
    }

    private double load(BulkLoader loader) throws Exception {
        var loading = new FutureTask<Void>(() -> {
            loader.load(clients);
            return null;
        });
        new Thread(loading, "load").start();
        double perSecond = perSecond(() -> {
            if (loading.isDone()) {
                loading.get();
            }
        });
        loading.get();
        return perSecond;
    }

    private double job(int round) throws Exception {
        var job = new FlinkJob(
                "index-results",
                Checkout.jobJar(),
                FlinkRest.MAIN,
                List.of(
                        "index-results",
                        "--bootstrap-servers=" + workspace.servers(),
                        "--elasticsearch-url=" + elasticsearch,
                        "--bulk-actions=" + bulkActions,
                        "--generation=" + (round + 1)),
                List.of(),
                row -> null);
        try (FlinkJob.Cluster running = job.start(workspace.folder("flink-" + round))) {
            return perSecond(() -> {
                String failure = running.failure();
                if (!failure.isEmpty()) {
                    throw new IOException(failure);
                }
            });
        }
    }

    /** Throws an exception that says why there is no progress, if that is known. */
    private interface Check {
        void check() throws IOException, ExecutionException, InterruptedException;
    }

    /** Waits until all documents are indexed; returns the results per second after the warm-up. */
    private double perSecond(Check check) throws IOException, ExecutionException, InterruptedException {
        long all = DOCUMENTS_PER_RESULT * records;
        long from = 0;
        long begin = System.nanoTime();
        long last = -1;
        long progress = begin;
        for (long indexed = indexed(); indexed < all; indexed = indexed()) {
            long now = System.nanoTime();
            if (from == 0 && indexed >= WARM_UP * all) {
                from = indexed;
                begin = now;
            }
            if (indexed > last) {
                last = indexed;
                progress = now;
            } else if (now - progress > STALLED.toNanos()) {
                check.check();
                throw new IOException("%,d of %,d documents came".formatted(indexed, all));
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        return (all - from) * 1e9 / (System.nanoTime() - begin) / DOCUMENTS_PER_RESULT;
    }

    private long indexed() throws IOException {
        return Http.get(elasticsearch.resolve("/" + INDICES + "/_stats/indexing"))
                .at("/_all/primaries/indexing/index_total")
                .asLong();
    }

    private void clear() throws IOException {
        for (JsonNode index : Http.get(elasticsearch.resolve("/_cat/indices/" + INDICES + "?format=json"))) {
            URI uri = elasticsearch.resolve("/" + index.path("index").asText());
            Http.send(HttpRequest.newBuilder(uri).DELETE(), Http.PATIENCE);
        }
    }
}
