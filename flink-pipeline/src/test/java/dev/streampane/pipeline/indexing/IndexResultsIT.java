// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.flink.util.function.ThrowingRunnable.unchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.audit.IndexAudit;
import dev.streampane.local.audit.IndexReport;
import dev.streampane.local.audit.IndexedLog;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** index-results between a real broker and a real Elasticsearch; every test has a log of its own. */
class IndexResultsIT extends JobsOnKafka {

    /** From a record's write to its document's appearance in a search. */
    private static final Duration PROMPT = Duration.ofSeconds(5);

    private static final String WEATHER = "window-results-weather-average-2026.11";
    private static final Map<String, String> LOG_APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    private static Path data;

    private static LocalElasticsearch elasticsearch;

    private static ElasticsearchView view;

    private String topic;
    private String topicId;
    private JobID job;

    @BeforeAll
    static void emptyElasticsearch() {
        elasticsearch = SharedElasticsearch.empty();
        view = new ElasticsearchView(elasticsearch.url());
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = "results-" + TOPICS.incrementAndGet();
        topicId = create(topic, 2);
    }

    /** The id that the topic is given. */
    private static String create(String topic, int partitions) throws Exception {
        NewTopic asked = new NewTopic(topic, partitions, (short) 1).configs(LOG_APPEND_TIME);
        return log.admin().createTopics(List.of(asked)).topicId(topic).get().toString();
    }

    @Test
    void shouldIndexEveryExampleOfTheContract() throws Exception {
        // Given
        List<String> examples = WindowResults.FILES.names("examples").toList();
        for (String file : examples) {
            write(0, WindowResults.read(file));
        }
        // When
        startJob();
        awaitPosition(0, examples.size());
        // Then
        assertThat(deadLetters()).isEmpty();
        for (String file : examples) {
            ObjectNode example = WindowResults.read(file);
            String month =
                    example.at("/window/start").textValue().substring(0, 7).replace('-', '.');
            String index = "window-history-" + example.get("job").textValue() + '-' + month;
            String id = String.join(
                    "~",
                    example.get("id").textValue(),
                    example.get("generation").asText(),
                    example.get("rev").asText());
            JsonNode source = view.document(index, id.replace("%", "%25")).path("_source");
            int last = source.at("/log/offset").asInt(-1);
            assertThat(last).as(file).isGreaterThanOrEqualTo(examples.indexOf(file));
            // Of several examples of one revision the last one stays.
            JsonNode stays = ElasticsearchView.json(WindowResults.read(examples.get(last)));
            assertThat(source.path("values")).as(file).isEqualTo(stays.path("values"));
            assertThat(source.at("/window/number")).as(file).isEqualTo(stays.at("/window/number"));
        }
        assertThatTheIndexIsAsTheLog();
    }

    /** Documents of other tests are extra. */
    private void assertThatTheIndexIsAsTheLog() throws IOException {
        Map<String, Object> client = Map.of("bootstrap.servers", log.servers());
        IndexReport report = IndexAudit.check(
                client,
                List.of(IndexedLog.results(topic)),
                elasticsearch.url(),
                ElasticsearchAccess.OPEN,
                false,
                progress -> {});
        assertThat(report.findings())
                .filteredOn(f -> !f.problem().equals("extra"))
                .isEmpty();
        assertThat(report.right()).isPositive();
        assertThat(report.missing() + report.different() + report.settling()).isZero();
    }

    @Test
    void shouldFindRetractedWindowsGlobalPanesAndTexts() throws Exception {
        // Given
        ObjectNode retracted = WindowResults.example("retracted-session").put("key", "kinds");
        ObjectNode global = WindowResults.example("global-pane").put("key", "kinds");
        global.put("id", global.get("id").textValue().replace("device1", "kinds"));
        ObjectNode later = global.deepCopy().put("generation", 2); // it began to read half a year later
        ((ObjectNode) global.get("window")).put("start", "2026-05-31T23:30:00Z");
        global.put("minEventTime", "2026-05-31T23:30:00Z");
        ObjectNode text = WindowResults.average("kinds", 0).put("job", "time-series-speed");
        text.putObject("values").put("last", "open");
        text.putObject("sums");
        ObjectNode number = WindowResults.average("kinds", 1).put("job", "time-series-speed");
        number.putObject("values").put("avg", new java.math.BigDecimal("7.250000"));
        number.putObject("sums").put("value", "7250000");
        for (ObjectNode result : List.of(retracted, global, later, text, number)) {
            write(0, result);
        }
        // When
        startJob();
        awaitPosition(0, 5);
        // Then
        awaitCount("window-results", "key:kinds", 4);
        awaitCount("window-history", "key:kinds%20AND%20window.kind:global", 2);
        assertThat(view.count("window-results", "key:kinds%20AND%20status:RETRACTED"))
                .isEqualTo(1);
        assertThat(view.count("window-results", "key:kinds%20AND%20window.kind:global"))
                .isEqualTo(1);
        assertThat(view.count("window-results", "key:kinds%20AND%20window.kind:global%20AND%20generation:2"))
                .isEqualTo(1);
        assertThat(view.count("window-results", "key:kinds%20AND%20values.last:open"))
                .isEqualTo(1);
        assertThat(view.count("window-results", "key:kinds%20AND%20values.avg:%5B7.2%20TO%207.3%5D"))
                .isEqualTo(1);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void shouldIndexAlertsBesideResults() throws Exception {
        // Given
        String alerts = topic + "-alerts";
        String alertsId = create(alerts, 2);
        ContractFiles files = ContractFiles.of("alert");
        ObjectNode alert = (ObjectNode) Json.EXACT.readTree(files.bytes("examples/small-then-large.json"));
        String id = alert.get("id").textValue().replace("~7~", "~beside~");
        alert.put("id", id).put("client", "beside");
        write(0, WindowResults.average("beside", 0));
        alert.put("generation", 2).put("reason", "said by generation 2");
        log.write(alerts, 1, "7", alert.toString());
        alert.put("generation", 1).put("reason", "said by generation 1");
        log.write(alerts, 1, "7", alert.toString());
        for (String name : files.names("examples").toList()) {
            log.write(alerts, 0, null, new String(files.bytes(name), UTF_8));
        }
        // When
        startJob("--alerts-topic=" + alerts);
        awaitPosition(0, 1);
        await().untilAsserted(() -> assertThat(view.position(alertsId, 1)).isEqualTo(2));
        await().untilAsserted(() -> assertThat(view.position(alertsId, 0))
                .isEqualTo(files.names("examples").count()));
        // Then
        JsonNode found = view.document("alerts-2026.11", id);
        assertThat(found.at("/_source/reason").asText()).isEqualTo("said by generation 2");
        assertThat(found.at("/_source/log")).hasToString(place(alerts, alertsId, 1, 0));
        assertThat(found.path("_version").asLong()).isEqualTo((2L << 32) + 1);
        assertThat(current("beside")).isEqualTo("true 1 1");
        awaitCount("alerts", "pattern:impossible-travel%20AND%20client:7", 1);
        awaitCount("alerts", "transactions.amount:300", 1);
        awaitCount("alerts", "client:beside", 1);
        assertThat(deadLetters(alerts)).isEmpty();
    }

    @Test
    void shouldGoOnWithoutATopicThatIsNotAskedForAnyMore() throws Exception {
        // Given
        String audit = topic + "-audit";
        String auditId = create(audit, 1);
        ObjectNode example =
                (ObjectNode) Json.read(ContractFiles.of("audit-line").bytes("examples/first-line.json"));
        String line = example.toString();
        ArrayNode windows = (ArrayNode) example.at("/specs/0/windows");
        IntStream.range(0, 2_000).forEach(window -> windows.add(windows.get(0))); // more than 64 KB
        log.write(audit, 0, null, example.toString());
        write(0, WindowResults.average("audited", 0));
        startJob("--index-audit-topic=" + audit);
        awaitPosition(0, 1);
        await().untilAsserted(() -> assertThat(view.position(auditId, 0)).isEqualTo(1));
        String savepoint = flink.stop(job, data.resolve("savepoints"));
        log.write(audit, 0, null, line);
        write(0, WindowResults.average("unaudited", 0));
        // When
        job = flink.restore(new IndexResultsJob(), config(), savepoint);
        awaitPosition(0, 2);
        // Then
        log.write(audit, 0, null, line);
        write(0, WindowResults.average("later", 0));
        awaitPosition(0, 3);
        assertThat(flink.attempts(job)).isZero();
        assertThat(view.position(auditId, 0)).isEqualTo(1);
        assertThat(deadLetters(audit)).isEmpty();
    }

    @Test
    void shouldDropIndicesWhoseTimeIsOver() throws Exception {
        // Given
        view.put("/window-results-old-2020.01", "{}");
        view.put("/window-results-old-9998.01", "{}");
        view.put("/window-history-old-2020.01", "{}");
        view.put("/alerts-2020.01", "{}");
        view.put("/alerts-kept-2020.01", "{}");
        view.put("/window-results-closed-2020.01", "{}");
        view.send("POST", "/window-results-closed-2020.01/_close", "");
        for (String endedNow : List.of("window-results-quarter-2020.01", "alerts-2020.02")) {
            view.put("/" + endedNow + "/_doc/1?refresh=true", "{\"@timestamp\":\"" + Instant.now() + "\"}");
        }
        String unrefreshed = "/window-results-unrefreshed-2020.01";
        view.put(unrefreshed, "{\"settings\":{\"refresh_interval\":\"-1\"}}");
        view.put(unrefreshed + "/_doc/1", "{\"@timestamp\":\"" + Instant.now() + "\"}");
        // When
        startJob("--results-retention=30d", "--alerts-retention=400d");
        // Then: it had been refreshed before its documents were counted
        await().untilAsserted(() -> assertThat(
                        view.get(unrefreshed + "/_count").path("count").asInt())
                .isEqualTo(1));
        await().untilAsserted(() -> assertThat(view.get("/_cat/indices?h=index&format=json"))
                .extracting(index -> index.get("index").asText())
                .contains("window-results-old-9998.01", "window-history-old-2020.01", "alerts-kept-2020.01")
                .contains("window-results-quarter-2020.01", "alerts-2020.02", "window-results-unrefreshed-2020.01")
                .doesNotContain("window-results-old-2020.01", "alerts-2020.01", "window-results-closed-2020.01"));
    }

    @Test
    void shouldAnswerTheQueriesOfTheLegacySystems() throws Exception {
        // Given
        for (String device : List.of("meter1", "meter2", "meter3")) {
            write(0, WindowResults.average(device, 0));
            write(0, WindowResults.average(device, 1));
        }
        ObjectNode retracted = WindowResults.average("meter1", 2)
                .put("status", "RETRACTED")
                .put("mergedInto", WindowResults.average("meter1", 3).get("id").asText());
        write(0, retracted);
        ObjectNode total = WindowResults.example("transaction-total").put("key", "3000");
        write(0, total);
        // When
        startJob();
        awaitPosition(0, 8);
        awaitCount("window-results", "client:meter*", 7);
        awaitCount("total_amount", "client:3000", 1);
        // Then
        JsonNode found = view.get("/weather_data_1/_search?q=client:meter1").path("hits");
        assertThat(found.at("/total/value").asInt()).isEqualTo(2);
        assertThat(found.at("/hits/0/_source").properties())
                .extracting(Map.Entry::getKey)
                .contains("client", "row_date", "row_time", "avg_temp", "avg_hum");
        assertThat(averagesByClient("meter*")).isEqualTo(Map.of("meter1", 19.38, "meter2", 19.38, "meter3", 19.38));
        JsonNode totals = view.get("/total_amount/_search?q=client:3000").at("/hits/hits");
        assertThat(totals).hasSize(1);
        assertThat(totals.at("/0/_source").properties())
                .extracting(Map.Entry::getKey)
                .contains("client", "window_start", "window_end", "total_amount");
        assertThat(view.send("POST", "/total_amount/_search", """
                                        {"query": {"bool": {"filter": [
                                            {"term": {"client": "3000"}},
                                            {"range": {"window_end": {"gte": "2026-11-20 00:00:00"}}}]}}}""")
                        .at("/hits/total/value")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void shouldKeepTheNewestRevisionWhateverTheOrder() throws Exception {
        // Given
        write(0, revision("order1", true, 1, 2));
        write(0, revision("order1", true, 1, 1));
        write(0, revision("order2", true, 1, 1));
        write(0, revision("order2", false, 2, 1));
        write(0, revision("order3", false, 1, 5));
        write(0, revision("order3", true, 1, 1));
        write(0, revision("order3", true, 2, 1));
        // When
        startJob();
        awaitPosition(0, 7);
        // Then
        assertThat(current("order1")).isEqualTo("true 1 2");
        assertThat(current("order2")).isEqualTo("true 1 1");
        assertThat(current("order3")).isEqualTo("true 2 1");
        awaitCount("window-history", "client:order*", 7);
        awaitCount("window-results", "client:order*", 3);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void shouldChangeNothingWhenTheLogIsReplayed() throws Exception {
        // Given
        write(0, revision("again1", true, 1, 1));
        write(0, revision("again1", true, 1, 2));
        write(1, revision("again2", true, 1, 1));
        startJob();
        awaitPosition(0, 2);
        awaitPosition(1, 1);
        awaitCount("window-history", "client:again*", 3);
        String before = documents("client:again*");
        flink.cancel(job);
        // When
        write(1, revision("again3", true, 1, 1));
        startJob();
        awaitPosition(1, 2);
        // Then
        await().untilAsserted(() ->
                assertThat(view.count("window-history", "client:again*")).isEqualTo(4));
        assertThat(documents("client:again1 OR client:again2")).isEqualTo(before);
    }

    @Test
    void shouldMakeOneDeadLetterOfWhatTheIndexRefuses() throws Exception {
        // Given
        view.put("/window-results-narrow-2026.11", """
                {"mappings": {"properties": {"values": {"type": "object", "dynamic": "strict"}}}}""");
        ObjectNode refused = WindowResults.average("narrow1", 0).put("job", "narrow");
        write(0, WindowResults.average("narrow0", 0));
        write(0, refused);
        write(0, WindowResults.average("narrow2", 0));
        // When
        startJob();
        awaitPosition(0, 3);
        // Then
        assertThat(current("narrow0")).isEqualTo("true 1 1");
        assertThat(current("narrow2")).isEqualTo("true 1 1");
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo(WindowResults.bytes(refused));
            assertThat(new String(letter.key(), UTF_8)).isEqualTo("narrow1");
            assertThat(headers(letter))
                    .containsEntry("job", "index-results")
                    .containsEntry("generation", "1")
                    .containsEntry("reason", "index-refused")
                    .containsEntry("id", refused.get("id").textValue())
                    .containsEntry("topic", topic)
                    .containsEntry("partition", "0")
                    .containsEntry("offset", "1")
                    .containsKey("append-time");
            assertThat(headers(letter).get("message")).startsWith("400 strict_dynamic_mapping_exception");
        });
    }

    @Test
    void shouldMakeADeadLetterOfWhatIsNoResult() throws Exception {
        // Given
        log.write(topic, 0, "poison", "{\"id\":");
        write(0, WindowResults.average("healthy", 0));
        // When
        startJob();
        awaitPosition(0, 2);
        // Then
        assertThat(current("healthy")).isEqualTo("true 1 1");
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(new String(letter.value(), UTF_8)).isEqualTo("{\"id\":");
            assertThat(headers(letter)).containsEntry("reason", "not_json").doesNotContainKey("id");
        });
    }

    @Test
    void shouldNotPassARecordWhoseDeadLetterCannotBeWritten() throws Exception {
        // Given
        String letters = topic + "-letters";
        log.write(topic, 0, "poison", "nonsense");
        write(0, WindowResults.average("behind", 0));
        startJob(
                "--dead-letters-topic=" + letters,
                "--checkpoint-interval=1h"); // one between the two would hold the second back, too
        awaitCount("window-results", "client:behind", 1);
        assertThat(view.position(topicId, 0)).isLessThan(1);
        // When
        log.admin()
                .createTopics(List.of(new NewTopic(letters, 1, (short) 1)))
                .all()
                .get();
        // Then
        awaitPosition(0, 2);
        assertThat(log.committedValues(letters)).isNotEmpty().containsOnly("nonsense");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413})
    void shouldWaitWhileAProxyRefusesWhateverIsSent(int status) throws Exception {
        // Given
        String client = "refused" + status;
        write(0, WindowResults.average(client + 0, 0));
        write(0, WindowResults.average(client + 1, 0));
        try (var proxy = new RefusingProxy(elasticsearch.url(), status)) {
            startJob("--elasticsearch-url=" + proxy.url());
            await().until(() -> proxy.refused() >= 6);
            // When
            proxy.letThrough();
            awaitPosition(0, 2);
            // Then
            assertThat(current(client + 0)).isEqualTo("true 1 1");
            assertThat(current(client + 1)).isEqualTo("true 1 1");
            assertThat(deadLetters()).isEmpty();
            flink.cancel(job);
        }
    }

    @Test
    void shouldCompleteNoCheckpointBeforeThePositionsAreWritten() throws Exception {
        // Given
        write(0, WindowResults.average("held", 0));
        try (var proxy = new RefusingProxy(elasticsearch.url(), 503, body -> body.contains("window-positions"))) {
            startJob("--elasticsearch-url=" + proxy.url(), "--checkpoint-interval=1h");
            awaitCount("window-results", "client:held", 1);
            // When
            CompletableFuture<Void> checkpoint = CompletableFuture.runAsync(unchecked(() -> flink.checkpoint(job)));
            await().until(() -> flink.checkpoints(job).getTotalNumberOfCheckpoints() == 1);
            int refused = proxy.refused();
            await().until(() -> proxy.refused() >= refused + 3);
            // Then
            assertThat(checkpoint).isNotDone();
            assertThat(view.position(topicId, 0)).isEqualTo(-1);
            proxy.letThrough();
            checkpoint.get(1, TimeUnit.MINUTES);
            assertThat(view.position(topicId, 0)).isEqualTo(1);
            flink.cancel(job);
        }
    }

    @Test
    void shouldWaitWhenAMonthsIndexMayNotBeMade() throws Exception {
        // Given
        String limit = "{\"persistent\": {\"cluster.max_shards_per_node\": %s}}";
        ObjectNode first = WindowResults.average("crowded", 0).put("job", "crowded");
        write(0, WindowResults.average("roomy1", 0));
        startJob("--checkpoint-interval=1h"); // a checkpoint between the next two would hold the second back, too
        awaitPosition(0, 1);
        view.put("/_cluster/settings", limit.formatted(1));
        try {
            write(0, first);
            write(0, WindowResults.average("roomy2", 0));
            awaitCount("window-results", "client:roomy2", 1);
            assertThat(view.position(topicId, 0)).isEqualTo(1);
        } finally {
            // When
            view.put("/_cluster/settings", limit.formatted("null"));
        }
        // Then
        awaitPosition(0, 3);
        assertThat(deadLetters()).isEmpty();
        assertThat(view.document(
                                "window-results-crowded-2026.11",
                                first.get("id").textValue())
                        .get("found")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void shouldWaitForTemplatesThatElasticsearchHasLost() throws Exception {
        // Given
        write(0, WindowResults.average("known1", 0));
        startJob("--checkpoint-interval=1h"); // a checkpoint between the next two would hold the second back, too
        awaitPosition(0, 1);
        view.send("DELETE", "/_index_template/window-*", "");
        try {
            write(0, WindowResults.average("unknown", 0).put("job", "unknown"));
            write(0, WindowResults.average("known2", 0));
            awaitCount("window-results", "client:known2", 1);
            assertThat(view.position(topicId, 0)).isEqualTo(1);
        } finally {
            // When
            IndexTemplates.install(elasticsearch.url());
        }
        // Then
        awaitPosition(0, 3);
        assertThat(deadLetters()).isEmpty();
        awaitCount("window-results", "client:unknown", 1);
    }

    @Test
    void shouldMakeOneDeadLetterOfAnIdThatRefusesAWholeRequest() throws Exception {
        // Given
        for (int number = 0; number < 5; number++) {
            ObjectNode result = WindowResults.average("neighbour" + number, 0);
            write(0, number == 3 ? result.put("id", "i".repeat(513)) : result);
        }
        // When
        startJob();
        awaitPosition(0, 5);
        // Then
        assertThat(current("neighbour4")).isEqualTo("true 1 1");
        awaitCount("window-results", "client:neighbour*", 4);
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(new String(letter.key(), UTF_8)).isEqualTo("neighbour3");
            assertThat(headers(letter).get("message")).startsWith("400 action_request_validation_exception");
        });
    }

    @Test
    void shouldWaitForAWriteBlockToBeLifted() throws Exception {
        // Given
        String index = "window-results-blocked-2026.11";
        view.put('/' + index, "{\"settings\": {\"index.blocks.write\": true}}");
        ObjectNode result = WindowResults.average("blocked1", 0).put("job", "blocked");
        write(0, result);
        startJob();
        await().until(() -> view.position(topicId, 0) == 0);
        // When
        view.put('/' + index + "/_settings", "{\"index.blocks.write\": false}");
        // Then
        awaitPosition(0, 1);
        assertThat(view.document(index, result.get("id").textValue())
                        .get("found")
                        .asBoolean())
                .isTrue();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void shouldPublishOneMoreThanTheLastCommittedRecordOfEachPartition() throws Exception {
        // Given
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", log.servers());
        properties.setProperty("transactional.id", topic);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(message(0, WindowResults.average("rolled-back", 0))).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(message(0, WindowResults.average("committed1", 0)));
            producer.send(message(1, WindowResults.average("committed2", 0)));
            producer.commitTransaction();
        }
        // When
        startJob();
        awaitPosition(1, 1);
        awaitPosition(0, 3);
        // Then
        awaitCount("window-results", "client:committed*", 2);
        assertThat(view.count("window-results", "client:rolled-back")).isZero();
        assertThat(view.document("window-positions", "position~" + topicId + "~0")
                        .get("_version"))
                .hasToString("3");
        assertThat(view.document(
                                WEATHER,
                                WindowResults.average("committed1", 0).get("id").asText())
                        .at("/_source/log"))
                .hasToString(place(topic, topicId, 0, 2));
    }

    @Test
    void shouldMakeResultsSearchableWithoutWaitingForACheckpoint() throws Exception {
        // Given
        write(0, WindowResults.average("first", 0));
        startJob("--checkpoint-interval=1h");
        awaitPosition(0, 1);
        // When
        Duration shown = Duration.ofDays(1);
        for (int attempt = 1;
                shown.compareTo(PROMPT) > 0 && attempt <= 3;
                attempt++) { // the machine does other things, too
            Instant written = Instant.now();
            write(0, WindowResults.average("prompt" + attempt, 0));
            awaitCount("weather_data_1", "client:prompt" + attempt, 1);
            shown = Duration.between(written, Instant.now());
            awaitPosition(0, 1 + attempt);
        }
        // Then
        assertThat(shown).isLessThanOrEqualTo(PROMPT);
    }

    /** From a savepoint, as from any checkpoint. */
    @ParameterizedTest
    @CsvSource({"deleted, is not there", "of an older snapshot, says 1"})
    void shouldEndWhereElasticsearchHasLostWhatTheStateHasWritten(String positions, String found) throws Exception {
        // Given
        write(0, WindowResults.average("lost1", 0));
        startJob();
        awaitPosition(0, 1);
        JsonNode older = position();
        write(0, WindowResults.average("lost2", 0));
        awaitPosition(0, 2);
        String savepoint = flink.stop(job, data);
        deletePosition();
        if (!positions.equals("deleted")) {
            view.put("/window-positions/_doc/" + positionId(), older.toString());
        }
        // When
        job = flink.submit(new IndexResultsJob(), config(), SavepointRestoreSettings.forPath(savepoint));
        write(1, WindowResults.average("lost3", 0));
        awaitPosition(1, 1);
        write(0, WindowResults.average("lost4", 0));
        // Then
        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.failure(job).getExceptionAsString())
                .contains(
                        "Elasticsearch has lost documents: %s of index window-positions %s and the state goes on from 2"
                                .formatted(positionId(), found));
        assertThat(view.position(topicId, 0)).isLessThan(2);
    }

    /** Whatever positions it has: the job may have written them before anybody has seen that it is another one, or a new generation does. */
    @Test
    void shouldEndWhereTheIndexOfThePositionsIsAnotherOne() throws Exception {
        // Given
        write(0, WindowResults.average("lost5", 0));
        startJob();
        awaitPosition(0, 1);
        String savepoint = flink.stop(job, data);
        deletePositions();
        view.put("/window-positions", "{}");
        view.put("/window-positions/_doc/" + positionId(), "{\"offset\":9}");
        // When
        job = flink.submit(new IndexResultsJob(), config(), SavepointRestoreSettings.forPath(savepoint));
        write(0, WindowResults.average("lost6", 0));
        // Then
        assertLost();
        assertThat(view.position(topicId, 0)).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted", "restored", "deleted and restored"})
    void shouldEndWhenElasticsearchLosesDocumentsMeanwhile(String how) throws Exception {
        // Given
        write(0, WindowResults.average("lost7", 0));
        startJob("--checkpoint-interval=1h"); // a checkpoint before the restoration would end the job before it, too
        awaitPosition(0, 1);
        String repository = "/_snapshot/" + topic;
        view.put(repository, "{\"type\":\"fs\",\"settings\":{\"location\":\"" + topic + "\"}}");
        view.put(repository + "/before?wait_for_completion=true", "{\"indices\":\"window-positions\"}");
        write(0, WindowResults.average("lost8", 0));
        awaitPosition(0, 2);
        flink.checkpoint(job);
        // When
        if (how.contains("deleted")) {
            deletePositions();
        } else {
            view.send("POST", "/window-positions/_close", "");
        }
        if (how.contains("restored")) {
            view.send("POST", repository + "/before/_restore?wait_for_completion=true", "");
        }
        write(0, WindowResults.average("lost9", 0));
        assertThatThrownBy(() -> flink.checkpoint(job)).isInstanceOf(ExecutionException.class);
        // Then
        assertLost();
        assertThat(view.position(topicId, 0))
                .as("what a start from state finds")
                .isNegative();
    }

    @Test
    void shouldEndWhenTheTemplatesOfAnEmptiedElasticsearchAreBack() throws Exception {
        // Given
        write(0, WindowResults.average("lost10", 0));
        startJob("--checkpoint-interval=1h"); // a checkpoint between the next two would hold the second back, too
        awaitPosition(0, 1);
        for (String lost : List.of("/_index_template/window-*", "/window-positions")) {
            view.send("DELETE", lost, "");
        }
        try {
            write(0, WindowResults.average("emptied", 0).put("job", "emptied"));
            write(0, WindowResults.average("lost11", 0));
            awaitCount("window-results", "client:lost11", 1);
        } finally {
            // When
            IndexTemplates.install(elasticsearch.url());
        }
        awaitCount("window-results", "client:emptied", 1);
        // Then
        assertLost();
    }

    private void assertLost() {
        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.failure(job).getExceptionAsString())
                .contains("Elasticsearch has lost documents: index window-positions was ");
    }

    private void deletePositions() {
        view.send("DELETE", "/window-positions", "");
    }

    private String positionId() {
        return "position~" + topicId + "~0";
    }

    private JsonNode position() {
        return view.document("window-positions", positionId()).path("_source");
    }

    private void deletePosition() {
        view.send("DELETE", "/window-positions/_doc/" + positionId(), "");
    }

    private void startJob(String... more) throws Exception {
        job = flink.start(new IndexResultsJob(), config(more));
    }

    private JobConfig config(String... more) {
        List<String> options = new ArrayList<>(List.of(
                "--bootstrap-servers=" + log.servers(),
                "--input-topic=" + topic,
                "--state-dir=" + data.resolve("state").toUri()));
        options.addAll(List.of(more));
        if (!String.join(" ", more).contains("--elasticsearch-url")) {
            options.add("--elasticsearch-url=" + elasticsearch.url());
        }
        if (!String.join(" ", more).contains("--checkpoint-interval")) {
            options.add("--checkpoint-interval=500ms");
        }
        return JobConfig.of(IndexResultsJob.NAME, options.toArray(String[]::new));
    }

    private void write(int partition, ObjectNode result) throws Exception {
        log.write(topic, partition, result.get("key").textValue(), result.toString());
    }

    private ProducerRecord<String, String> message(int partition, ObjectNode result) {
        return new ProducerRecord<>(topic, partition, result.get("key").textValue(), result.toString());
    }

    private static ObjectNode revision(String device, boolean complete, long generation, long rev) {
        return WindowResults.average(device, 0)
                .put("complete", complete)
                .put("generation", generation)
                .put("rev", rev)
                .put("status", rev == 1 ? "FINAL" : "REVISED");
    }

    /** Where a record lies, and when the broker says that it appended it. */
    private static String place(String name, String epoch, int partition, long offset) throws Exception {
        long appended = log.committed(name).stream()
                .filter(record -> record.partition() == partition)
                .filter(record -> record.offset() == offset)
                .mapToLong(ConsumerRecord::timestamp)
                .findFirst()
                .orElseThrow();
        return "{\"epoch\":\"%s\",\"partition\":%d,\"offset\":%d,\"appended\":%d}"
                .formatted(epoch, partition, offset, appended);
    }

    private void awaitPosition(int partition, long offset) {
        await().untilAsserted(
                        () -> assertThat(view.position(topicId, partition)).isEqualTo(offset));
    }

    private void awaitCount(String alias, String query, long count) {
        await().untilAsserted(() -> assertThat(view.count(alias, query)).isEqualTo(count));
    }

    /** Complete, generation and rev of the device's document. */
    private static String current(String device) {
        JsonNode source = view.document(
                        WEATHER, WindowResults.average(device, 0).get("id").asText())
                .path("_source");
        return source.path("complete").asText()
                + ' '
                + source.path("generation").asText()
                + ' '
                + source.path("rev").asText();
    }

    /** All that is found in both kinds of indices, with versions, by id. */
    private static String documents(String query) {
        view.send("POST", "/window-results,window-history/_refresh", "");
        JsonNode hits = view.get(
                        "/window-results,window-history/_search?version=true&size=100&q=" + query.replace(" ", "%20"))
                .at("/hits/hits");
        Map<String, String> documents = new TreeMap<>();
        hits.forEach(hit -> documents.put(
                hit.get("_index").asText() + hit.get("_id").asText(), hit.get("_version") + " " + hit.get("_source")));
        return documents.toString();
    }

    private static Map<String, Double> averagesByClient(String clients) {
        JsonNode buckets = view.send("POST", "/weather_data_1/_search", """
                                {"size": 0, "query": {"wildcard": {"client": "%s"}},
                                 "aggs": {"clients": {"terms": {"field": "client.keyword"},
                                          "aggs": {"mean": {"avg": {"field": "avg_temp"}}}}}}""".formatted(clients))
                .at("/aggregations/clients/buckets");
        Map<String, Double> averages = new TreeMap<>();
        buckets.forEach(bucket -> averages.put(
                bucket.get("key").asText(), bucket.at("/mean/value").asDouble()));
        return averages;
    }

    private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return deadLetters(topic);
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(String topic) {
        return log.committed("dead-letters").stream()
                .filter(letter -> topic.equals(headers(letter).get("topic")))
                .toList();
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }
}
