// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.EventParser;
import dev.streampane.results.EventStream;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.ServiceProcess;
import dev.streampane.results.Store;
import dev.streampane.results.Topics;
import dev.streampane.results.problem.QueryCursor;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged service under profile api-key, with results of two jobs in log and store. */
@Tag("native")
@BesideQuarkus
class WhoReadsWhatIT {

    private static final String MONTH = "2026.11";
    private static final int STREAMS = 3;
    private static final String AUTHORIZATION = "Authorization";
    private static final String ALERT = "fraud-detection~small-then-large~%s~transactions-0-1";

    private static final int MANY = 20_000;
    private static final String KEYS_FILE = "keys\u001b[31m\nforged";

    @TempDir
    static Path folder;

    private static final Map<String, ApiKey.IssuedKey> KEYS = new HashMap<>();
    private static ServiceProcess service;

    /** What has made a key of the file. */
    private static ServiceProcess made;

    /** One that asks nobody who they are, of an Elasticsearch that takes its time. */
    private static ServiceProcess patient;

    private static CutProxy slow;
    private static CutProxy network;
    private static String brokers;
    private static Store store;

    @BeforeAll
    static void start() throws IOException {
        make("admin", "admin");
        make("reader", "read:a/x*", "read:fraud-detection/x*");
        make("narrow", "read:weather-average/x*");
        make("whole", "read:a");
        make("stranger", "read:elsewhere");
        make("greedy", "read:a");
        make("leaver", "read:a");
        make("slow", "read:long");
        make("crowd", "read:a");
        make("many", "read:long");
        make("others", "read:long");
        make("hasty", "read:a");
        made = new ServiceProcess(folder, Map.of(), "--new-key", "dash", "--scope", "read:a").start();
        URI elasticsearch = SharedElasticsearch.empty().url();
        Map<String, String> settings = RealServers.settings(SharedKafka.empty(), elasticsearch);
        brokers = settings.get("kafka.bootstrap.servers");
        network = new CutProxy(elasticsearch);
        settings.put("quarkus.elasticsearch.hosts", network.url().getAuthority());
        settings.put("results.security.profile", "api-key");
        settings.put("results.security.keys-file", folder.resolve(KEYS_FILE).toString());
        settings.put("results.security.keys-refresh", "200ms");
        settings.put("results.limits.requests-per-second", "20");
        settings.put("results.limits.burst", "400");
        settings.put("results.stream.stall-timeout", "30s");
        settings.put("results.stream.max-per-principal", Integer.toString(STREAMS));
        settings.put("quarkus.http.cors.enabled", "true");
        settings.put("quarkus.http.cors.origins", "https://page.example");
        store = new Store(elasticsearch);
        try (Log log = new Log(brokers)) {
            log.put("job-runs", null, "a/1", Fixtures.jobRun("a", 1, null, null));
            for (String job : List.of("a", "b")) {
                for (String key : List.of("x1", "y1")) {
                    String result = result(job, key, SIX);
                    log.put("window-results", 0, key, result);
                    store.result(job, MONTH, id(job, key, SIX), result);
                    store.revision(job, MONTH, id(job, key, SIX), 1, 1, result);
                }
            }
        }
        for (String client : List.of("x1", "y1")) {
            store.alert(MONTH, ALERT.formatted(client), alert(client));
        }
        putMany(store);
        store.refresh();
        slow = new CutProxy(elasticsearch);
        made.exit();
        writeKeys();
        service = new ServiceProcess(folder, settings).start();
        patient = new ServiceProcess(
                        folder,
                        Map.of(
                                "kafka.bootstrap.servers", brokers,
                                "quarkus.elasticsearch.hosts", slow.url().getAuthority(),
                                "results.query.timeout", "8s",
                                "results.query.at-least-timeout", "0s",
                                "results.stream.max-life", "1s"))
                .start();
        service.awaitReady();
        patient.awaitReady();
    }

    @AfterAll
    static void stop() {
        if (made != null) {
            made.close();
        }
        if (service != null) {
            service.close();
        }
        if (patient != null) {
            patient.close();
        }
        if (slow != null) {
            slow.close();
        }
        if (network != null) {
            network.close();
        }
    }

    static Stream<String> operations() throws IOException {
        return Operations.documented().stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldAnswerNothingWithoutCredentials(String operation) {
        // When
        HttpResponse<String> answer = send(operation);
        // Then
        assertProblem(answer, 401, "unauthorized");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"streampane\"");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldKeepWhatIsReadOutOfSharedCaches(String operation) {
        if (!operation.contains("/stream")) {
            HttpResponse<String> answer =
                    send(operation, "X-API-Key", KEYS.get("admin").key());
            assertThat(answer.statusCode()).isIn(200, 201, 404, 422);
            assertThat(answer.headers().firstValue("Cache-Control").orElse("none"))
                    .isIn("no-store", "private, no-cache");
            assertThat(answer.headers().allValues("Vary").contains("Accept")).isEqualTo(operation.endsWith("/windows"));
        }
    }

    @Test
    void shouldLeaveAnswersInLinesToOthersHoweverManyOneReaderTakes() throws IOException {
        // Given: answers that nobody reads
        List<Socket> taken = new ArrayList<>();
        try {
            String answer;
            do {
                taken.add(lines("many"));
                answer = status(taken.get(taken.size() - 1));
            } while (answer.endsWith(" 200 OK"));
            assertThat(answer).contains(" 503 ");
            // When
            taken.add(lines("others"));
            // Then
            assertThat(status(taken.get(taken.size() - 1))).endsWith(" 200 OK");
        } finally {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    private static Socket lines(String name) throws IOException {
        String headers = String.join(": ", header(name)) + "\r\nAccept: application/x-ndjson";
        return RawHttp.open(
                service.root(), 4 << 10, "GET /api/v1/windows?job=long HTTP/1.0\r\n" + headers + "\r\n\r\n");
    }

    private static String status(Socket socket) throws IOException {
        return RawHttp.head(socket.getInputStream()).lines().findFirst().orElse("");
    }

    @Test
    void shouldAnswerOfWhatMayNotBeReadAsOfWhatIsNotThereWhileElasticsearchIsAway() {
        String[] reader = header("reader");
        network.cutOff();
        try {
            // Given: that one is in memory
            assertStatus(200, "/api/v1/windows/" + id("a", "y1", SIX), header("admin"));
            // Then
            for (String key : List.of("y1", "y2")) {
                assertStatus(503, "/api/v1/windows/" + id("a", key, SIX), reader);
            }
        } finally {
            network.restore();
        }
        await().until(() ->
                service.get("/api/v1/windows/" + id("a", "y1", SIX), reader).statusCode() == 404);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldShowNothingToAKeyOfAnotherJob(String operation) {
        if (operation.equals("POST /api/v1/tickets")) {
            assertThat(send(operation, header("stranger")).statusCode()).isEqualTo(201);
            return;
        }
        // When
        HttpResponse<String> answer = operation.contains("/stream")
                ? send(operation + "?job=a", header("stranger"))
                : send(operation, header("stranger"));
        // Then
        if (answer.statusCode() == 200) {
            assertThat(JsonPath.from(answer.body()).getList("items")).isEmpty();
            // a position has the topic's id, which may hold any two letters
            assertThat(answer.body().replaceAll("\"position\":\"[^\"]*\"", ""))
                    .doesNotContain("x1", "y1", "device-readings");
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
            assertThat(answer.body()).contains("/problems/forbidden", "the scope ");
        }
    }

    static Stream<Arguments> presented() {
        String admin = KEYS.get("admin").key();
        return Stream.of(
                arguments("API key empty", List.of("X-API-Key", "")),
                arguments("API key empty bearer", List.of(AUTHORIZATION, "Bearer")),
                arguments("API key empty bearer with space", List.of(AUTHORIZATION, "Bearer  ")),
                arguments("API key twice", List.of("X-API-Key", admin, "X-API-Key", admin)),
                arguments(
                        "API key twice by both headers", List.of("X-API-Key", admin, AUTHORIZATION, "Bearer " + admin)),
                arguments("API key twice in one header", List.of("X-API-Key", admin + "," + admin)),
                arguments("API key as Basic", List.of(AUTHORIZATION, "Basic " + admin)),
                arguments("API key without scheme", List.of(AUTHORIZATION, admin)),
                arguments("JWT alg none", List.of(AUTHORIZATION, "Bearer eyJhbGciOiJub25lIn0.e30.")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("presented")
    void shouldRefuseCredential(String name, List<String> headers) {
        // When
        HttpResponse<String> answer = service.get("/api/v1/jobs", headers.toArray(String[]::new));
        // Then
        assertProblem(answer, 401, "unauthorized");
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .contains("Bearer realm=\"streampane\", error=\"invalid_token\"");
    }

    @Test
    void shouldTakeAKeyByEitherHeader() {
        String key = KEYS.get("whole").key();
        for (String scheme : List.of("Bearer ", "bearer ", "BEARER   ")) {
            assertStatus(200, "/api/v1/jobs", AUTHORIZATION, scheme + key);
        }
        assertStatus(200, "/api/v1/jobs", "x-api-key", key);
        assertStatus(401, "/api/v1/jobs?key=" + key); // never in the URL
    }

    @Test
    void shouldTakeAKeyThatWasMadeWithoutStartingAnything() {
        assertThat(made.exit()).isZero();
        List<String> lines = made.log().lines().toList();
        assertThat(lines).hasSize(2);
        String key = lines.get(0).replace("key:  ", "");
        assertThat(service.send("POST", "/api/v1/tickets", "X-API-Key", key).statusCode())
                .isEqualTo(201);
        assertThat(service.log())
                .doesNotContain(key)
                .doesNotContain("\u001b", "\nforged")
                .contains("keys?[31m?forged");
    }

    @Test
    void shouldShowAReaderTheKeysOfItsPrefixOnly() {
        String[] reader = header("reader");
        assertThat(items("/api/v1/windows?job=a", "key", reader)).contains("x1").allMatch(key -> key.startsWith("x"));
        assertThat(items("/api/v1/windows?job=a&key=x1", "key", reader)).containsExactly("x1");
        assertThat(csv("/api/v1/windows?job=a&fields=key", reader))
                .startsWith("key")
                .contains("x1")
                .allMatch(line -> line.equals("key") || line.startsWith("x"));
        String topKeys = "/api/v1/windows/aggregate?job=a&fn=count&groupBy=key";
        assertThat(items(topKeys, "key", reader)).contains("x1").allMatch(key -> key.startsWith("x"));
        assertThat(JsonPath.from(service.get(topKeys, reader).body()).getInt("keys"))
                .isEqualTo(items(topKeys + "&top=500", "key", reader).size());
        assertForbidden(topKeys + "&key=y1", "read:a ", reader);
        assertForbidden("/api/v1/windows?job=a&key=y1", "read:a ", reader);
        assertForbidden("/api/v1/windows?job=b", "read:b ", reader);
        assertStatus(200, "/api/v1/windows/" + id("a", "x1", SIX), reader);
        for (String tail : List.of("", "/history", "/explain")) {
            assertStatus(404, "/api/v1/windows/" + id("a", "y1", SIX) + tail, reader);
            assertForbidden("/api/v1/windows/" + id("b", "x1", SIX) + tail, "read:b ", reader);
        }
        for (String key : List.of("y1", "nobody")) {
            String forged = QueryCursor.encode(
                    QueryCursor.fingerprint("history", id("a", key, SIX)), Long.toString(Long.MAX_VALUE));
            assertStatus(404, "/api/v1/windows/" + id("a", key, SIX) + "/history?after=" + forged, reader);
        }
        assertThat(items("/api/v1/alerts", "client", reader)).containsExactly("x1");
        assertThat(items("/api/v1/alerts?client=y1", "client", reader)).isEmpty();
        assertStatus(404, "/api/v1/alerts/" + ALERT.formatted("y1"), reader);
        assertStatus(200, "/api/v1/alerts/" + ALERT.formatted("x1"), reader);
        assertThat(items("/api/v1/jobs", "job", reader)).containsExactly("a");
        assertThat(service.get("/api/v1/jobs", reader).body()).doesNotContain("y1");
        assertThat(items("/api/v1/jobs/a/keys", "key", reader)).contains("x1").allMatch(key -> key.startsWith("x"));
        assertForbidden("/api/v1/jobs/b/keys", "read:b ", reader);
        assertForbidden("/api/v1/audit", "admin ", reader);
        assertForbidden("/api/v1/dead-letters?limit=none", "admin ", reader);
        assertForbidden("/api/v1/late?nothing=x", "admin ", reader);
        assertForbidden("/api/v1/records?topic=device-readings&partition=0", "admin ", reader);
        assertForbidden("/api/v1/records?topic=no-input", "admin ", reader);
        assertForbidden("/api/v1/watermarks?job=a", "read:a ", reader);
    }

    @Test
    void shouldAnswerOfThePastOfWhatMayNotBeReadAsOfWhatIsNotThere() {
        // Given: revisions of which nobody knows when they were known
        for (String key : List.of("x7", "y7")) {
            store.before("earlier", 0, 17)
                    .revision("a", MONTH, id("a", key, SIX), 1, 1, result("a", key, SIX))
                    .refresh();
        }
        // Then
        for (String key : List.of("y7", "nobody")) {
            assertProblem(past(key, "reader"), 404, "unknown-id");
        }
        for (String name : List.of("admin", "whole")) {
            assertProblem(past("y7", name), 422, "unknown-time");
        }
        assertProblem(past("x7", "reader"), 422, "unknown-time");
    }

    @Test
    void shouldSearchForWhatMayNotBeExplainedAsForWhatIsNotThere() {
        // Given: whoever searches the history fails
        String history = "/window-history-a-" + MONTH;
        store.send("POST", history + "/_close", "");
        try {
            for (String key : List.of("nobody", "y1")) {
                // When
                HttpResponse<String> answer =
                        service.get("/api/v1/windows/" + id("a", key, SIX) + "/explain", header("reader"));
                // Then
                assertProblem(answer, 503, "store-unavailable");
            }
        } finally {
            store.send("POST", history + "/_open?wait_for_active_shards=1", "");
        }
    }

    private static HttpResponse<String> past(String key, String name) {
        return service.get("/api/v1/windows/" + id("a", key, SIX) + "?asOf=2026-11-20T07:00:00Z", header(name));
    }

    @Test
    void shouldExplainToAReaderOfSomeKeysByTheirRecordsAlone() throws Exception {
        // Given: a reading of either key, and the line that counts both
        Instant start = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MINUTES);
        String reading = "{\"device\":\"%s\",\"ts\":\"" + start + "\",\"temperature\":1,\"humidity\":1}";
        try (Log log = new Log(brokers);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            log.begin();
            for (String key : List.of("x1", "y1")) {
                log.add("device-readings", 3, key, reading.formatted(key));
            }
            log.commit();
            log.put("audit", null, null, """
                    {"kind":"line","job":"weather-average","generation":1,"topic":"device-readings","topicId":"%s",\
                    "partition":3,"first":0,"last":1,"records":2,"rows":2,"rejected":0,"heartbeats":0,"unguarded":0,"holes":[],\
                    "specs":[{"spec":"tumbling(1m)","counted":2,"late":0,"horizonBefore":null,"horizonAfter":"%s","windows":[]}],\
                    "clockBefore":null,"clockAfter":"%s","restored":false,"settings":{"specs":["tumbling(1m)"],\
                    "outOfOrderness":"PT5S","allowedLateness":"PT1M","skew":"PT5M","jobVersion":"1.0.0"}}""".formatted(
                            Topics.id(admin, "device-readings"), start.minusSeconds(65), start));
            log.put(
                    "window-results",
                    0,
                    "x1",
                    result("weather-average", "x1", start)
                            .replace(
                                    "\"partition\":0,\"first\":1200,\"last\":1290",
                                    "\"partition\":3,\"first\":0,\"last\":1"));
        }
        String path = "/api/v1/windows/" + id("weather-average", "x1", start) + "/explain";
        patiently().untilAsserted(() -> assertThat(
                        service.get(path, header("admin")).body())
                .contains("\"lines\":[{", "\"otherKeys\":1"));
        // When
        HttpResponse<String> answer = service.get(path, header("narrow"));
        // Then
        JsonPath json = JsonPath.from(answer.body());
        assertThat(json.getInt("recomputed.count")).isEqualTo(1);
        assertThat(json.getMap("read")).containsOnlyKeys("corrected", "inWindow", "otherWindows");
        assertThat(json.getMap("")).doesNotContainKeys("lines", "lineCount");
    }

    /** The result does not name the partition, and the record's line is from long before those that the result names. */
    @Test
    void shouldSeeThatAResultOmitsARecordOfAPartitionThatWasAuditedLongBefore() throws Exception {
        // Given
        Instant start = Instant.now().minus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MINUTES);
        Instant end = start.plusSeconds(60);
        String topic = "long-before";
        try (Log log = new Log(brokers);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            String topicId = Topics.anew(admin, topic, 2);
            for (int partition = 0; partition < 2; partition++) {
                Instant time = start.plusSeconds(20L * partition);
                String reading = "{\"device\":\"x1\",\"ts\":\"" + time + "\",\"temperature\":1,\"humidity\":1}";
                log.put(topic, partition, "x1", reading);
                var heartbeat = new ProducerRecord<byte[], byte[]>(
                        topic, partition, null, utf8("{\"ts\":\"" + start.plusSeconds(130) + "\"}"));
                heartbeat.headers().add("kind", utf8("heartbeat"));
                log.begin().add(heartbeat).commit();
            }
            var key = new AuditLine.Key("weather-average", 1, topic, topicId, 1);
            String first = TestLine.of(key, 0, 0)
                    .counted("tumbling(1m)", 1)
                    .horizon(null, start.minusSeconds(45))
                    .windows(new WindowCount(end, 1))
                    .clock(null, start.plusSeconds(20))
                    .json();
            String second = TestLine.of(key, 1, 1)
                    .heartbeats(1)
                    .counted("tumbling(1m)", 0)
                    .horizon(start.minusSeconds(45), start.plusSeconds(65))
                    .clock(start.plusSeconds(20), start.plusSeconds(130))
                    .json();
            String named = TestLine.of(new AuditLine.Key("weather-average", 1, topic, topicId, 0), 0, 1)
                    .heartbeats(1)
                    .counted("tumbling(1m)", 1)
                    .horizon(null, start.plusSeconds(65))
                    .windows(new WindowCount(end, 1))
                    .clock(null, start.plusSeconds(130))
                    .json();
            admin.createPartitions(Map.of("audit", NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            Topics.setTimestamps(admin, "audit", "CreateTime");
            log.begin().add(line(first, Instant.now().minus(20, ChronoUnit.MINUTES)));
            log.add(line(named, Instant.now())).add(line(second, Instant.now())).commit();
            Topics.setTimestamps(admin, "audit", "LogAppendTime");
            String result = result("weather-average", "x1", start)
                    .replaceFirst("\"values\".*\"count\":30", """
                            "values":{"avg_temp":1.000000,"avg_hum":1.000000,"min_temp":1.000000,"max_temp":1.000000,\
                            "min_hum":1.000000,"max_hum":1.000000},"sums":{"temp":"1000000","hum":"1000000"},"count":1""")
                    .replace(start.plusSeconds(58).toString(), start.toString())
                    .replace("device-readings", topic)
                    .replace("\"first\":1200,\"last\":1290", "\"first\":0,\"last\":0");
            log.put("window-results", 0, "x1", result);
        }
        // Then
        String path = "/api/v1/windows/" + id("weather-average", "x1", start) + "/explain";
        patiently().untilAsserted(() -> assertThat(
                        service.get(path, header("admin")).body())
                .contains("log: omits records of its window that the inputs hold"));
    }

    /** In the partition of the audit that has no other lines. */
    private static ProducerRecord<byte[], byte[]> line(String json, Instant written) {
        return new ProducerRecord<>("audit", 1, written.toEpochMilli(), null, utf8(json));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldLinkToTheNextPageHoweverItsCursorWasWritten() {
        String first = "/api/v1/windows?job=long&limit=1";
        String next = JsonPath.from(service.get(first, header("others")).body()).getString("next");
        HttpResponse<String> second = service.get(first + "&%61fter=" + next, header("others"));
        assertThat(second.statusCode()).isEqualTo(200);
        String link = second.headers().firstValue("Link").orElseThrow();
        assertStatus(200, link.replaceFirst("<([^>]*)>.*", "$1"), header("others"));
    }

    @Test
    void shouldKeepWhatComesOverHttp2WhereARequestIsRefused() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertOverHttp2(client, "/api/v1/jobs", 200);
        try (EventStream events = new EventStream(assertOverHttp2(client, "/api/v1/stream", 200));
                Log log = new Log(brokers)) {
            assertOverHttp2(client, "/api/v1/jobs?" + "x".repeat(5_000), 414);
            String shown = result("a", "x2", SIX);
            log.put("window-results", 1, "x2", shown);
            patiently().untilAsserted(() -> assertThat(events.data("window")).contains(shown));
        }
    }

    private static HttpResponse<InputStream> assertOverHttp2(HttpClient client, String path, int status)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(service.root().resolve(path))
                .headers(header("admin"))
                .build();
        HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(status);
        return answer;
    }

    @Test
    void shouldShowAnAdministratorEverything() {
        String[] admin = header("admin");
        assertThat(items("/api/v1/windows?job=a", "key", admin)).contains("x1", "y1");
        assertThat(items("/api/v1/alerts", "client", admin)).containsOnly("x1", "y1");
        assertThat(items("/api/v1/jobs", "job", admin)).contains("a", "b");
        assertStatus(200, "/api/v1/audit", admin);
        assertStatus(200, "/api/v1/watermarks", admin);
    }

    @Test
    void shouldTellHealthAndMetricsOnAPortOfTheirOwnAlone() {
        for (String path :
                List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics")) {
            assertThat(service.manage(path).statusCode()).as(path).isEqualTo(200);
            assertStatus(404, path, header("admin"));
        }
        for (String path : List.of("/", "/q/openapi", "/q/asyncapi", "/q/swagger-ui/", "/problems/forbidden")) {
            assertStatus(200, path);
            assertThat(service.manage(path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(service.manage("/api/v1/jobs").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldOpenOneStreamByTicketThatShowsWhatItsOwnerMayRead() {
        // Given
        URI stream = stream(ticket("reader"));
        try (EventStream events = EventStream.open(stream, null);
                Log log = new Log(brokers)) {
            assertThat(events.response().statusCode()).isEqualTo(200);
            // When
            String shown = result("a", "x2", SIX);
            log.put("window-results", 1, "y2", result("a", "y2", SIX));
            log.put("window-results", 1, "x2", result("b", "x2", SIX));
            log.put("window-results", 1, "x2", shown);
            // Then
            patiently().untilAsserted(() -> assertThat(events.data("window")).contains(shown));
            assertThat(events.data("window")).allMatch(data -> data.contains("\"key\":\"x"));
            assertThat(events.data("window")).allMatch(data -> data.contains("\"job\":\"a\""));
        }
        assertProblem(service.get(stream.getPath() + "?" + stream.getQuery()), 401, "unauthorized");
        assertThat(service.log()).doesNotContain(stream.getQuery().substring("ticket=".length()));
    }

    @Test
    void shouldTakeATicketOnTheStreamAloneAndNothingBesideIt() {
        String ticket = ticket("whole");
        assertStatus(401, "/api/v1/jobs?ticket=" + ticket);
        assertStatus(401, "/api/v1/stream?ticket=" + ticket, header("whole"));
        for (String wrong : List.of("", "x", ticket.toLowerCase(java.util.Locale.ROOT))) {
            assertStatus(401, "/api/v1/stream?ticket=" + wrong);
        }
        assertProblem(send("GET /api/v1/tickets", header("whole")), 405, "method-not-allowed");
        assertThat(send("POST /api/v1/tickets?job=a", header("whole")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void shouldEndTheStreamsOfAKeyThatIsTakenAway() throws IOException {
        // Given
        URI byTicket = stream(ticket("leaver"));
        String unused = ticket("leaver");
        try (EventStream events = EventStream.open(byTicket, null)) {
            assertThat(events.response().statusCode()).isEqualTo(200);
            // When
            KEYS.remove("leaver");
            writeKeys();
            // Then
            patiently().until(events::ended);
            assertStatus(401, "/api/v1/stream?ticket=" + unused);
            assertStatus(200, "/api/v1/jobs", header("whole"));
        }
    }

    /** A reading between the two that agree and the use of what they read would have another text, and be known as theirs. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // the opening of a pipe is not interrupted
    void shouldUseTheKeysThatTwoReadingsAgreeOnAndNoneOfALaterOne() throws Exception {
        // Given: a file of which each reading has what is written for it
        ApiKey.IssuedKey agreed = ApiKey.make("agreed", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey later = ApiKey.make("later", List.of("read:a"), Optional.empty());
        List<String> usual = keyLines();
        Path keys = folder.resolve(KEYS_FILE);
        Files.move(pipe(), keys, StandardCopyOption.ATOMIC_MOVE);
        try {
            // When
            feed(keys, with(usual, agreed), pipe());
            feed(keys, with(usual, agreed), pipe());
            feed(keys, with(usual, later), pipe());
            // Then: the fourth waits
            assertStatus(200, "/api/v1/jobs", AUTHORIZATION, "Bearer " + agreed.key());
            assertStatus(401, "/api/v1/jobs", AUTHORIZATION, "Bearer " + later.key());
        } finally {
            feed(keys, usual, Files.write(folder.resolve("next"), usual));
        }
    }

    private static List<String> with(List<String> lines, ApiKey.IssuedKey key) {
        return Stream.concat(lines.stream(), Stream.of(key.line().line())).toList();
    }

    private static Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    /** Waits until the service opens the pipe, has the next reading open {@code next}, and writes what this reading has. */
    private static void feed(Path pipe, List<String> lines, Path next) throws IOException {
        try (OutputStream reading = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
            Files.move(next, pipe, StandardCopyOption.ATOMIC_MOVE);
            reading.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldEndTheLinesOfAKeyThatIsTakenAway() throws IOException {
        // Given: who has taken the first lines only
        String[] key = header("slow");
        try (Socket socket = lines("slow")) {
            String head = new String(socket.getInputStream().readNBytes(2_000), StandardCharsets.UTF_8);
            assertThat(head).startsWith("HTTP/1.0 200");
            // When
            KEYS.remove("slow");
            writeKeys();
            patiently().until(() -> service.get("/api/v1/jobs", key).statusCode() == 401);
            // Then
            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest.lines().count()).isLessThan(MANY);
            assertThat(rest.substring(rest.lastIndexOf("{\"error\":"))).contains("\"/problems/unauthorized\"");
        }
    }

    @Test
    void shouldEndTheStreamOfAKeyAtItsEndAndSayWhy() throws IOException {
        // Given
        Instant until = Instant.now().plusSeconds(20).truncatedTo(ChronoUnit.SECONDS);
        KEYS.put("brief", ApiKey.make("brief", List.of("read:a"), Optional.of(until)));
        writeKeys();
        patiently().until(() -> service.get("/api/v1/jobs", header("brief")).statusCode() == 200);
        String unused = ticket("brief");
        try (Log log = new Log(brokers);
                EventStream events = EventStream.open(stream(ticket("brief")), null);
                EventStream others = EventStream.open(stream(ticket("whole")), null)) {
            assertThat(events.response().statusCode()).isEqualTo(200);
            log.put("window-results", 0, "z1", result("a", "z1", SIX, 1, 1, true));
            patiently().until(() -> !events.results().isEmpty());
            patiently().until(() -> Instant.now().isAfter(until.minusSeconds(1)));
            // When: results come before its end and behind it
            int revision = 1;
            int last = 1;
            while (!events.ended() && Instant.now().isBefore(until.plusSeconds(15))) {
                revision++;
                last = Instant.now().isBefore(until) ? revision : last;
                log.put("window-results", 0, "z1", result("a", "z1", SIX, 1, revision, true));
            }
            int before = last;
            // Then
            assertThat(Instant.now()).isBetween(until, until.plusSeconds(15));
            List<EventParser.Event> all = events.events();
            assertThat(events.results())
                    .filteredOn(event -> event.data().contains(id("a", "z1", SIX)))
                    .extracting(event -> JsonPath.from(event.data()).getInt("rev"))
                    .isNotEmpty()
                    .allSatisfy(sent -> assertThat(sent).isLessThanOrEqualTo(before));
            assertThat(all.get(all.size() - 1).name()).isEqualTo("error");
            JsonPath problem = JsonPath.from(all.get(all.size() - 1).data());
            assertThat(problem.getInt("status")).isEqualTo(401);
            assertThat(problem.getString("type")).isEqualTo("/problems/unauthorized");
            assertThat(problem.getString("instance")).isEqualTo("/api/v1/stream");
            assertThat(events.broken()).isFalse();
            assertThat(others.ended()).isFalse();
            assertStatus(401, "/api/v1/stream?ticket=" + unused);
            assertStatus(401, "/api/v1/jobs", header("brief"));
        }
    }

    @Test
    void shouldRefuseMoreStreamsOfOnePrincipalThanItMayHave() {
        // Given
        List<EventStream> open = new ArrayList<>();
        try {
            for (int n = 0; n < STREAMS; n++) {
                open.add(EventStream.open(stream(ticket("crowd")), null));
                assertThat(open.get(n).response().statusCode()).isEqualTo(200);
            }
            // When
            HttpResponse<String> more = service.get("/api/v1/stream", header("crowd"));
            // Then
            assertProblem(more, 429, "too-many-requests");
            assertThat(more.headers().firstValue("Retry-After")).contains("2");
            assertThat(JsonPath.from(more.body()).getString("detail")).endsWith(": " + STREAMS);
            try (EventStream another = EventStream.open(stream(ticket("whole")), null)) {
                assertThat(another.response().statusCode()).isEqualTo(200);
            }
        } finally {
            open.forEach(EventStream::close);
        }
        shouldOpenAll("crowd");
    }

    @Test
    void shouldGiveBackThePlaceOfAClientThatGoesWhileItsStreamOpens() throws IOException {
        // Given: the position of an instant is looked for in Kafka
        String request = "GET /api/v1/stream?since="
                + Instant.now().minusSeconds(3_600)
                + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: "
                + KEYS.get("hasty").key()
                + "\r\n\r\n";
        // When
        for (int n = 0; n < 30; n++) {
            RawHttp.open(service.root(), 0, request).close();
        }
        // Then
        shouldOpenAll("hasty");
    }

    @Test
    void shouldWaitForElasticsearchAsLongAsTheSettingSays() {
        // Given: it takes longer than it may unless told otherwise
        slow.delay(Duration.ofMillis(2_500));
        // When
        HttpResponse<String> answer = patient.get("/api/v1/jobs");
        // Then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"job\":\"a\"", "\"truncated\":false");
    }

    @Test
    void shouldEndAnExportThatTakesAsLongAsAStreamMayLiveWithACursor() {
        // Given: parts that take a while each
        slow.delay(Duration.ofMillis(50));
        // When
        List<String> lines = patient.get("/api/v1/windows?job=long&order=asc", "Accept", "application/x-ndjson")
                .body()
                .lines()
                .toList();
        // Then
        int windows = lines.size() - 1;
        assertThat(windows).as(lines.get(windows)).isBetween(1, MANY - 1);
        String next = JsonPath.from(lines.get(windows)).getString("next");
        assertThat(lines.get(windows)).contains("\"truncated\":true").doesNotContain("store-behind");
        assertThat(JsonPath.from(patient.get("/api/v1/windows?job=long&order=asc&limit=1&after=" + next)
                                .body())
                        .getString("items[0].window.start"))
                .isEqualTo(SIX.plusSeconds(60L * windows).toString());
    }

    @Test
    void shouldNotWaitForAPositionWhenTheSettingSaysSo() {
        // Given
        slow.delay(Duration.ZERO);
        String path = "/api/v1/windows?job=a&atLeast=";
        HttpResponse<String> first = patient.get("/api/v1/windows?job=a");
        String here = first.headers().firstValue("Streampane-Position").orElseThrow();
        String ahead = here.replaceFirst("~[0-9]+([0-9.]*)$", "~999999$1");
        // When
        HttpResponse<String> reached = patient.get(path + here);
        HttpResponse<String> missed = patient.get(path + ahead);
        // Then
        await().until(
                        () -> { // each request would wait for as long
                            long asked = System.nanoTime();
                            patient.get(path + ahead);
                            return System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(2);
                        });
        assertThat(reached.statusCode()).as(reached.body()).isEqualTo(200);
        assertThat(reached.body()).contains("\"truncated\":false");
        assertProblem(missed, 504, "not-yet");
    }

    /** Opens as many streams at once as a principal may have. */
    private static void shouldOpenAll(String name) {
        List<EventStream> open = new ArrayList<>();
        try {
            patiently().until(() -> {
                if (open.size() < STREAMS) {
                    EventStream next = EventStream.open(stream(ticket(name)), null);
                    if (next.response().statusCode() == 200) {
                        open.add(next);
                    }
                }
                return open.size() == STREAMS;
            });
            assertThat(open).noneMatch(EventStream::ended);
        } finally {
            open.forEach(EventStream::close);
        }
    }

    @Test
    void shouldTellTheGreedyToWaitAndNobodyElse() {
        // When
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            answers.add(service.get("/api/v1/tickets", header("greedy")));
            if (answers.get(i).statusCode() == 429) {
                break;
            }
        }
        // Then
        HttpResponse<String> first = answers.get(0);
        assertThat(first.headers().firstValue("RateLimit-Policy")).contains("\"requests\";q=400;w=20");
        assertThat(first.headers().firstValue("RateLimit").orElse("")).matches("\"requests\";r=399;t=[12]");
        HttpResponse<String> last = answers.get(answers.size() - 1);
        assertThat(answers.size()).isGreaterThan(400);
        assertProblem(last, 429, "too-many-requests");
        assertThat(last.headers().firstValue("Retry-After")).contains("1");
        assertThat(last.headers().firstValue("RateLimit").orElse("")).startsWith("\"requests\";r=0;t=");
        assertStatus(200, "/api/v1/jobs", header("whole"));
        assertThat(service.get("/").headers().firstValue("RateLimit")).isEmpty();
    }

    @Test
    void shouldShareWithListedOriginsOnly() {
        HttpResponse<String> listed = service.get("/api/v1/jobs", with("whole", "Origin", "https://page.example"));
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(listed.headers().firstValue("Access-Control-Allow-Origin")).contains("https://page.example");
        HttpResponse<String> foreign = service.get("/api/v1/jobs", with("whole", "Origin", "https://evil.example"));
        assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(foreign.statusCode()).isEqualTo(403);
        HttpResponse<String> asked = service.send(
                "OPTIONS",
                "/api/v1/jobs",
                "Origin",
                "https://page.example",
                "Access-Control-Request-Method",
                "GET",
                "Access-Control-Request-Headers",
                "authorization");
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).contains("https://page.example");
    }

    /** More windows than the buffers between two processes take. */
    private static void putMany(Store store) {
        for (int first = 0; first < MANY; first += 4_000) {
            store.bulk(
                    "window-results-long-" + MONTH,
                    IntStream.range(first, first + 4_000)
                            .mapToObj(minute -> result("long", "k", SIX.plusSeconds(60L * minute)))
                            .toList());
        }
    }

    private static HttpResponse<String> send(String operation, String... headers) {
        String path = operation
                .substring(operation.indexOf(' ') + 1)
                .replace("alerts/{id}", "alerts/" + ALERT.formatted("x1"))
                .replace("{id}", id("a", "x1", SIX))
                .replace("{job}", "a");
        String query =
                switch (path) {
                    case "/api/v1/windows", "/api/v1/audit", "/api/v1/watermarks" -> "?job=a";
                    case "/api/v1/records" -> "?topic=device-readings";
                    case "/api/v1/windows/aggregate" -> "?job=a&fn=count&interval=1h";
                    default -> "";
                };
        return service.send(operation.substring(0, operation.indexOf(' ')), path + query, headers);
    }

    private static void assertStatus(int status, String path, String... headers) {
        assertThat(service.get(path, headers).statusCode()).as(path).isEqualTo(status);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(JsonPath.from(answer.body()).getString("type")).isEqualTo("/problems/" + code);
    }

    private static void assertForbidden(String path, String scope, String... headers) {
        HttpResponse<String> answer = service.get(path, headers);
        assertProblem(answer, 403, "forbidden");
        assertThat(JsonPath.from(answer.body()).getString("detail")).startsWith("the scope " + scope);
    }

    private static List<String> items(String path, String field, String... headers) {
        HttpResponse<String> answer = service.get(path, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonPath.from(answer.body()).getList("items." + field);
    }

    private static List<String> csv(String path, String... headers) {
        HttpResponse<String> answer = service.get(
                path,
                Stream.concat(Stream.of("Accept", "text/csv"), Arrays.stream(headers))
                        .toArray(String[]::new));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().toList();
    }

    private static String ticket(String name) {
        HttpResponse<String> answer = service.send("POST", "/api/v1/tickets", header(name));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
        return JsonPath.from(answer.body()).getString("ticket");
    }

    private static URI stream(String ticket) {
        return service.root().resolve("/api/v1/stream?ticket=" + ticket);
    }

    private static String[] header(String name) {
        return new String[] {AUTHORIZATION, "Bearer " + KEYS.get(name).key()};
    }

    private static String[] with(String name, String header, String value) {
        return new String[] {AUTHORIZATION, "Bearer " + KEYS.get(name).key(), header, value};
    }

    private static void make(String name, String... scopes) {
        KEYS.put(name, ApiKey.make(name, List.of(scopes), Optional.empty()));
    }

    /** Writes beside the file and moves, as one should. */
    private static void writeKeys() throws IOException {
        Path next = Files.write(folder.resolve("next"), keyLines(), StandardCharsets.UTF_8);
        Files.move(next, folder.resolve(KEYS_FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> keyLines() {
        Stream<String> printed =
                made.log().lines().filter(line -> line.startsWith("line: ")).map(line -> line.replace("line: ", ""));
        return Stream.concat(KEYS.values().stream().map(key -> key.line().line()), printed)
                .toList();
    }

    private static String alert(String client) {
        return Fixtures.text(Fixtures.contract("alert").resolve("examples/small-then-large.json"))
                .replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"" + ALERT.formatted(client) + "\"")
                .replaceFirst("\"client\":\"[^\"]*\"", "\"client\":\"" + client + "\"");
    }

    private static ConditionFactory patiently() {
        return await().atMost(60, TimeUnit.SECONDS);
    }
}
