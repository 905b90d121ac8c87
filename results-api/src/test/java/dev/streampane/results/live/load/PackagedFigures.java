// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServiceBuild;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * The native executable beside the jar: start, memory, queries and streams, in one run. No test by its name, so that builds leave it out; the
 * README tells the command.
 */
class PackagedFigures {

    private static final Logger LOG = Logger.getLogger(PackagedFigures.class);

    private static final int STARTS = Integer.getInteger("packaged.figures.starts", 7);
    private static final int STREAMS = Integer.getInteger("packaged.figures.streams", 1_000);
    private static final int RESULTS = Integer.getInteger("packaged.figures.results", 500);
    private static final int ROUNDS = Integer.getInteger("packaged.figures.rounds", 4);
    private static final int CONNECTIONS = 8;
    private static final Duration QUERIES = Duration.ofSeconds(8);
    private static final String WINDOWS = "/api/v1/windows?job=" + Marked.JOB + "&limit=10";
    private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=512m");

    /** So much done in so much time, of the clock and of the service's processors. */
    private record Pace(long done, Duration wall, Duration processors) {
        private String said(String what) {
            return "%,.0f %s/s, %,.0f per second of processors"
                    .formatted(done / (wall.toNanos() / 1e9), what, done / (Math.max(1, processors.toNanos()) / 1e9));
        }
    }

    private Path folder;
    private LocalKafka kafka;
    private LocalElasticsearch elasticsearch;

    @Test
    void shouldSayWhatBothTake() throws Exception {
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "packaged");
        try (LocalKafka log = LocalKafka.start(folder.resolve("kafka"));
                LocalElasticsearch store = LocalElasticsearch.start(folder.resolve("elasticsearch"))) {
            kafka = log;
            elasticsearch = store;
            IndexTemplates.install(store.url());
            TopicCatalogue.load().create(kafka.bootstrapServers());
            for (ServiceBuild build : ServiceBuild.values()) {
                LOG.infof("%s: %d KiB of %s", build, size(build.built("results-api")) >> 10, build.file("results-api"));
                sayStarts(build);
                sayQueriesAndStreams(build);
            }
        }
    }

    private void sayStarts(ServiceBuild build) throws Exception {
        List<Duration> answers = new ArrayList<>();
        List<Duration> ready = new ArrayList<>();
        List<Long> resident = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            try (ServiceProcess service = launch(build)) {
                answers.add(service.answersAfter("/q/health/live"));
                ready.add(service.readyAfter());
                resident.add(service.residentBytes() >> 10);
            }
        }
        LOG.infof(
                "%s: first answer after %d ms, ready after %d ms, then %,d KiB resident (medians of %d)",
                build, median(answers).toMillis(), median(ready).toMillis(), median(resident), STARTS);
    }

    private void sayQueriesAndStreams(ServiceBuild build) throws Exception {
        try (ServiceProcess service = launch(build)) {
            service.readyAfter();
            try (Writer writer = new Writer(kafka.bootstrapServers(), new Latencies(1_000))) {
                writer.burst(100, 0);
            }
            patiently().until(() -> service.get(WINDOWS).statusCode() == 200);
            for (int round = 0; round < ROUNDS; round++) {
                Pace queries = queries(service);
                LOG.infof("%s: round %d: %s", build, round + 1, queries.said("queries"));
            }
            LOG.infof("%s: %,d KiB resident after queries", build, service.residentBytes() >> 10);
            for (int round = 0; round < ROUNDS; round++) {
                Pace streams = streams(service);
                LOG.infof("%s: round %d: %s", build, round + 1, streams.said("deliveries"));
            }
            LOG.infof("%s: %,d KiB resident after %d streams", build, service.residentBytes() >> 10, STREAMS);
        }
    }

    /** Queries over some connections, one after the other on each, answered from memory. */
    private static Pace queries(ServiceProcess service) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            Duration before = service.processorTime();
            long begin = System.nanoTime();
            Callable<Long> client = () -> {
                long done = 0;
                while (System.nanoTime() - begin < QUERIES.toNanos()) {
                    assertThat(service.get(WINDOWS).statusCode()).isEqualTo(200);
                    done++;
                }
                return done;
            };
            long done = 0;
            for (Future<Long> each : clients.invokeAll(Collections.nCopies(CONNECTIONS, client))) {
                done += each.get();
            }
            return new Pace(
                    done,
                    Duration.ofNanos(System.nanoTime() - begin),
                    service.processorTime().minus(before));
        } finally {
            clients.shutdown();
        }
    }

    /** One burst of results to all streams. */
    private Pace streams(ServiceProcess service) throws Exception {
        Latencies latencies = new Latencies(1_000_000);
        try (Writer writer = new Writer(kafka.bootstrapServers(), latencies);
                Crowd crowd = new Crowd(service.port(), "/api/v1/stream", latencies)) {
            crowd.openFast(STREAMS);
            patiently().until(() -> crowd.fastOpen() == STREAMS);
            writer.burst(1, 0);
            patiently().until(() -> crowd.deliveries() == STREAMS);
            Duration before = service.processorTime();
            long begin = System.nanoTime();
            writer.burst(RESULTS, 0);
            patiently().until(() -> crowd.deliveries() == (RESULTS + 1L) * STREAMS);
            return new Pace(
                    (long) RESULTS * STREAMS,
                    Duration.ofNanos(System.nanoTime() - begin),
                    service.processorTime().minus(before));
        }
    }

    private ServiceProcess launch(ServiceBuild build) throws Exception {
        Map<String, String> settings = new HashMap<>();
        ManyStreams.SETTINGS.forEach(
                (name, value) -> settings.put(name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT), value));
        settings.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        settings.put("QUARKUS_ELASTICSEARCH_HOSTS", elasticsearch.url().getAuthority());
        return ServiceProcess.launch(build, folder, OPTIONS, settings);
    }

    /** The executable, or the jar's folder with what is in it. */
    private static long size(Path file) throws Exception {
        Path whole = file.endsWith("quarkus-run.jar") ? file.getParent() : file;
        try (var files = Files.walk(whole)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(one -> one.toFile().length())
                    .sum();
        }
    }

    private static <T extends Comparable<T>> T median(List<T> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static ConditionFactory patiently() {
        return await().atMost(120, TimeUnit.SECONDS).pollInterval(20, TimeUnit.MILLISECONDS);
    }
}
