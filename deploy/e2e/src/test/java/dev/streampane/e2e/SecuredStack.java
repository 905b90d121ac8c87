// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Certificates;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceUnderTest;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** All services and jobs, each as a user of its own, on a {@link SecuredKafka} and an Elasticsearch behind a {@link KeyedProxy}. */
final class SecuredStack implements AutoCloseable {

    /** What word-count reads here; deploy/acls.yml says that such a topic needs an ACL of its own. */
    static final String WORDS = "transactions";

    private static final String WORD_COUNT = "word-count";
    private static final String PROVIDER = "org.apache.kafka.common.config.provider.DirectoryConfigProvider";

    final Path data;
    final String storePassword = Secrets.next();
    final String apiKey = Secrets.next();
    final Certificates certificates;
    final SecuredKafka kafka;
    final KeyedProxy proxy;
    final LocalFlink flink;
    final LocalService results;
    private final LocalElasticsearch elasticsearch;
    private final List<LocalService> simulators = new ArrayList<>();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Map<String, String> jobs = new TreeMap<>();
    private String jar;

    SecuredStack(Path data) throws Exception {
        this.data = data;
        try {
            flink = new LocalFlink(
                    data.resolve("flink"),
                    LocalFlink.Ports.free(),
                    new LocalFlink.Size(8, StackSettings.JOBS.size()),
                    Map.of());
            flink.launchJobManager();
            flink.launchTaskManager();
            running.push(flink);
            int[] ports = FreePorts.next(2);
            elasticsearch = new LocalElasticsearch(data.resolve("elasticsearch"), ports[0], ports[1]);
            elasticsearch.launch();
            running.push(elasticsearch);
            certificates = Certificates.make(Files.createDirectories(data.resolve("secrets")), storePassword);
            kafka = SecuredKafka.start(data.resolve("kafka"), certificates, storePassword, List.of(words()));
            running.push(kafka);
            elasticsearch.awaitReady();
            proxy = new KeyedProxy(elasticsearch.url(), certificates.context(Certificates.SERVER), apiKey);
            running.push(proxy);
            IndexTemplates.install(
                    URI.create("https://127.0.0.1:" + proxy.port()),
                    ElasticsearchAccess.OPEN.believing(certificates.authority()).with(keyFile(apiKey)));
            results = service("results-api", resultsSettings());
            simulators.add(service("iot-simulator", Map.of()));
            simulators.add(service("transaction-simulator", Map.of()));
            flink.awaitReady();
            jar = new FlinkRest(flink.restUrl()).upload(Checkout.jobJar());
            submitAll();
            simulators.forEach(LocalService::awaitReady);
            results.awaitReady();
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Two at once, as {@code up} does, but the first: those after it have generations to read, which is what they are allowed to. */
    private void submitAll() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            String first = StackSettings.JOBS.get(0);
            jobs.put(first, submit(first, options(first)));
            Map<String, Future<String>> ids = new TreeMap<>();
            for (String job : StackSettings.JOBS.subList(1, StackSettings.JOBS.size())) {
                ids.put(job, two.submit(() -> submit(job, options(job))));
            }
            for (Map.Entry<String, Future<String>> id : ids.entrySet()) {
                jobs.put(id.getKey(), id.getValue().get());
            }
        } finally {
            two.shutdownNow();
        }
    }

    private static AclBinding words() {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, WORDS, PatternType.LITERAL),
                new AccessControlEntry("User:" + WORD_COUNT, "*", AclOperation.READ, AclPermissionType.ALLOW));
    }

    private Map<String, String> resultsSettings() {
        return Map.of(
                "QUARKUS_ELASTICSEARCH_HOSTS", "127.0.0.1:" + proxy.port(),
                "QUARKUS_ELASTICSEARCH_PROTOCOL", "https",
                "QUARKUS_ELASTICSEARCH_API_KEY", apiKey,
                "QUARKUS_TLS_ELASTICSEARCH_TRUST_STORE_PEM_CERTS",
                        certificates.authority().toString(),
                "RESULTS_QUERY_TIMEOUT", "10s",
                "RESULTS_TAIL_AGE", "5s",
                "RESULTS_AUDIT_REFRESH", "200ms");
    }

    private LocalService service(String name, Map<String, String> settings) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.putAll(kafka.environment(name));
        LocalService service = ServiceUnderTest.onFreePorts(name, data.resolve("services"), environment);
        service.launch();
        running.push(service);
        return service;
    }

    /** Most jobs refer to a mounted secret; transaction-total has its password in the file of {@code --config}. */
    List<String> options(String job) throws IOException {
        Map<String, String> options = new TreeMap<>();
        options.put("bootstrap-servers", kafka.bootstrapServers());
        options.put("state-dir", data.resolve("state").toUri().toString());
        options.put("parallelism", "1");
        if (job.equals("index-results")) {
            options.put("checkpoint-interval", "1s");
            options.put("elasticsearch-url", "https://127.0.0.1:" + proxy.port());
            options.put("elasticsearch-ca-file", certificates.authority().toString());
            options.put("elasticsearch-api-key-file", keyFile(apiKey).toString());
            options.put("index-audit-topic", "audit");
        } else {
            options.put("audit-interval", "1s");
        }
        if (job.equals(WORD_COUNT)) {
            options.put("source", "kafka:" + WORDS);
        } else if (!job.equals("index-results")) {
            options.put("out-of-orderness", "1s");
        }
        if (List.of("weather-average", "transaction-total", "time-series-speed").contains(job)) {
            options.put("windows", "tumbling(2s)");
            options.put("preview", "1s");
            options.put("allowed-lateness", "0s");
        }
        if (job.equals("time-series-archive")) {
            options.put("archive-dir", data.resolve("archive").toUri().toString());
            options.put("allowed-lateness", "0s");
            options.put("checkpoint-interval", "2s");
        }
        if (job.equals("transaction-total")) {
            Path file = kafka.secret(job).resolve("job.properties");
            List<String> lines = new ArrayList<>();
            kafka.transport().forEach((name, value) -> lines.add("kafka." + name + "=" + value));
            lines.add("kafka.sasl.jaas.config=" + kafka.jaas(job));
            Files.write(file, lines);
            options.put("config", file.toString());
        } else {
            kafka.transport().forEach((name, value) -> options.put("kafka." + name, value));
            options.put("kafka.config.providers", "dir");
            options.put("kafka.config.providers.dir.class", PROVIDER);
            options.put("kafka.sasl.jaas.config", "${dir:" + kafka.secret(job) + ":sasl.jaas.config}");
        }
        List<String> arguments = new ArrayList<>();
        options.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    /** Starts a job; the result is its id. */
    String submit(String job, List<String> options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(job));
        arguments.addAll(options);
        return new FlinkRest(flink.restUrl())
                .run(jar, FlinkRest.MAIN, arguments, Optional.empty(), true, FlinkRest.newJobId());
    }

    /** Where index-results finds its key; overwritten, it is another one. */
    Path keyFile(String key) throws IOException {
        Path whole = Files.writeString(data.resolve("secrets").resolve("elasticsearch-api-key.new"), key);
        return Files.move(whole, data.resolve("secrets").resolve("elasticsearch-api-key"), ATOMIC_MOVE);
    }

    /** Flink's ids of the jobs. */
    Map<String, String> jobs() {
        return Map.copyOf(jobs);
    }

    /** {@code streampane audit}, as a user who may read and no more. */
    JsonNode audit() throws IOException, InterruptedException {
        Properties client = new Properties();
        client.putAll(kafka.client("results-api"));
        Path file = data.resolve("secrets/audit.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            client.store(writer, null);
        }
        Process audit = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.streampane.local.command.Streampane",
                        "audit",
                        "--bootstrap-servers",
                        kafka.bootstrapServers(),
                        "--kafka-config",
                        file.toString(),
                        "--json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] printed = audit.getInputStream().readAllBytes();
        if (audit.waitFor() != 0) {
            throw new AssertionError(new String(printed, StandardCharsets.UTF_8));
        }
        return Http.JSON.readTree(printed);
    }

    /** Documents of all revisions. */
    long indexed() throws IOException {
        Http.post(elasticsearch.url().resolve("/window-history-*/_refresh"), "");
        return Http.get(elasticsearch.url().resolve("/window-history-*/_count"))
                .path("count")
                .asLong();
    }

    /** What Flink and the services show to who asks, errors among it. */
    List<URI> pages() {
        List<URI> pages = new ArrayList<>();
        for (String job : jobs.values()) {
            for (String what : List.of("", "/config", "/plan", "/exceptions", "/checkpoints/config")) {
                pages.add(flink.restUrl().resolve("/jobs/" + job + what));
            }
        }
        for (String path :
                List.of("/jars", "/config", "/jobmanager/config", "/jobmanager/environment", "/taskmanagers")) {
            pages.add(flink.restUrl().resolve(path));
        }
        List<LocalService> services = new ArrayList<>(simulators);
        services.add(results);
        for (LocalService service : services) {
            pages.add(service.management().resolve("/q/health"));
            pages.add(service.management().resolve("/q/metrics"));
            pages.add(service.url().resolve("/nowhere"));
        }
        pages.add(results.url().resolve("/api/v1/windows?job=weather-average&limit=x"));
        return pages;
    }

    /** What a process has written so far. */
    String log(String process) {
        try {
            return Files.readString(data.resolve(process.endsWith("manager") ? "flink" : "services")
                    .resolve(process + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                System.err.println("cannot close: " + e);
            }
        }
        try {
            Up.keepLogs(data, "secured");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
