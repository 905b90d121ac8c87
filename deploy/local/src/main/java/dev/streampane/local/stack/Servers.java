// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.LocalService;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The servers and services of a stack, configured but not started. */
public final class Servers {

    static final String JOB_MANAGER = "jobmanager";
    static final String TASK_MANAGER = RunningStack.TASK_MANAGER;
    static final String KAFKA = "kafka";
    static final String ELASTICSEARCH = "elasticsearch";
    static final String IOT = "iot-simulator";
    static final String TRANSACTIONS = "transaction-simulator";
    static final String RESULTS = "results-api";

    /** Names of the processes, and of their logs. */
    public static final List<String> NAMES =
            List.of(KAFKA, ELASTICSEARCH, JOB_MANAGER, TASK_MANAGER, IOT, TRANSACTIONS, RESULTS);

    static final List<String> SERVICES = List.of(IOT, TRANSACTIONS, RESULTS);
    static final List<String> SERVERS = List.of(TASK_MANAGER, JOB_MANAGER, KAFKA, ELASTICSEARCH);

    final LocalKafka kafka;
    final LocalElasticsearch elasticsearch;
    final LocalFlink flink;
    final LocalService iot;
    final LocalService transactions;
    final LocalService results;
    private final StackSettings settings;

    Servers(StackSettings settings) {
        this.settings = settings;
        Path data = settings.data();
        kafka = new LocalKafka(
                data.resolve(KAFKA),
                settings.port(StackPort.KAFKA),
                settings.port(StackPort.KAFKA_CONTROLLER),
                settings.kafkaConfig());
        elasticsearch = new LocalElasticsearch(
                data.resolve(ELASTICSEARCH),
                settings.port(StackPort.ELASTICSEARCH),
                settings.port(StackPort.ELASTICSEARCH_TRANSPORT));
        flink = new LocalFlink(
                data.resolve("flink"),
                new LocalFlink.Ports(
                        settings.port(StackPort.FLINK),
                        settings.port(StackPort.FLINK_JOB_MANAGER),
                        settings.port(StackPort.FLINK_JOB_MANAGER_METRICS),
                        settings.port(StackPort.FLINK_TASK_MANAGER_METRICS)),
                new LocalFlink.Size(settings.slots(), settings.jobs().size()),
                Map.of());
        iot = service(IOT, StackPort.IOT_SIMULATOR, StackPort.IOT_SIMULATOR_MANAGEMENT, iotSettings());
        transactions = service(
                TRANSACTIONS,
                StackPort.TRANSACTION_SIMULATOR,
                StackPort.TRANSACTION_SIMULATOR_MANAGEMENT,
                seed("TX_SEED"));
        results = service(
                RESULTS,
                StackPort.RESULTS_API,
                StackPort.RESULTS_API_MANAGEMENT,
                Map.of("QUARKUS_ELASTICSEARCH_HOSTS", "127.0.0.1:" + settings.port(StackPort.ELASTICSEARCH)));
    }

    private LocalService service(String name, StackPort listener, StackPort management, Map<String, String> own) {
        Map<String, String> environment = new TreeMap<>(own);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", settings.bootstrapServers());
        return new LocalService(
                name,
                settings.services(),
                settings.data().resolve("services"),
                settings.port(listener),
                settings.port(management),
                environment);
    }

    private Map<String, String> iotSettings() {
        Map<String, String> environment = seed("IOT_SEED");
        settings.rate().ifPresent(rate -> environment.put("IOT_RATE", String.valueOf(rate)));
        return environment;
    }

    private Map<String, String> seed(String name) {
        Map<String, String> environment = new TreeMap<>();
        settings.seed().ifPresent(seed -> environment.put(name, String.valueOf(seed)));
        return environment;
    }

    /** Names of the Quarkus services that run under these settings. */
    static List<String> services(StackSettings settings) {
        return settings.simulators() ? SERVICES : List.of(RESULTS);
    }

    /** Where a process writes its log. */
    public static Path log(Path data, String process) {
        String folder =
                switch (process) {
                    case KAFKA, ELASTICSEARCH -> process;
                    case JOB_MANAGER, TASK_MANAGER -> "flink";
                    default -> "services";
                };
        return data.resolve(folder).resolve(process + ".log");
    }

    /** The addresses that a user can open, by name. */
    Map<String, String> urls() {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("page", results.url() + "/");
        urls.put("REST", results.url() + "/api/v1/jobs");
        urls.put("live", results.url() + "/api/v1/stream");
        urls.put("OpenAPI", results.url() + "/q/swagger-ui");
        urls.put("Flink", flink.restUrl() + "/");
        urls.put("Elasticsearch", elasticsearch.url().toString());
        urls.put("Kafka", settings.bootstrapServers());
        if (settings.simulators()) {
            urls.put(IOT, iot.url() + "/api/v1/simulator");
            urls.put(TRANSACTIONS, transactions.url() + "/api/v1/simulator");
        }
        return urls;
    }
}
