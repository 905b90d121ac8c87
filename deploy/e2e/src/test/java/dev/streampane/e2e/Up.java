// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.server.ServiceUnderTest;
import dev.streampane.local.stack.StackSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** {@code deploy/streampane up} as a user runs it: a process of its own; with {@code --native} where native executables are under test. */
final class Up implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * From and to which offset the ports of a fork are: below those of {@link FreePorts}, which other tests take meanwhile, and none of the
     * other fork, whose stack may be down for a moment.
     */
    private static final int[][] OFFSETS = {{1_000, 1_500}, {4_700, 5_600}};

    private static final int FORK = Integer.getInteger("streampane.fork", 1);

    /** Of results-api: a server of a slow machine is not one that is away. */
    private static final Map<String, String> PATIENT = Map.of(
            "RESULTS_QUERY_TIMEOUT", "10s",
            "RESULTS_QUERY_AT_LEAST_TIMEOUT", "10s",
            "RESULTS_REJECTS_TIMEOUT", "10s");

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(10);

    private final Path data;
    private final int portOffset;
    private final ProcessBuilder command;
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private final List<String> printed = new CopyOnWriteArrayList<>();
    private Process process;

    private Up(Path data, int portOffset, ProcessBuilder command) {
        this.data = data;
        this.portOffset = portOffset;
        this.command = command;
        launch();
    }

    private void launch() {
        try {
            process = command.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> read(lines), "up");
        reader.setDaemon(true);
        reader.start();
        awaitReady();
    }

    /** Starts it on a data folder and waits until it says that it is ready. */
    static Up start(Path data, int portOffset, WindowRule rule, String... options) {
        return start(data, portOffset, rule.size().toSeconds() + "s", options);
    }

    /** The same with any windows, and without the jobs that have no oracle unless they are asked for. */
    static Up start(Path data, int portOffset, String windows, String... options) {
        List<String> all = new ArrayList<>(List.of("--no-simulators"));
        all.addAll(Arrays.asList(options));
        if (!all.contains("--jobs")) {
            all.addAll(List.of("--jobs", String.join(",", StackSettings.CORE_JOBS)));
        }
        return start(data, portOffset, windows, all);
    }

    /** The same with the simulators. */
    static Up withSimulators(Path data, int portOffset, String windows) {
        return start(data, portOffset, windows, List.of());
    }

    private static Up start(Path data, int portOffset, String windows, List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Checkout.root().resolve("deploy/streampane").toString(),
                "up",
                "--data",
                data.toString(),
                "--port-offset",
                Integer.toString(portOffset),
                "--window",
                windows,
                "--json",
                "--job-option",
                "weather-average:audit-interval=1s",
                "--job-option",
                "transaction-total:audit-interval=1s"));
        if (ServiceUnderTest.build() == ServiceBuild.NATIVE) {
            command.add("--native");
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("RESULTS_LIMITS_REQUESTS_PER_SECOND", "0");
        builder.environment().putAll(PATIENT);
        builder.environment().put("RESULTS_EXPLAIN_TIMEOUT", "90s");
        builder.environment().put("RESULTS_EXPLAIN_MAX_RUNNING", "4"); // of which one address may have two
        return new Up(data, portOffset, builder);
    }

    /** Starts it as it was started, on what it has left, and waits until it says that it is ready. */
    void startAgain() {
        events.clear();
        launch();
    }

    private void awaitReady() {
        try {
            await().atMost(STARTS_WITHIN).until(() -> said("ready") || !process.isAlive());
        } finally {
            if (!said("ready")) {
                close();
            }
        }
        if (!said("ready")) {
            throw new AssertionError("the stack did not start:\n" + String.join("\n", printed));
        }
    }

    private boolean said(String event) {
        return events.stream().anyMatch(e -> e.path("event").asText().equals(event));
    }

    private void read(BufferedReader lines) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.add(line);
                if (line.startsWith("{")) {
                    events.add(JSON.readTree(line));
                }
            }
        } catch (IOException closed) {
            printed.add("(" + closed.getMessage() + ")");
        }
    }

    /** A number to add to the default ports so that all of them are free. */
    static int freePortOffset() {
        return new Random()
                .ints(OFFSETS[FORK - 1][0], OFFSETS[FORK - 1][1])
                .filter(offset -> Stream.of(StackPort.values()).allMatch(port -> FreePorts.isFree(port.port(offset))))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Runs another command of {@code streampane} on this stack.
     *
     * @return what it printed
     */
    String command(String... words) {
        try {
            Process other = begin(words);
            String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (other.waitFor() != 0) {
                throw new AssertionError(String.join(" ", words) + ": " + output + "\nup: " + printed());
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Starts another command of {@code streampane} on this stack. */
    Process begin(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.root().resolve("deploy/streampane").toString());
        command.addAll(Arrays.asList(words));
        command.addAll(List.of("--data", data.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** What it printed, one JSON object per line. */
    List<JsonNode> events() {
        return List.copyOf(events);
    }

    /** How often the supervisor said that it starts a process again. */
    long restarts(String child) {
        return events.stream()
                .filter(event -> event.path("event").asText().equals("restart"))
                .filter(event -> event.path("subject").asText().equals(child))
                .count();
    }

    String printed() {
        return String.join("\n", printed);
    }

    RunningStack stack() {
        return RunningStack.read(data).orElseThrow(() -> new AssertionError(printed()));
    }

    Path data() {
        return data;
    }

    Path stateFolder() {
        return data.resolve("state");
    }

    String bootstrapServers() {
        return "127.0.0.1:" + StackPort.KAFKA.port(portOffset);
    }

    URI url(StackPort listener) {
        return URI.create("http://127.0.0.1:" + listener.port(portOffset));
    }

    /** Writes a record that no job has written, and waits until it is there. */
    void append(String topic, String key, String value) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers()), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Another results-api on this stack, which is ready; its files lie in {@code folder}. */
    LocalService resultsApi(Path folder, Map<String, String> settings) throws IOException {
        Files.createDirectories(folder);
        Map<String, String> all = new HashMap<>(PATIENT);
        all.putAll(settings);
        all.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        all.put("QUARKUS_ELASTICSEARCH_HOSTS", url(StackPort.ELASTICSEARCH).getAuthority());
        LocalService service = ServiceUnderTest.onFreePorts("results-api", folder, all);
        service.launch();
        service.awaitReady();
        return service;
    }

    /** Ends a process of the stack by SIGKILL and waits until it has gone. */
    void kill(String child) {
        ProcessHandle handle = handle(child);
        handle.destroyForcibly();
        awaitEnd(List.of(handle));
    }

    /** Sends a process of the stack STOP or CONT. */
    void signal(String child, String signal) {
        try {
            String pid = Long.toString(handle(child).pid());
            assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ProcessHandle handle(String child) {
        return stack().children().get(child).process().orElseThrow(() -> new AssertionError(child));
    }

    /** Ends {@code up} itself by SIGKILL: what it has started is to end, too. */
    void killSupervisor() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        awaitEnd(all);
    }

    /** Ends {@code up} and everything that it started by SIGKILL. */
    void killEverything() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(all);
        keepLogs();
    }

    private static void awaitEnd(List<ProcessHandle> all) {
        for (ProcessHandle one : all) {
            assertThat(one.onExit()).as("the end of %s", one.info()).succeedsWithin(Duration.ofMinutes(1));
        }
    }

    /** Ctrl-C: stops the jobs with savepoints, then everything. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        try {
            process.destroy();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        keepLogs();
    }

    private void keepLogs() {
        try {
            Files.write(keepLogs(data, data.getFileName().toString()).resolve("up.json"), printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the logs below a folder to where they outlive the test: {@code target/logs}. */
    static Path keepLogs(Path folder, String name) throws IOException {
        Path kept = Files.createDirectories(Path.of("target", "logs", name));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                if (!log.startsWith(folder.resolve("kafka/log"))) {
                    Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return kept;
    }
}
