// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.Checkout;
import dev.streampane.local.Http;
import dev.streampane.local.IndexTemplates;
import dev.streampane.local.LocalElasticsearch;
import dev.streampane.local.LocalKafka;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log with a window of each of four devices, one of them revised, and the documents of it. */
class IndexAuditIT {

    private static final List<String> DEVICES = List.of("deleted", "changed", "right", "revised");
    private static final String INDEX = "window-results-weather-average-2026.11";
    private static final String HISTORY = "window-history-weather-average-2026.11";
    private static final long VERSION = (1L << 60) + (1L << 32) + 1;

    @TempDir static Path data;
    private static LocalKafka kafka;
    private static LocalElasticsearch elasticsearch;
    private static String topicId;
    private static KafkaProducer<String, String> producer;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startServers() throws Exception {
        kafka = LocalKafka.start(data.resolve("kafka"));
        elasticsearch = LocalElasticsearch.start(data.resolve("elasticsearch"));
        IndexTemplates.install(elasticsearch.url());
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            NewTopic results =
                    new NewTopic("window-results", 1, (short) 1)
                            .configs(Map.of("message.timestamp.type", "LogAppendTime"));
            var created = admin.createTopics(List.of(results, new NewTopic("audit", 1, (short) 1)));
            topicId = created.topicId("window-results").get().toString();
        }
        producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        for (String device : DEVICES) {
            append(device, 1);
        }
        append("revised", 2);
        String books =
                """
                {"kind":"line","job":"weather-average","generation":1,"topic":"device-readings",
                 "topicId":"t","partition":0,"first":0,"last":0,"records":1,"rows":1,"rejected":0,
                 "heartbeats":1,"unguarded":0,"holes":[],"specs":[],"clockBefore":null,
                 "clockAfter":"2026-11-20T06:00:00Z","restored":false,
                 "settings":{"outOfOrderness":"PT5S","allowedLateness":"PT1M","skew":"PT5M"}}""";
        producer.send(new ProducerRecord<>("audit", books)).get();
    }

    @AfterAll
    static void stopServers() {
        producer.close();
        elasticsearch.close();
        kafka.close();
    }

    @BeforeEach
    void index() throws IOException {
        written(5);
        run("--repair");
        out.getBuffer().setLength(0);
    }

    @Test
    void shouldSayWhatIsMissingDifferentOrExtraAndRepairWhatTheLogHas() throws IOException {
        // Given
        assertThat(run()).isZero();
        assertThat(out.toString())
                .contains(
                        "index as the log",
                        "documents right        9",
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
                        "index not as the log",
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
        String settings = "/" + INDEX + "/_settings?filter_path=**.gc_deletes";
        assertThat(Http.get(elasticsearch.url().resolve(settings))).isEmpty();

        // When
        ask("DELETE", HISTORY, "made-up~1~1", "", "");

        // Then
        assertThat(run()).isZero();
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
    void shouldNotCallMissingWhatIsStillToBeIndexed() throws IOException {
        // Given
        ask("DELETE", INDEX, id("deleted"), "", "");
        written(0);

        // When
        int code = run();

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("documents missing      0", "documents settling     1");
    }

    @Test
    void shouldRefuseToRepairWithoutComparing() {
        // When
        int code =
                Streampane.commandLine()
                        .setErr(new PrintWriter(err, true))
                        .execute("audit", "--repair");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--repair needs --index");
    }

    private int run(String... more) {
        out.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of("audit", "--index"));
        arguments.add("--bootstrap-servers=" + kafka.bootstrapServers());
        arguments.add("--elasticsearch=" + elasticsearch.url());
        arguments.addAll(List.of(more));
        int code =
                Streampane.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments.toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        return code;
    }

    private static String id(String device) {
        return "weather-average~tumbling-1m~"
                + device
                + "~20261120T060000.000Z~20261120T060100.000Z";
    }

    private static void append(String device, int rev) throws Exception {
        Path example =
                Checkout.root()
                        .resolve("deploy/schemas/window-result/v1/examples/weather-average.json");
        String result =
                Files.readString(example)
                        .replace("device1", device)
                        .replace(
                                "\"rev\":1,\"status\":\"FINAL\"",
                                "\"rev\":" + rev + ",\"status\":\"FINAL\"");
        producer.send(new ProducerRecord<>("window-results", device, result)).get();
    }

    /** As far as index-results says that it has come. */
    private static void written(long offset) throws IOException {
        ask(
                "PUT",
                "window-positions",
                "position~" + topicId + "~0",
                "?refresh=true",
                "{\"topic\":\"window-results\",\"epoch\":\"%s\",\"partition\":0,\"offset\":%d}"
                        .formatted(topicId, offset));
    }

    private static JsonNode ask(String method, String index, String id, String query, String json)
            throws IOException {
        URI uri = elasticsearch.url().resolve("/" + index + "/_doc/" + id + query);
        return Http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json)),
                Http.PATIENCE);
    }
}
