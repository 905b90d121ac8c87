// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServerProcess;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.local.server.SharedKafka;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A log with a window of each of four devices, one of them revised, one with an alert and one with an audit line, and their documents; the
 * latest start of index-results reads topics of other names than usual.
 */
class IndexAuditIT {

    private static final List<String> DEVICES = List.of("deleted", "changed", "right", "revised");
    private static final String INDEX = "window-results-weather-average-2026.11";
    private static final String HISTORY = "window-history-weather-average-2026.11";
    private static final long VERSION = (1L << 60) + (1L << 32) + 1;

    @TempDir
    static Path data;

    private static LocalKafka kafka;
    private static LocalElasticsearch elasticsearch;
    private static final String RESULTS = "own-results";
    private static final String ALERTS = "own-alerts";
    private static final List<String> LOGS = List.of(RESULTS, ALERTS, "lines");
    private static final Map<String, String> TOPIC_IDS = new TreeMap<>();
    private static String topicId;
    private static KafkaProducer<String, String> producer;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startServers() throws Exception {
        kafka = SharedKafka.empty();
        elasticsearch = SharedElasticsearch.empty();
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            List<NewTopic> topics = new ArrayList<>();
            topics.add(new NewTopic("audit", 1, (short) 1));
            topics.add(new NewTopic("job-runs", 1, (short) 1));
            for (String log : LOGS) {
                topics.add(new NewTopic(log, 2, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime")));
            }
            var created = admin.createTopics(topics);
            for (String log : LOGS) {
                TOPIC_IDS.put(log, created.topicId(log).get().toString());
            }
            topicId = TOPIC_IDS.get(RESULTS);
            abort(client);
            admin.deleteRecords(Map.of(new TopicPartition(RESULTS, 1), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        for (String device : DEVICES) {
            append(device, 1);
        }
        append("revised", 2);
        send(RESULTS, result("dropped", 1).replace("2026-11-20", "1999-11-20"));
        // a dead letter of index-results, and no document
        send(RESULTS, result("unnamed", 1).replace(id("unnamed"), ""));
        send(ALERTS, example("alert/v1/examples/small-then-large.json"));
        send("lines", example("audit-line/v1/examples/first-line.json"));
        send("job-runs", """
                {"job":"index-results","generation":1,"jobId":"i","specs":[],
                 "settings":{"input-topic":"window-results","alerts-topic":"alerts","index-audit-topic":"off",
                 "results-retention":"off","history-retention":"off"},
                 "started":"2026-11-20T06:00:00Z",
                 "changes":[{"started":"2026-11-20T07:00:00Z","settings":
                 {"input-topic":"own-results","alerts-topic":"own-alerts","index-audit-topic":"lines",
                 "results-retention":"P9000D","history-retention":"9000d"}}]}""");
        String lines = """
                {"kind":"line","job":"weather-average","generation":1,"topic":"device-readings",
                 "topicId":"t","partition":0,"first":0,"last":0,"records":1,"rows":1,"rejected":0,
                 "heartbeats":1,"unguarded":0,"holes":[],"specs":[],"clockBefore":null,
                 "clockAfter":"2026-11-20T06:00:00Z","restored":false,
                 "settings":{"outOfOrderness":"PT5S","allowedLateness":"PT1M","skew":"PT5M"}}""";
        send("audit", lines);
    }

    private static String example(String file) throws IOException {
        return Files.readString(Checkout.root().resolve("deploy/schemas").resolve(file));
    }

    /** Two records of partition 1, which nobody reads. */
    private static void abort(Map<String, Object> client) throws IOException {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("transactional.id", "index-audit");
        try (var aborted = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            aborted.initTransactions();
            aborted.beginTransaction();
            aborted.send(new ProducerRecord<>(RESULTS, 1, null, result("aborted", 1)));
            aborted.send(new ProducerRecord<>(RESULTS, 1, null, result("aborted", 2)));
            aborted.flush();
            aborted.abortTransaction();
        }
    }

    private static void send(String topic, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
    }

    @AfterAll
    static void closeProducer() {
        producer.close();
    }

    @BeforeEach
    void index() throws IOException {
        ask("DELETE", "window-positions?ignore_unavailable=true", "");
        ask("PUT", "window-positions", "{}"); // as index-results does
        written(7);
        run("--repair");
        out.getBuffer().setLength(0);
    }

    @Test
    void shouldSayWhatIsMissingDifferentOrExtraAndRepairWhatTheLogHas() throws IOException {
        // Given
        assertThat(run()).isZero();
        assertThat(out.toString())
                .contains(
                        "index equals the log",
                        "documents right        11",
                        "audit lines            1",
                        "heartbeats             1");
        ask("DELETE", INDEX, id("deleted"), "", "");
        JsonNode right = ask("GET", INDEX, id("changed"), "", "");
        ObjectNode changed = right.path("_source").deepCopy();
        changed.put("avg_temp", 99.5);
        ask("PUT", INDEX, id("changed"), "", changed.toString());
        ask("PUT", INDEX, id("changed"), "", changed.toString());
        ask("PUT", HISTORY, "made-up~1~1", "", changed.put("id", "made-up").toString());

        // When
        int found = run();

        // Then
        assertThat(found).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "index differs from the log",
                        "documents missing      1",
                        "documents different    1",
                        "documents extra        1",
                        "missing: " + INDEX + "/_doc/" + id("deleted") + ": it is not there",
                        "different: " + INDEX + "/_doc/" + id("changed") + ": in avg_temp",
                        "extra: " + HISTORY + "/_doc/made-up~1~1: the log does not have it");

        // When
        int repaired = run("--repair", "--json");

        // Then
        assertThat(repaired).isEqualTo(1);
        JsonNode report = Http.JSON.readTree(out.toString()).path("index");
        assertThat(report.path("repaired").asInt()).isEqualTo(2);
        assertThat(report.path("findings")).hasSize(1);
        for (String device : List.of("deleted", "changed")) {
            JsonNode document = ask("GET", INDEX, id(device), "", "");
            assertThat(document.path("_version").asLong()).isEqualTo(VERSION);
            assertThat(document.at("/_source/avg_temp").asText()).isEqualTo("19.38");
        }
        assertThat(forgetting()).isEmpty();

        // When
        ask("DELETE", HISTORY, "made-up~1~1", "", "");

        // Then
        assertThat(run()).isZero();
    }

    /** As who edits a document and keeps its version. */
    @Test
    void shouldRepairWhatIsFalseThoughItsVersionIsRight() throws IOException {
        // Given
        ObjectNode document =
                ask("GET", INDEX, id("changed"), "", "").path("_source").deepCopy();
        document.put("avg_temp", 99.5);
        JsonNode put =
                ask("PUT", INDEX, id("changed"), "?version_type=external_gte&version=" + VERSION, document.toString());
        assertThat(put.path("_version").asLong()).isEqualTo(VERSION);

        // When
        int code = run("--repair");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents different    1", "documents repaired     1");
        assertThat(ask("GET", INDEX, id("changed"), "", "")
                        .at("/_source/avg_temp")
                        .asText())
                .isEqualTo("19.38");
    }

    @Test
    void shouldLeaveIndicesThatTheLatestStartOfIndexResultsKeepsNoLonger() throws IOException {
        // When
        int code = run("--repair");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents missing      0", "documents expired      2");
        assertThat(ask("GET", "window-*-1999.*/_count", "").at("/_shards/total").asInt())
                .isZero();
    }

    @Test
    void shouldLeaveWhatWentWithAnIndexThatACorrectionHasMadeAnew() throws IOException {
        // Given
        String anew = INDEX.replace("2026.11", "1999.11");
        ask("PUT", anew, "");

        // When
        int code = run("--repair");

        // Then
        int documents = ask("GET", anew + "/_count", "").path("count").asInt();
        ask("DELETE", anew, "");
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents repaired     0", "documents expired      2");
        assertThat(documents).isZero();
    }

    @Test
    void shouldSayWhatAnIndexOfAnotherNameBringsIntoTheAlias() throws IOException {
        // Given: as a snapshot that was restored under another name
        String copy = "restored-" + INDEX;
        String source = ask("GET", INDEX, id("right"), "", "").path("_source").toString();
        ask("PUT", copy, "{\"aliases\":{\"window-results\":{}}}");
        ask("PUT", copy, id("right"), "?version_type=external_gte&version=" + VERSION, source);

        // When
        int code = run();

        // Then
        ask("DELETE", copy, "");
        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains("extra: " + copy + "/_doc/" + id("right"));
    }

    @Test
    void shouldCompareAlertsAndIndexedAuditLinesAsWell() throws IOException {
        // Given
        String alert = "fraud-detection~small-then-large~7~transactions-2-4711";
        String line = TOPIC_IDS.get("lines") + "~0~0";
        String lines = ask("GET", "audit/_search", "").at("/hits/hits/0/_index").asText();
        ask("DELETE", "alerts-2026.11", alert, "", "");
        ask("PUT", lines, line, "", "{\"rows\":1}");

        // When
        int found = run();

        // Then
        assertThat(found).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "documents missing      1",
                        "documents different    1",
                        "missing: alerts-2026.11/_doc/" + alert,
                        "different: " + lines + "/_doc/" + line + ": in @timestamp, first, ");

        // When
        int repaired = run("--repair");

        // Then
        assertThat(repaired).isZero();
        assertThat(ask("GET", "alerts-2026.11", alert, "", "").path("_version").asLong())
                .isEqualTo((1L << 32) + 1);
        assertThat(ask("GET", lines, line, "", "").path("_version").asLong()).isEqualTo(1);
    }

    @Test
    void shouldSayOfADocumentThatItLiesInTheIndexOfAnotherMonth() throws IOException {
        // Given
        String other = INDEX.replace("2026.11", "2026.10");
        String source = ask("GET", INDEX, id("right"), "", "").path("_source").toString();
        ask("DELETE", INDEX, id("right"), "", "");
        ask("PUT", other, id("right"), "?version_type=external_gte&version=" + VERSION, source);

        // When
        int code = run();

        // Then
        ask("DELETE", other, "");
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "missing: " + INDEX + "/_doc/" + id("right") + ": it is not there",
                        "extra: " + other + "/_doc/" + id("right") + ": the log does not have it");
    }

    @Test
    void shouldSayOfADocumentFromAPartitionWithoutRecordsWhetherItsRecordIsGoneOrNeverWas() throws IOException {
        // Given
        ObjectNode source =
                ask("GET", INDEX, id("right"), "", "").path("_source").deepCopy();
        ObjectNode log = (ObjectNode) source.get("log");
        log.put("partition", 1);
        log.put("offset", 0);
        ask("PUT", HISTORY, "gone~1~1", "", source.toString());
        log.put("offset", 1);
        ask("PUT", HISTORY, "made-up~1~1", "", source.toString());

        // When
        int code = run();

        // Then
        ask("DELETE", HISTORY, "gone~1~1", "", "");
        ask("DELETE", HISTORY, "made-up~1~1", "", "");
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "documents extra        1",
                        "documents settling     0",
                        "documents expired      3",
                        "extra: " + HISTORY + "/_doc/made-up~1~1: the log does not have it");
    }

    @Test
    void shouldLeaveADocumentOfANewerRevisionWhoseRecordIsGone() throws IOException {
        // Given
        ObjectNode source =
                ask("GET", INDEX, id("right"), "", "").path("_source").deepCopy();
        ((ObjectNode) source.get("log")).put("partition", 1).put("offset", 0);
        source.put("count", 1);
        long newer = VERSION + 5;
        ask("PUT", INDEX, id("right"), "?version_type=external_gte&version=" + newer, source.toString());

        // When
        int code = run("--repair");

        // Then
        JsonNode document = ask("GET", INDEX, id("right"), "", "");
        ask("DELETE", INDEX, id("right"), "", "");
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents repaired     0", "documents expired      3");
        assertThat(document.path("_version").asLong()).isEqualTo(newer);
    }

    @Test
    void shouldLetTheNextRevisionOfARepairedDocumentWin() throws IOException {
        // Given
        for (int time = 0; time < 3; time++) {
            ask("PUT", INDEX, id("right"), "", "{\"id\":\"" + id("right") + "\"}");
        }
        run("--repair");

        // When
        String next = "?version_type=external_gte&version=" + (VERSION + 1);
        JsonNode answer = ask("PUT", INDEX, id("right"), next, "{\"id\":\"revised\"}");

        // Then
        assertThat(answer.path("_version").asLong()).isEqualTo(VERSION + 1);
        ask("DELETE", INDEX, id("right"), "", "");
    }

    @Test
    void shouldLetANewerRevisionWinThatComesWhileItsDocumentIsRepaired() throws IOException {
        // Given
        for (int time = 0; time < 3; time++) {
            ask("PUT", INDEX, id("right"), "", "{\"id\":\"" + id("right") + "\"}");
        }
        CompletableFuture<Void> index = CompletableFuture.runAsync(() -> await().pollInterval(Duration.ofMillis(1))
                .ignoreExceptions()
                .until(() -> ask(
                                "PUT",
                                INDEX,
                                id("right"),
                                "?version_type=external_gte&version=" + (VERSION + 1),
                                "{\"id\":\"revised\"}")
                        .has("_version")));

        // When
        int code = run("--repair");

        // Then
        index.join();
        assertThat(code).isZero();
        assertThat(ask("GET", INDEX, id("right"), "", "").path("_version").asLong())
                .isEqualTo(VERSION + 1);
        ask("DELETE", INDEX, id("right"), "", "");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldRepairADocumentWholeAndHaveVersionsCountAgainWhenToldToEnd() throws Exception {
        // Given
        for (String device : List.of("changed", "revised", "right")) {
            for (int time = 0; time < 3; time++) {
                ask("PUT", INDEX, id(device), "", "{\"id\":\"" + id(device) + "\"}");
            }
        }
        List<String> command = ServerProcess.java();
        command.addAll(
                List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Streampane.class.getName()));
        try (CutProxy proxy = new CutProxy(elasticsearch.url())) {
            command.addAll(audit(proxy.url(), "--repair"));
            var repair = new CompletableFuture<Process>();
            proxy.cutBehind(piece -> {
                if (piece.startsWith("DELETE")) {
                    repair.join().destroy();
                    await().until(() -> hasThread(repair.join(), "end-repair"));
                }
                return false;
            });

            // When
            repair.complete(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("repair.log").toFile())
                    .start());

            // Then
            assertThat(repair.join().waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(repair.join().exitValue()).isEqualTo(143);
            assertThat(forgetting()).isEmpty();
            assertThat(run()).isEqualTo(1);
            assertThat(out.toString()).contains("documents missing      0", "documents different    2");
        }
    }

    private static boolean hasThread(Process process, String name) throws Exception {
        String search = "grep -qsx %s /proc/%d/task/*/comm".formatted(name, process.pid());
        return new ProcessBuilder("sh", "-c", search).start().waitFor() == 0;
    }

    @Test
    void shouldHaveVersionsCountAgainWhereARepairThatWasKilledHasLeftNone() throws IOException {
        // Given
        ask("PUT", INDEX + "/_settings", "{\"index\":{\"gc_deletes\":\"0ms\"}}");
        ask("PUT", HISTORY + "/_settings", "{\"index\":{\"gc_deletes\":\"2m\"}}");

        // When
        int code = run("--repair");

        // Then
        assertThat(code).isZero();
        assertThat(forgetting()).isEmpty();
        assertThat(ask("GET", HISTORY + "/_settings?filter_path=**.gc_deletes", "")
                        .toString())
                .contains("2m");
        ask("PUT", HISTORY + "/_settings", "{\"index\":{\"gc_deletes\":null}}");
    }

    @Test
    void shouldRepairThoughAnotherRepairHasVersionsCountAgain() throws IOException {
        // Given
        for (int time = 0; time < 3; time++) {
            ask("PUT", INDEX, id("right"), "", "{\"id\":\"" + id("right") + "\"}");
        }
        int code;
        try (CutProxy proxy = new CutProxy(elasticsearch.url())) {
            proxy.cutBehind(piece -> {
                if (piece.startsWith("DELETE")) {
                    versionsCount();
                }
                return false;
            });

            // When
            code = run(proxy.url(), "--repair");
        }

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents repaired     1");
        assertThat(forgetting()).isEmpty();
    }

    /** What a repair begins and ends with. */
    private static void versionsCount() {
        try {
            ask("PUT", INDEX + "/_settings", "{\"index\":{\"gc_deletes\":null}}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldNotCallMissingWhatIsStillToBeIndexed() throws IOException {
        // Given
        ask("DELETE", INDEX, id("deleted"), "", "");
        written(0);

        // When
        int code = run();

        // Then: nor what is in indices that were dropped
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains(
                        "index equals the log up to the position of index-results",
                        "documents missing      0",
                        "documents settling     3")
                .doesNotContain("no position");
    }

    @Test
    void shouldNotSayThatAnEmptyIndexIsAsTheLog() throws IOException {
        // Given
        for (String index : List.of("window-positions", INDEX, HISTORY, "alerts-2026.11")) {
            ask("DELETE", index, "");
        }

        // When
        int code = run();

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains(
                        "index equals the log up to the position of index-results",
                        "documents settling     12",
                        "no position: own-results-0: ",
                        "no position: own-alerts-0: ",
                        "no position: lines-0: ")
                .doesNotContain("own-results-1");

        // When
        run("--json");

        // Then
        assertThat(Http.JSON.readTree(out.toString()).at("/index/withoutPosition"))
                .extracting(JsonNode::asText)
                .containsExactly("own-results-0", "own-alerts-0", "lines-0");
    }

    @Test
    void shouldNameAnIndexThatWasCreatedWithoutItsTemplate() throws IOException {
        // Given: as after the loss of all that Elasticsearch had
        for (String lost : List.of(INDEX, "_index_template/window-results*")) {
            ask("DELETE", lost, "");
        }
        ask("PUT", INDEX, "");
        int repaired = run("--repair");

        // When
        int code = run();

        // Then
        IndexTemplates.install(elasticsearch.url());
        ask("DELETE", INDEX, "");
        assertThat(repaired).isEqualTo(1);
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "indices are not as their templates make them",
                        "documents right        11",
                        "wrong index: " + INDEX + ": it was created without its template: stop index-results, delete"
                                + " this index and window-positions,");
    }

    @Test
    void shouldGiveAnIndexTheAliasesThatItLacks() throws IOException {
        // Given
        for (String alias : List.of(INDEX + "/_alias/*", "alerts-2026.11/_alias/alerts")) {
            ask("DELETE", alias, "");
        }

        // When
        int found = run("--json");

        // Then
        assertThat(found).isEqualTo(1);
        assertThat(Http.JSON.readTree(out.toString()).at("/index/wrongIndices"))
                .extracting(
                        one -> one.path("index").asText() + one.path("detail").asText())
                .containsExactly(
                        INDEX + "it lacks the alias weather_data_1, window-results",
                        "alerts-2026.11it lacks the alias alerts");

        // When
        int repaired = run("--repair");

        // Then
        assertThat(repaired).isZero();
        assertThat(run()).isZero();
        JsonNode aliases = ask("GET", INDEX + "/_alias", "").at("/" + INDEX + "/aliases");
        assertThat(aliases.at("/weather_data_1/filter").toString()).contains("RETRACTED");
        assertThat(aliases.has("window-results")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"--repair, --repair needs --index", "--elasticsearch=http://127.0.0.1:1, --elasticsearch needs --index"
    })
    void shouldRefuseWhatIsOfNoUseWithoutComparing(String option, String told) {
        // When
        int code = Streampane.commandLine().setErr(new PrintWriter(err, true)).execute("audit", option);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(told);
    }

    private static List<String> audit(URI elasticsearch, String... more) {
        List<String> arguments = new ArrayList<>(List.of("audit", "--index"));
        arguments.add("--bootstrap-servers=" + kafka.bootstrapServers());
        arguments.add("--elasticsearch=" + elasticsearch);
        arguments.addAll(List.of(more));
        return arguments;
    }

    private int run(String... more) {
        return run(elasticsearch.url(), more);
    }

    private int run(URI url, String... more) {
        out.getBuffer().setLength(0);
        List<String> arguments = audit(url, more);
        int code = Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(err.toString().lines())
                .allMatch(line -> line.matches("[0-9,]+ .*")); // how far it is, where it takes long
        return code;
    }

    /** What the index is told of versions of deleted documents, when it is told anything. */
    private static JsonNode forgetting() throws IOException {
        return ask("GET", INDEX + "/_settings?filter_path=**.gc_deletes", "");
    }

    private static String id(String device) {
        return "weather-average~tumbling-1m~" + device + "~20261120T060000.000Z~20261120T060100.000Z";
    }

    private static void append(String device, int rev) throws Exception {
        producer.send(new ProducerRecord<>(RESULTS, 0, device, result(device, rev)))
                .get();
    }

    private static String result(String device, int rev) throws IOException {
        return example("window-result/v1/examples/weather-average.json")
                .replace("device1", device)
                .replace("\"rev\":1,\"status\":\"FINAL\"", "\"rev\":" + rev + ",\"status\":\"FINAL\"");
    }

    /** As far as index-results says that it has come. */
    private static void written(long offset) throws IOException {
        for (String log : LOGS) {
            ask(
                    "PUT",
                    "window-positions",
                    "position~" + TOPIC_IDS.get(log) + "~0",
                    "?refresh=true",
                    "{\"topic\":\"%s\",\"epoch\":\"%s\",\"partition\":0,\"offset\":%d}"
                            .formatted(log, TOPIC_IDS.get(log), offset));
        }
    }

    private static JsonNode ask(String method, String index, String id, String query, String json) throws IOException {
        return ask(method, index + "/_doc/" + id + query, json);
    }

    private static JsonNode ask(String method, String path, String json) throws IOException {
        URI uri = elasticsearch.url().resolve("/" + path);
        return Http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json)),
                Http.PATIENCE);
    }
}
