// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker (KRaft, broker and controller in one); ready when it answers clients.
 */
public final class LocalKafka extends LocalServer {

    private final Path data;
    private final int port;
    private final int controllerPort;
    private final Map<String, String> overrides;
    private final List<String> format;
    private final Map<String, String> client;

    /** A broker that {@link #launch()} or {@link #restart()} starts. */
    public LocalKafka(Path data, int port, int controllerPort, Map<String, String> overrides) {
        this(data, port, controllerPort, overrides, List.of(), Map.of());
    }

    /**
     * The same, with {@code overrides} that secure the broker.
     *
     * @param format further arguments of the storage tool's {@code format}, such as {@code --add-scram}
     * @param client settings with which a client can ask whether the broker is ready, beside its address
     */
    public LocalKafka(
            Path data,
            int port,
            int controllerPort,
            Map<String, String> overrides,
            List<String> format,
            Map<String, String> client) {
        this.data = data.toAbsolutePath();
        this.port = port;
        this.controllerPort = controllerPort;
        this.overrides = Map.copyOf(overrides);
        this.format = List.copyOf(format);
        this.client = Map.copyOf(client);
    }

    /** Starts a broker on free ports with the stack's settings. */
    public static LocalKafka start(Path data) {
        return start(data, Map.of());
    }

    /** The same; {@code overrides} override the stack's settings. */
    public static LocalKafka start(Path data, Map<String, String> overrides) {
        int[] ports = FreePorts.next(2);
        return start(data, ports[0], ports[1], overrides);
    }

    /**
     * Starts a broker, which goes on with the data of an earlier one, if any.
     *
     * @param data folder for the log, the configuration and {@code kafka.log}; created if missing
     * @param overrides broker settings that override the stack's
     * @throws ServerException with the log's last lines, when it ends or does not answer
     */
    public static LocalKafka start(Path data, int port, int controllerPort, Map<String, String> overrides) {
        LocalKafka kafka = new LocalKafka(data, port, controllerPort, overrides);
        kafka.restart();
        return kafka;
    }

    /** {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    ServerProcess startProcess() {
        // zstd and snappy unpack their libraries there: the machine's own folder may forbid their execution
        Path temporary = data.resolve("tmp");
        Checkout.createDirectories(temporary);
        List<String> arguments = new ArrayList<>(List.of(writeProperties().toString()));
        if (!Files.exists(logDirectory().resolve("meta.properties"))) {
            arguments.addAll(List.of("format", "-t", Uuid.randomUuid().toString(), "-c", arguments.get(0)));
            arguments.addAll(format);
        }
        return ServerProcess.start(
                "kafka",
                data.resolve("kafka.log"),
                ServerProcess.optimizingLate(
                        "-Xms128m",
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        ClassDataArchive.option("kafka"),
                        "-Dlog4j2.configurationFile=streampane-log4j2.properties",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        Checkout.joinedClassPath("kafka")),
                Map.of(),
                KafkaMain.class.getName(),
                arguments);
    }

    @Override
    int port() {
        return port;
    }

    @Override
    String whatReadyMeans() {
        return "answer on " + bootstrapServers();
    }

    @Override
    boolean isReady() throws Exception {
        return FreePorts.isListening(port) && answers();
    }

    private boolean answers() throws Exception {
        Map<String, Object> settings = new TreeMap<>(client);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5000);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 4000);
        try (Admin admin = Admin.create(settings)) {
            return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size() == 1;
        }
    }

    private Path logDirectory() {
        return data.resolve("log");
    }

    private Path writeProperties() {
        String controller = "127.0.0.1:" + controllerPort;
        Properties properties = settings("kafka-server.properties");
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("listeners", "PLAINTEXT://" + bootstrapServers() + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers());
        properties.put("log.dirs", logDirectory().toString());
        properties.putAll(overrides);
        Path file = data.resolve("server.properties");
        Checkout.createDirectories(data);
        try (var out = Files.newOutputStream(file)) { // store() writes what is not Latin-1 as \\u, which Kafka can read
            properties.store(out, "Written by each start");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }
}
