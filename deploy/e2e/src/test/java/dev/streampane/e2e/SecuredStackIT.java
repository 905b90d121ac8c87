// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Certificates;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.TaskManagers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka by SASL_SSL with the ACLs of {@code deploy/acls.yml} and nothing else, Elasticsearch by TLS with an API key: every service and job
 * works, each can do only what it must, and no secret is shown anywhere.
 */
class SecuredStackIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final List<String> TOPICS = TopicCatalogue.load().topics().stream()
            .map(TopicCatalogue.Topic::name)
            .toList();

    @TempDir
    static Path data;

    private static SecuredStack stack;
    private static Rest rest;
    private static Rest management;
    private static FlinkRest flink;
    private static final AuthorizerLog decisions = new AuthorizerLog();

    /** Brings about everything that an ACL is for, and waits until each has been needed. */
    @BeforeAll
    static void runEverything() throws Exception {
        stack = new SecuredStack(data);
        rest = new Rest(stack.results.url());
        management = new Rest(stack.results.management());
        flink = new FlinkRest(stack.flink.restUrl());
        patiently("windows of each job")
                .until(() -> Stream.of("weather-average", "transaction-total", "time-series-speed")
                        .allMatch(job -> !windows(job).isEmpty()));
        // the topic of generations was empty when this one began
        assertThatThrownBy(() -> stack.submit("weather-average", stack.options("weather-average")))
                .hasMessageContaining("--generation: '1' is not allowed");
        publishWhatIsPutAside();
        readTelegraf();
        try (LiveStream previews = LiveStream.open(stack.results.url(), "?emit=early")) {
            patiently("all ACLs are used").untilAsserted(() -> {
                askEverything();
                decisions.read(stack.kafka.log());
                assertThat(unused()).isEmpty();
            });
            patiently("previews").until(() -> !previews.windows().isEmpty());
        }
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void shouldNeedNoAclThatThereIsNot() {
        // who asks for transactions is shown what is its own: the rest is left out, which the log
        // calls denied, too
        assertThat(decisions.denied())
                .as("what a service or job needs and may not")
                .allMatch(denied -> denied.matches(".* (List|Describe)Transactions"));
    }

    @Test
    void shouldGiveWindowsOverRestExactlyOnceThoughATaskManagerDies() throws Exception {
        // Given
        long balanced = stack.audit().at("/counts/balanced").asLong();
        Map<String, Integer> restarts = new HashMap<>();
        for (String job : stack.jobs().values()) {
            restarts.put(job, flink.restarts(job));
        }
        stack.flink.killTaskManager();
        TaskManagers.restart(stack.flink);
        for (String job : restarts.keySet()) {
            patiently("every job notices").until(() -> flink.restarts(job) > restarts.get(job));
        }
        patiently("the jobs run again").until(SecuredStackIT::allUp);
        int before = windows("weather-average").size();
        // When
        patiently("further windows").until(() -> windows("weather-average").size() > before + 3);
        // Then
        patiently("the audit").untilAsserted(() -> {
            JsonNode audit = stack.audit();
            assertThat(audit.path("findings")).isEmpty();
            assertThat(audit.path("verdict").asText()).isIn("BALANCED", "SETTLING");
            assertThat(audit.at("/counts/balanced").asLong()).as("%s", audit).isGreaterThan(balanced);
        });
        assertThat(windows("weather-average"))
                .extracting(window -> window.path("id").asText())
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldAllowEachUserOnEachTopicWhatTheCatalogueSays() throws Exception {
        for (String principal : stack.kafka.principals()) {
            Map<String, Set<AclOperation>> allowed = new KafkaUser(stack.kafka, principal).allowed(TOPICS);
            assertThat(allowed).as(principal).isEqualTo(expected(principal));
        }
    }

    private static Map<String, Set<AclOperation>> expected(String principal) {
        Map<String, Set<AclOperation>> expected = stack.kafka.acls().stream()
                .filter(acl -> acl.entry().principal().equals("User:" + principal))
                .filter(acl -> acl.pattern().resourceType() == ResourceType.TOPIC)
                .collect(Collectors.groupingBy(
                        acl -> acl.pattern().name(),
                        TreeMap::new,
                        Collectors.mapping(acl -> acl.entry().operation(), Collectors.toCollection(TreeSet::new))));
        if (principal.equals("word-count")) {
            expected.put(SecuredStack.WORDS, Set.of(AclOperation.READ));
        }
        return expected;
    }

    @Test
    void shouldKeepAJobFromTheTransactionsOfAnother() {
        new KafkaUser(stack.kafka, "weather-average").cannotUse("transaction-total-1-0-1");
    }

    @Test
    void shouldSpeakWithNobodyWhoCannotShowWhoTheyAre() {
        String wrong = stack.kafka.jaas("results-api").replaceAll("password=\"[^\"]*\"", "password=\"x\"");
        new KafkaUser(stack.kafka, "results-api")
                .with("sasl.jaas.config", wrong)
                .cannotConnect(SaslAuthenticationException.class);
    }

    @Test
    void shouldNotBeBelievedByWhoDoesNotKnowTheAuthority() {
        new KafkaUser(stack.kafka, "results-api")
                .with("ssl.truststore.location", null)
                .with("ssl.truststore.type", null)
                .cannotConnect(SslAuthenticationException.class);
    }

    @Test
    void shouldRefuseToStartAJobAsAnotherUser() throws Exception {
        List<String> options = new ArrayList<>(stack.options("fraud-detection"));
        options.removeIf(option -> option.startsWith("--kafka.sasl.jaas.config"));
        options.add(
                "--kafka.sasl.jaas.config=${dir:" + stack.kafka.secret("time-series-archive") + ":sasl.jaas.config}");

        assertThatThrownBy(() -> stack.submit("fraud-detection", options))
                .hasMessageContaining("--input-topic: 'transactions' is not allowed")
                .hasMessageContaining("deploy/acls.yml");
    }

    @Test
    void shouldRefuseToStartAJobWithAWrongPassword() throws Exception {
        String wrong = Secrets.next();
        Path folder = Files.createDirectories(data.resolve("secrets/wrong"));
        Files.writeString(
                folder.resolve("sasl.jaas.config"),
                stack.kafka
                        .jaas("fraud-detection")
                        .replace(stack.kafka.passwords().get("fraud-detection"), wrong));
        List<String> options = new ArrayList<>(stack.options("fraud-detection"));
        options.removeIf(option -> option.startsWith("--kafka.sasl.jaas.config"));
        options.add("--kafka.sasl.jaas.config=${dir:" + folder + ":sasl.jaas.config}");

        assertThatThrownBy(() -> stack.submit("fraud-detection", options))
                .hasMessageContaining("--bootstrap-servers")
                .hasMessageContaining("SaslAuthenticationException")
                .hasMessageNotContaining(wrong);
        assertThat(stack.log("jobmanager")).doesNotContain(wrong);
    }

    @Test
    void shouldShowNoSecretAnywhere() throws Exception {
        // what is looked for can be found
        assertThat(Secrets.in(content(data.resolve("kafka/server.properties")))).isNotEmpty();
        // shown by REST interfaces and pages
        for (URI page : stack.pages()) {
            assertShowsNone(page.toString(), body(page));
        }
        // written: logs, state, archive, Flink's folders, the broker's log and topics
        for (Path file : files()) {
            boolean given =
                    file.startsWith(data.resolve("secrets")) || file.equals(data.resolve("kafka/server.properties"));
            if (!given) {
                assertShowsNone(file.toString(), content(file));
            }
        }
        // and seen by who lists processes
        ProcessHandle.current()
                .descendants()
                .forEach(process -> assertShowsNone(
                        "process " + process.pid(), process.info().commandLine().orElse("")));
    }

    /** All files but those that go meanwhile, as checkpoints do. */
    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static void assertShowsNone(String where, String text) {
        assertThat(Secrets.in(text)).as("secrets in %s", where).isEmpty();
    }

    @Test
    void shouldWriteToElasticsearchAndReadFromItByTlsWithAKey() {
        patiently("documents").until(() -> indexed() > 0);
        patiently("Elasticsearch by a process that may have found it changed before")
                .until(() -> management.get("/q/health/ready").toString().contains("\"reachable\":true"));
    }

    @Test
    void shouldNameTheKeyThatElasticsearchRefusesAndTakeANewOneWithoutARestart() throws Exception {
        int restarts = flink.restarts(stack.jobs().get("index-results"));
        String other = Secrets.next();
        try {
            stack.proxy.accept(other);
            awaitWords("taskmanager", "security_exception: unable to authenticate (--elasticsearch-api-key-file)");
            awaitWords("results-api", "see quarkus.elasticsearch.api-key");
            long before = indexed();
            stack.keyFile(other);
            patiently("documents with the new key").until(() -> indexed() > before);
        } finally {
            stack.proxy.accept(stack.apiKey);
            stack.keyFile(stack.apiKey);
        }
        assertThat(flink.restarts(stack.jobs().get("index-results"))).isEqualTo(restarts);
        assertThat(stack.log("taskmanager") + stack.log("results-api")).doesNotContain(other, stack.apiKey);
    }

    @Test
    void shouldNotBelieveAServerThatIsNotElasticsearch() throws Exception {
        int restarts = flink.restarts(stack.jobs().get("index-results"));
        try {
            stack.proxy.show(stack.certificates.context(Certificates.STRANGER));
            awaitWords("taskmanager", "(--elasticsearch-ca-file, --elasticsearch-url)");
            awaitWords("results-api", "see quarkus.tls.elasticsearch.trust-store.pem.certs");
            stack.proxy.show(stack.certificates.context(Certificates.ELSEWHERE));
            awaitWords("taskmanager", "(--elasticsearch-url)");
            awaitWords("results-api", "see quarkus.elasticsearch.hosts");
        } finally {
            stack.proxy.show(stack.certificates.context(Certificates.SERVER));
        }
        long before = indexed();
        patiently("documents again").until(() -> indexed() > before);
        assertThat(flink.restarts(stack.jobs().get("index-results"))).isEqualTo(restarts);
    }

    @Test
    void shouldRefuseToSendAKeyThatOthersCanRead() throws Exception {
        List<String> options = new ArrayList<>(stack.options("index-results"));
        options.removeIf(option -> option.startsWith("--elasticsearch-url"));
        options.add("--elasticsearch-url=http://127.0.0.1:" + stack.proxy.port());

        assertThatThrownBy(() -> stack.submit("index-results", options))
                .hasMessageContaining("allowed is https with --elasticsearch-api-key-file");
    }

    /** Asking for its health has results-api ask Elasticsearch. */
    private static void awaitWords(String process, String words) {
        patiently(words).until(() -> {
            management.get("/q/health/ready");
            return stack.log(process).contains(words);
        });
    }

    private static long indexed() throws IOException {
        return stack.indexed();
    }

    private static boolean allUp() throws IOException {
        List<FlinkRest.Job> jobs = flink.jobs();
        return stack.jobs().values().stream()
                .allMatch(id -> jobs.stream().anyMatch(j -> j.id().equals(id) && j.isUp()));
    }

    private static ConditionFactory patiently(String what) {
        return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).ignoreExceptions();
    }

    private static List<JsonNode> windows(String job) {
        return rest.pages("/api/v1/windows?job=" + job, 500);
    }

    private static Set<AclBinding> unused() {
        Set<AclBinding> unused = new HashSet<>(stack.kafka.acls());
        unused.removeAll(decisions.used());
        return unused;
    }

    /** One late and one unreadable record for each job, a theft, and an alert that is none. */
    private static void publishWhatIsPutAside() throws Exception {
        Instant now = Instant.now();
        Instant old = now.minus(Duration.ofHours(1));
        try (var producer = KafkaUser.producer(stack.kafka.client(SecuredKafka.ADMIN))) {
            Map<String, String> late = Map.of(
                    "device-readings",
                    "{\"device\":\"late\",\"ts\":\"%s\",\"temperature\":1,\"humidity\":2}".formatted(old),
                    "transactions",
                    "{\"client\":\"late\",\"ts\":\"%s\",\"amount\":1}".formatted(old),
                    "time-series",
                    old + ",pu136mod-nd-011,1.5\r\n");
            for (var one : late.entrySet()) {
                producer.send(new ProducerRecord<>(one.getKey(), 0, null, text(one.getValue())))
                        .get();
                producer.send(new ProducerRecord<>(one.getKey(), 0, null, new byte[0]))
                        .get();
            }
            for (String theft : List.of(
                    "{\"client\":\"victim\",\"ts\":\"%s\",\"amount\":1.00}".formatted(now),
                    "{\"client\":\"victim\",\"ts\":\"%s\",\"amount\":1500.00}".formatted(now.plusSeconds(1)))) {
                producer.send(new ProducerRecord<>("transactions", 0, null, text(theft)))
                        .get();
            }
            producer.send(new ProducerRecord<>("alerts", 0, null, text("{}"))).get();
        }
    }

    private static void readTelegraf() {
        Map<String, Object> client = stack.kafka.client("telegraf");
        client.put("group.id", "telegraf");
        client.put("auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("telegraf"));
            patiently("line protocol")
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
        }
    }

    private static void askEverything() {
        rest.get("/api/v1/dead-letters?limit=1");
        rest.get("/api/v1/late?limit=1");
        for (String job : List.of("weather-average", "transaction-total", "time-series-speed")) {
            String id = windows(job).get(0).path("id").asText();
            rest.get("/api/v1/windows/" + Rest.encoded(id) + "/explain");
        }
    }

    private static String body(URI page) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Byte by byte; empty for the jobs' jar, which lies there many times, and for what has gone by now. */
    private static String content(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            return new String(start, StandardCharsets.ISO_8859_1).equals("PK")
                    ? ""
                    : new String(start, StandardCharsets.ISO_8859_1)
                            + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
