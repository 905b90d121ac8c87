// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.LocalServer;
import dev.streampane.local.server.ProcessUsage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane bench startup}: how long each service, and the stack, takes until it is ready. */
@Command(
        name = "startup",
        description = {
            "Tells what each part takes until it is ready.",
            "Starts each server and service alone, beside what it needs, and then the whole",
            "stack ('streampane up' with new data, and again with that data), and tells the",
            "time until it is ready, and its CPU and memory until then."
        })
final class Startup extends Benchmark {

    private static final String STACK = "stack";

    /** All ports are above those of stacks that tests start meanwhile. */
    private static final int LEAST_OFFSET = 8_800;

    private static final int MOST_OFFSET = 22_000;

    @Option(
            names = "--only",
            split = ",",
            defaultValue = "kafka,elasticsearch,flink,iot-simulator,transaction-simulator,results-api,stack",
            description = "What is started.")
    private List<String> only;

    @Option(names = "--rounds", defaultValue = "5", description = "Starts of each.")
    private int rounds;

    @Mixin
    private Service service;

    private Workspace workspace;
    private LocalElasticsearch elasticsearch;

    /** Time until a start was ready, and the CPU time and memory used until then. */
    private record Start(double seconds, double cpuSeconds, double residentMiB) {}

    @Override
    public Integer call() throws Exception {
        try (Workspace opened = Workspace.open();
                LocalElasticsearch store = LocalElasticsearch.start(opened.folder("elasticsearch"))) {
            workspace = opened;
            elasticsearch = store;
            IndexTemplates.install(store.url());
            Map<String, List<Start>> starts = new LinkedHashMap<>();
            for (int round = 1; round <= rounds; round++) {
                for (String name : only) {
                    if (!name.equals(STACK)) {
                        starts.computeIfAbsent(name, n -> new ArrayList<>()).add(start(name, round));
                    }
                }
            }
            for (Map.Entry<String, List<Start>> each : starts.entrySet()) {
                print(each.getKey(), each.getValue());
            }
        }
        if (only.contains(STACK)) {
            stack();
        }
        return 0;
    }

    private Start start(String name, int round) throws Exception {
        Path data = workspace.folder(name + '-' + round);
        return switch (name) {
            case "kafka" -> {
                int[] ports = FreePorts.next(2);
                yield start(new LocalKafka(data, ports[0], ports[1], Map.of()));
            }
            case "elasticsearch" -> {
                int[] ports = FreePorts.next(2);
                yield start(new LocalElasticsearch(data, ports[0], ports[1]));
            }
            case "flink" -> flink(data);
            case "iot-simulator", "transaction-simulator", Service.RESULTS ->
                start(service.at(name, workspace, elasticsearch.url(), Map.of()));
            default -> throw wrongUse("nothing is called " + name);
        };
    }

    private static Start start(LocalServer server) throws IOException {
        long begin = System.nanoTime();
        try (server) {
            server.restart();
            return taken(
                    (System.nanoTime() - begin) / 1e9,
                    Stream.of(server.process().toHandle()));
        }
    }

    private static Start flink(Path data) throws IOException {
        long begin = System.nanoTime();
        try (LocalFlink flink = LocalFlink.start(data)) {
            return taken(
                    (System.nanoTime() - begin) / 1e9,
                    Stream.of(flink.jobManager().toHandle(), flink.taskManager().toHandle()));
        }
    }

    private static Start taken(double seconds, Stream<ProcessHandle> processes) throws IOException {
        Duration cpu = Duration.ZERO;
        long resident = 0;
        for (ProcessHandle process : processes.toList()) {
            ProcessUsage usage = ProcessUsage.of(process);
            cpu = cpu.plus(usage.processor());
            resident += usage.residentBytes().orElseThrow() >> 20;
        }
        return new Start(seconds, cpu.toMillis() / 1e3, resident);
    }

    private void print(String name, List<Start> starts) throws IOException {
        Spread seconds = Spread.of(starts.stream().map(Start::seconds).toList());
        Spread cpu = Spread.of(starts.stream().map(Start::cpuSeconds).toList());
        Spread resident = Spread.of(starts.stream().map(Start::residentMiB).toList());
        report(
                "%-22s ready after %5.1f s (%.1f to %.1f)  %5.1f s of CPU  %,5.0f MiB",
                "started",
                name,
                "seconds",
                seconds.median(),
                "least",
                seconds.min(),
                "most",
                seconds.max(),
                "cpuSeconds",
                cpu.median(),
                "residentMiB",
                resident.median());
    }

    /** Starts the stack, in its own folder: the first time without data, then with the data of the previous start. */
    private void stack() throws Exception {
        Path data = Workspace.newFolder();
        try {
            List<Start> again = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                Start start = up(data.resolve(STACK));
                if (round == 0) {
                    print("stack, new", List.of(start));
                } else {
                    again.add(start);
                }
            }
            if (!again.isEmpty()) {
                print("stack, again", again);
            }
        } finally {
            Workspace.delete(data);
        }
    }

    private Start up(Path data) throws Exception {
        var command = new ArrayList<>(List.of(
                Checkout.root().resolve("deploy/streampane").toString(),
                "up",
                "--json",
                "--for=1s",
                "--data=" + data,
                "--port-offset=" + freePortOffset()));
        if (service.isNative()) {
            command.add("--native");
        }
        Process up = new ProcessBuilder(command).redirectErrorStream(true).start();
        var printed = new ArrayList<String>();
        Start start = null;
        try (var lines = new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.add(line);
                JsonNode event = line.startsWith("{") ? Http.JSON.readTree(line) : Http.JSON.missingNode();
                if (event.path("event").asText().equals("ready")) {
                    start = taken(event.path("seconds").asDouble(), processes(data));
                }
            }
        }
        if (up.waitFor() != 0 || start == null) {
            throw new IOException("the stack did not start:\n" + String.join("\n", printed));
        }
        return start;
    }

    private static Stream<ProcessHandle> processes(Path data) {
        return RunningStack.read(data).stream()
                .flatMap(stack -> stack.children().values().stream())
                .flatMap(child -> child.process().stream());
    }

    private static int freePortOffset() {
        while (true) {
            int offset = ThreadLocalRandom.current().nextInt(LEAST_OFFSET, MOST_OFFSET);
            if (Stream.of(StackPort.values()).allMatch(port -> FreePorts.isFree(port.port(offset)))) {
                return offset;
            }
        }
    }
}
