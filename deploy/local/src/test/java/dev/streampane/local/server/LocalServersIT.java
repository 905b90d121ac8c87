// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.Retention;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.TopicCatalogue.Topic;
import dev.streampane.local.log.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.Charset;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The three servers as every module's tests use them; in the order of one life, for a start takes seconds. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalServersIT {

    @TempDir
    static Path data;

    private static LocalKafka kafka;
    private static LocalElasticsearch elasticsearch;
    private static LocalFlink flink;

    @BeforeAll
    static void startServers() {
        boolean takesAll = Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode('é');
        data = data.resolve(takesAll ? "données à part" : "a space");
        kafka = LocalKafka.start(data.resolve("kafka"));
        elasticsearch = LocalElasticsearch.start(data.resolve("elasticsearch"));
        flink = LocalFlink.start(data.resolve("flink"));
    }

    @AfterAll
    static void closeServers() {
        for (AutoCloseable server : List.of(flink, elasticsearch, kafka)) {
            try {
                server.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @Order(1)
    void shouldCreateTheCatalogueAndLeaveWhatIsThere() throws Exception {
        // Given
        TopicCatalogue catalogue = TopicCatalogue.load();

        // When
        catalogue.create(kafka.bootstrapServers());
        catalogue.create(kafka.bootstrapServers());

        // Then
        try (Admin admin = admin()) {
            assertThat(admin.listTopics().names().get())
                    .containsAll(catalogue.topics().stream().map(Topic::name).toList());
        }
    }

    @Test
    @Order(1)
    @EnabledOnOs(OS.LINUX)
    void shouldStartFromTheClassDataThatTheBuildArchived() throws IOException {
        Map<String, Process> servers = Map.of(
                "kafka.jsa", kafka.process(),
                "elasticsearch.jsa", elasticsearch.process(),
                "flink.jsa", flink.jobManager());

        for (var server : servers.entrySet()) {
            String mapped =
                    Files.readString(Path.of("/proc/" + server.getValue().pid() + "/maps"));
            assertThat(mapped.lines().map(String::strip)).anyMatch(line -> line.endsWith('/' + server.getKey()));
        }
    }

    /** The broker makes one log after the other: where nobody waits for the last one, its first batches are refused and later ones taken. */
    @Test
    @Order(1)
    void shouldHaveCreatedATopicWhenItTakesRecords() throws Exception {
        // Given
        int partitions = 50;
        try (Admin admin = admin();
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "batch.size", 1),
                        new StringSerializer(),
                        new StringSerializer())) {
            // When
            for (int n = 0; n < 20; n++) {
                Topics.create(admin, new NewTopic("new-" + n, 1, (short) 1));
            }
            Topics.create(admin, new NewTopic("new", partitions, (short) 1));
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int n = 0; n < 100 * partitions; n++) {
                sent.add(producer.send(new ProducerRecord<>("new", n % partitions, "key", "value")));
            }
            // Then
            for (Future<RecordMetadata> one : sent) {
                assertThat(one.get().hasOffset()).isTrue();
            }
        }
    }

    @Test
    @Order(7)
    void shouldAlterHowLongTopicsAreKeptAndEndSegmentsInTime() throws Exception {
        // When
        Retention.set(kafka.bootstrapServers(), Map.of("audit", Duration.ofHours(4), "alerts", Retention.UNLIMITED));

        // Then: the broker hears of it a little later than the controller
        await().untilAsserted(() -> assertThat(config("audit", "retention.ms")).isEqualTo("14400000"));
        await().untilAsserted(() -> assertThat(config("audit", "segment.ms")).isEqualTo("7200000"));
        await().untilAsserted(() -> assertThat(config("alerts", "retention.ms")).isEqualTo("-1"));
        assertThat(config("telegraf", "retention.ms")).isEqualTo("2592000000");
    }

    @Test
    @Order(7)
    void shouldLeaveSegmentsShortWhereCompactionWaitsForTheirEnd() throws Exception {
        // When
        Retention.set(kafka.bootstrapServers(), Map.of("word-counts", Duration.ofDays(7)));

        // Then
        await().untilAsserted(
                        () -> assertThat(config("word-counts", "retention.ms")).isEqualTo("604800000"));
        assertThat(config("word-counts", "segment.ms")).isEqualTo("600000");
    }

    private static String config(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin()) {
            return admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get(name)
                    .value();
        }
    }

    @Test
    @Order(2)
    void shouldInstallTheTemplates() throws Exception {
        // When
        IndexTemplates.install(elasticsearch.url());

        // Then
        assertThat(Http.get(elasticsearch.url().resolve("/_index_template")).path("index_templates"))
                .isNotEmpty();
    }

    @Test
    @Order(3)
    void shouldGiveFieldsOfTheTemplatesToIndicesThatLackThem() throws Exception {
        // Given: indices of an older release
        List<String> indices = List.of("window-results-old-2026.10", "alerts-2026.10");
        for (String template : List.of("window-results", "alerts")) {
            Http.send(
                    HttpRequest.newBuilder(elasticsearch.url().resolve("/_index_template/" + template))
                            .DELETE(),
                    Http.PATIENCE);
        }
        for (String index : indices) {
            ElasticsearchAccess.OPEN.put(elasticsearch.url().resolve("/" + index), """
                    {"mappings": {"dynamic": "strict", "properties":
                      {"log": {"dynamic": "strict", "properties": {"offset": {"type": "long"}}}}}}
                    """);
        }

        // When
        IndexTemplates.install(elasticsearch.url());

        // Then
        for (String index : indices) {
            ElasticsearchAccess.OPEN.put(
                    elasticsearch.url().resolve("/" + index + "/_doc/1"),
                    "{\"log\": {\"offset\": 7, \"appended\": 1795154460000}}");
        }
    }

    /** As deploy/elasticsearch/README.md says. */
    @Test
    @Order(3)
    void shouldLeaveTemplatesOfOnesOwnAboveThem() throws Exception {
        // Given
        ElasticsearchAccess.OPEN.put(elasticsearch.url().resolve("/_component_template/own"), """
                {"template": {"settings": {"index": {"refresh_interval": "7s"}},
                 "mappings": {"properties": {"cause": {"type": "text"}}}}}
                """);
        ElasticsearchAccess.OPEN.put(elasticsearch.url().resolve("/_index_template/own-weather-average"), """
                {"index_patterns": ["window-results-weather-average-*"], "priority": 300, "allow_auto_create": true,
                 "composed_of": ["window-document", "weather-average-values", "own"],
                 "template": {"aliases": {"window-results": {}}}}
                """);

        // When
        IndexTemplates.install(elasticsearch.url());

        // Then
        String index = "window-results-weather-average-2026.10";
        ElasticsearchAccess.OPEN.put(elasticsearch.url().resolve("/" + index), "{}");
        JsonNode made = Http.get(elasticsearch.url().resolve("/" + index)).path(index);
        assertThat(made.at("/settings/index/refresh_interval").asText()).isEqualTo("7s");
        assertThat(made.at("/mappings/dynamic").asText()).isEqualTo("strict");
        assertThat(made.at("/mappings/properties/avg_temp").isMissingNode()).isFalse();
        assertThat(made.path("aliases").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("window-results");

        // When: a month is old, and may not be changed
        ElasticsearchAccess.OPEN.put(
                elasticsearch.url().resolve("/" + index + "/_settings"), "{\"index.blocks.read_only\": true}");
        IndexTemplates.install(elasticsearch.url());

        // Then
        assertThat(Http.get(elasticsearch.url().resolve("/" + index))
                        .path(index)
                        .at("/mappings/properties/cause/type")
                        .asText())
                .isEqualTo("text");
        ElasticsearchAccess.OPEN.put(
                elasticsearch.url().resolve("/" + index + "/_settings"), "{\"index.blocks.read_only\": null}");
    }

    @Test
    @Order(3)
    void shouldCreateIndicesOfTheTemplatesOnlyByThem() throws IOException {
        // Given
        List<URI> documents = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                Checkout.root().resolve("deploy/elasticsearch/index-templates"), "{window-[rh],a}*")) {
            for (Path file : files) {
                String pattern = Http.JSON
                        .readTree(file.toFile())
                        .at("/index_patterns/0")
                        .asText();
                documents.add(elasticsearch.url().resolve("/" + pattern.replace("*", "2026.09") + "/_doc/1"));
            }
        }
        ElasticsearchAccess.OPEN.send("DELETE", elasticsearch.url().resolve("/_index_template/*"), "");

        // When Then
        assertThat(documents).isNotEmpty().allSatisfy(document -> assertThatThrownBy(
                        () -> ElasticsearchAccess.OPEN.put(document, "{}"))
                .hasMessageContaining("404")
                .hasMessageContaining("action.auto_create_index"));
        IndexTemplates.install(elasticsearch.url());
        for (URI document : documents) {
            ElasticsearchAccess.OPEN.put(document, "{}");
        }
    }

    @Test
    @Order(3)
    void shouldListenOnTheLoopbackAddressOnly() throws IOException {
        // When
        List<String> addresses = new ArrayList<>();
        for (Process process : processes()) {
            addresses.addAll(listening(process.pid()));
        }

        // Then
        assertThat(addresses).hasSizeGreaterThanOrEqualTo(7);
        assertThat(addresses)
                .allMatch(address -> address.equals("0100007F") || address.equals("0000000000000000FFFF00000100007F"));
    }

    @Test
    @Order(6)
    void shouldLetJobsWaitLongForTheNextTaskManagerAndMetricsShortlyForOneThatDied() throws Exception {
        // Given: when it has passed, Flink fails a job that has no slots
        String name = "resourcemanager.standalone.start-up-time";

        // When
        Map<String, String> settings = new HashMap<>();
        for (JsonNode setting : Http.get(flink.restUrl().resolve("/jobmanager/config"))) {
            settings.put(setting.path("key").asText(), setting.path("value").asText());
        }

        // Then
        assertThat(Duration.ofMillis(Long.parseLong(settings.get(name)))).isGreaterThan(Duration.ofDays(180));
        assertThat(settings).containsEntry("web.timeout", "10s");
    }

    @Test
    @Order(7)
    void shouldSayWhyAServerEndedWithTheLastLinesOfItsLog() {
        // When Then
        assertThatThrownBy(() -> LocalKafka.start(data.resolve("refused"), Map.of("log.retention.hours", "soon")))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("ended with exit code 1")
                .hasMessageContaining("kafka.log ends with")
                .hasMessageContaining("soon");
    }

    @Test
    @Order(9)
    void shouldLeaveNoProcessAndNoPortBehind() {
        // Given
        List<Process> running = processes();
        int port = Integer.parseInt(kafka.bootstrapServers().replaceAll(".*:", ""));

        // When
        closeServers();

        // Then
        assertThat(running).noneMatch(Process::isAlive);
        assertThat(FreePorts.isFree(port)).isTrue();
        assertThat(FreePorts.isFree(elasticsearch.url().getPort())).isTrue();
        assertThat(FreePorts.isFree(flink.restUrl().getPort())).isTrue();
    }

    private static List<Process> processes() {
        return List.of(kafka.process(), elasticsearch.process(), flink.jobManager(), flink.taskManager());
    }

    private static Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    /** Addresses on which a process listens, as Linux writes them. */
    private static List<String> listening(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : files) {
                try {
                    sockets.add(Files.readSymbolicLink(file).toString());
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        }
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals("0A") && sockets.contains("socket:[" + fields[9] + "]")) {
                    addresses.add(fields[1].substring(0, fields[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }
}
