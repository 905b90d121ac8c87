// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One broker and one Elasticsearch, with the catalogue's topics and the templates, for all tests of a JVM. */
public final class RealServers implements QuarkusTestResourceLifecycleManager {

    /**
     * A field of type {@link LocalKafka} or {@link LocalElasticsearch}, which gets the running server, {@link Store}, {@link CutProxy}: the network
     * between the service under test and Elasticsearch, or {@link Log}, which is the test's own and is closed behind it.
     */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    public @interface Running {}

    private static final String MANAGEMENT_PORT = "quarkus.management.port";

    private LocalKafka kafka;
    private LocalElasticsearch elasticsearch;
    private CutProxy network;
    private Log log;

    /** The port of health and metrics of the service that is under test with them. */
    static int managementPort() {
        return Integer.getInteger(MANAGEMENT_PORT);
    }

    @Override
    public Map<String, String> start() {
        try {
            Path data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "servers");
            int[] ports = FreePorts.next(3);
            System.setProperty(MANAGEMENT_PORT, String.valueOf(ports[2]));
            elasticsearch = new LocalElasticsearch(data.resolve("elasticsearch"), ports[0], ports[1]);
            elasticsearch.launch(); // it starts while the broker does
            kafka = LocalKafka.start(data.resolve("kafka"));
            elasticsearch.awaitReady();
            network = new CutProxy(elasticsearch.url());
            IndexTemplates.install(elasticsearch.url());
            URI positions = elasticsearch.url().resolve("/window-positions"); // as index-results does
            Http.send(HttpRequest.newBuilder(positions).PUT(HttpRequest.BodyPublishers.noBody()), Http.PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = settings(kafka, network.url());
        settings.put(MANAGEMENT_PORT, String.valueOf(managementPort()));
        settings.put("quarkus.management.test-port", String.valueOf(managementPort()));
        return settings;
    }

    /** Settings of a service with these servers; the broker gets the catalogue's topics. */
    public static Map<String, String> settings(LocalKafka kafka, URI elasticsearch) {
        TopicCatalogue.load().create(kafka.bootstrapServers());
        return new HashMap<>(Map.ofEntries(
                Map.entry("kafka.bootstrap.servers", kafka.bootstrapServers()),
                Map.entry("quarkus.elasticsearch.hosts", elasticsearch.getAuthority()),
                Map.entry("results.query.timeout", "10s"), // a slow machine's Elasticsearch is not one that is away
                Map.entry("results.query.at-least-timeout", "5s"),
                Map.entry("results.query.aggregate-timeout", "30s"),
                Map.entry("results.rejects.timeout", "10s"),
                Map.entry("results.explain.max-records", "200000"),
                Map.entry("results.query.aggregate-max-windows", "1500"),
                Map.entry("results.audit.max-partitions", "1000"),
                Map.entry("results.audit.refresh", "500ms"),
                Map.entry("results.audit.stalled-after", "2s"),
                Map.entry("results.open-transaction-after", "1s"),
                Map.entry("results.stream.heartbeat", "500ms"),
                Map.entry("results.stream.stall-timeout", "5s"),
                Map.entry("results.stream.max-clients", "60"),
                Map.entry("results.limits.requests-per-second", "5000"),
                Map.entry("results.limits.burst", "10000"),
                Map.entry("results.tail-bytes", "16M")));
    }

    @Override
    public void inject(TestInjector injector) {
        closeLog();
        log = new Log(kafka.bootstrapServers());
        for (Object running : List.of(kafka, elasticsearch, network, new Store(elasticsearch.url()), log)) {
            injector.injectIntoFields(
                    running, new TestInjector.AnnotatedAndMatchesType(Running.class, running.getClass()));
        }
    }

    private void closeLog() {
        if (log != null) {
            log.close();
        }
    }

    @Override
    public void stop() {
        closeLog();
        if (network != null) {
            network.close();
        }
        if (elasticsearch != null) {
            elasticsearch.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }
}
