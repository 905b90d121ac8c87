// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Installed;
import dev.streampane.results.EventParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A client that others wrote, as a process, and what is folded out of its output. Close it to end it. */
final class ForeignClient implements AutoCloseable {

    private static final Path NODE = Path.of("src/test/node");
    private static Path installed;

    private final Fold fold = new Fold();
    private final Thread thread;
    private volatile Process process;
    private volatile boolean closing;
    private volatile int connections;

    private ForeignClient(Runs runs) {
        thread = new Thread(
                () -> {
                    try {
                        runs.run(this);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                "foreign-client");
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Runs {
        void run(ForeignClient client) throws IOException, InterruptedException;
    }

    /**
     * The npm package {@code eventsource}, which resumes by itself.
     *
     * @param streams where it goes on when one no longer answers with a stream
     */
    static ForeignClient eventSource(List<String> streams) throws Exception {
        installed();
        return new ForeignClient(client -> client.follow(streams));
    }

    /** The folder of the scripts with what npm installs for them, one for tests with Quarkus and one for others; without node and npm the test is skipped. */
    static synchronized Path installed() throws IOException, InterruptedException {
        Installed.require("node", "nodejs");
        Installed.require("npm", "npm");
        if (installed != null) {
            return installed;
        }
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "node-clients");
        try (Stream<Path> files = Files.list(NODE)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path log = folder.resolve("npm.log");
        Process install = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!install.waitFor(10, TimeUnit.MINUTES) || install.exitValue() != 0) {
            install.destroyForcibly();
            throw new AssertionError("npm ci: " + Files.readString(log));
        }
        installed = folder;
        return folder;
    }

    /** {@code curl -N}, again and again, each time with the last id; it is cut off behind a snapshot, and anywhere in what comes then. */
    static ForeignClient curl(List<String> streams, long seed) {
        Installed.require("curl", "curl");
        return new ForeignClient(client -> client.loop(streams, new Random(seed)));
    }

    Fold fold() {
        return fold;
    }

    /** How often it had an answer that was a stream. */
    int connections() {
        return connections;
    }

    @Override
    public String toString() {
        return "%d connections, %d lives, %d events, resets %s, at %s"
                .formatted(connections, fold.lives(), fold.events(), fold.resets(), fold.lastEventId());
    }

    @Override
    public void close() {
        closing = true;
        if (process != null) {
            process.destroyForcibly();
        }
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(List<String> streams) throws IOException {
        List<String> command = new ArrayList<>(List.of("node", "follow.mjs"));
        command.addAll(streams);
        process = new ProcessBuilder(command)
                .directory(installed.toFile())
                .redirectError(installed.resolve("node.log").toFile())
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode said = Row.read(line);
                if (said.get("name").asText().equals("open")) {
                    connections = connections + 1;
                    fold.connected();
                } else {
                    String id = said.get("id").asText();
                    fold.take(
                            id,
                            Optional.of(new EventParser.Event(
                                    id,
                                    said.get("name").asText(),
                                    said.get("data").asText())));
                    giveUpWhatIsPartial();
                }
            }
        } catch (IOException e) {
            // killed while a line was read
        }
    }

    private void loop(List<String> streams, Random random) throws IOException, InterruptedException {
        while (!closing) {
            boolean begun = fold.begun() && !fold.lastEventId().isEmpty();
            String most = begun ? "0." + (2 + random.nextInt(7)) : "60";
            List<String> command = new ArrayList<>(List.of("curl", "-sfN", "--max-time", most));
            if (!fold.lastEventId().isEmpty()) {
                command.addAll(List.of("-H", "Last-Event-ID: " + fold.lastEventId()));
            }
            command.add(streams.get(random.nextInt(streams.size())));
            process = new ProcessBuilder(command).start();
            try (InputStream out = process.getInputStream()) {
                int first = out.read();
                if (first >= 0) {
                    connections = connections + 1;
                    fold.connected();
                    read(first, out, begun);
                }
            } catch (IOException e) {
                // killed while it was read
            }
            process.waitFor();
            giveUpWhatIsPartial();
        }
    }

    private void giveUpWhatIsPartial() {
        if (fold.partial()) {
            fold.forget();
        }
    }

    /** Reads to the end, or to that of the snapshot if there is none yet. */
    private void read(int first, InputStream out, boolean begun) throws IOException {
        EventParser parser = new EventParser();
        for (int next = first; next >= 0; next = out.read()) {
            if (parser.take(next)) {
                fold.take(parser.lastEventId().orElseThrow(), parser.event());
                if (!begun && fold.begun()) {
                    return;
                }
            }
        }
    }
}
