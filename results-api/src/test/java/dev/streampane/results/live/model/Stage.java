// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.ServiceProcess;
import dev.streampane.results.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** An empty broker and Elasticsearch, the index job, and two processes of the service with a tail of 100 results. */
final class Stage implements AutoCloseable {

    static final String RESULTS = "window-results";
    private static final int PARTITIONS = 4;

    private final String bootstrapServers;
    private final Committed committed;
    private final IndexJob index;
    private final List<ServiceProcess> services;

    Stage(long seed) throws IOException {
        Path data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "model");
        bootstrapServers = SharedKafka.empty().bootstrapServers();
        URI elasticsearch = SharedElasticsearch.empty().url();
        TopicCatalogue.load().create(bootstrapServers);
        committed = new Committed(bootstrapServers);
        index = new IndexJob(committed, elasticsearch, seed).begin();
        Map<String, String> settings = Map.of(
                "kafka.bootstrap.servers", bootstrapServers,
                "quarkus.elasticsearch.hosts", elasticsearch.getAuthority(),
                "results.tail-size", "100",
                "results.query.timeout", "10s",
                "results.query.at-least-timeout", "10s",
                "results.stream.heartbeat", "200ms",
                "results.stream.retry", "100ms");
        services = List.of(new ServiceProcess(data, settings).start(), new ServiceProcess(data, settings).start());
        services.forEach(ServiceProcess::awaitReady);
    }

    /** The brokers. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    /** The processes of the service. */
    List<ServiceProcess> services() {
        return services;
    }

    /** Everything that was ever committed; it is in Elasticsearch then. */
    List<Committed.Found> settle() {
        return index.settle();
    }

    /** What of it belongs to topics as they are now. */
    List<Committed.Found> present() {
        return settle().stream()
                .filter(found -> found.topicId().equals(index.topicId(found.topic())))
                .toList();
    }

    /** Deletes the older half of what is committed from the log of results. */
    void expire() throws Exception {
        Map<TopicPartition, RecordsToDelete> halves = new HashMap<>();
        present().stream()
                .filter(found -> found.topic().equals(RESULTS))
                .collect(Collectors.groupingBy(
                        Committed.Found::partition, Collectors.mapping(Committed.Found::offset, Collectors.toList())))
                .forEach((partition, offsets) -> halves.put(
                        new TopicPartition(RESULTS, partition),
                        RecordsToDelete.beforeOffset(offsets.get(offsets.size() / 2))));
        admin().deleteRecords(halves).all().get();
    }

    /** Deletes the log of results and makes it anew; nobody writes to it meanwhile. */
    void makeAnew() throws Exception {
        settle();
        index.makeAnew(RESULTS, () -> Topics.anew(admin(), RESULTS, PARTITIONS));
    }

    /** The windows of the model's jobs over all pages of a process. */
    static Map<String, Row> table(ServiceProcess service) throws Exception {
        Map<String, Row> table = new TreeMap<>();
        for (String job : RandomWriter.JOBS) {
            String next = "";
            do {
                String path = "/api/v1/windows?job=" + job + "&limit=200" + next;
                HttpResponse<String> answer = service.get(path);
                if (answer.statusCode() != 200) {
                    throw new AssertionError(path + ": " + answer + ' ' + answer.body());
                }
                JsonNode page = Row.read(answer.body());
                for (JsonNode item : page.path("items")) {
                    Row row = Row.of("window", item.toString());
                    Row before = table.put(row.id(), row);
                    if (before != null) {
                        throw new AssertionError("on two pages: " + row);
                    }
                }
                next = page.path("next").isTextual()
                        ? "&after=" + page.get("next").asText()
                        : "";
            } while (!next.isEmpty());
        }
        table.values().removeIf(row -> row.status().equals("RETRACTED"));
        return table;
    }

    @Override
    public void close() {
        services.forEach(ServiceProcess::close);
        index.close();
        committed.close();
    }

    private Admin admin() {
        return committed.admin();
    }
}
