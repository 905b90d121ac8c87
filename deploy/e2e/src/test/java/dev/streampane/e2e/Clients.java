// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import dev.streampane.local.server.LocalService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The clients of {@code deploy/docs/clients.md}, as they are there: each hears everything once, also what is said while nobody answers. */
final class Clients {

    private static final String GARBAGE = "garbage";

    /**
     * A client.
     *
     * @param title its heading on the page
     * @param file what its code is kept as
     * @param program what runs that
     * @param needs the program that may be absent
     */
    private record Client(String title, String file, String program, String needs) {}

    private static final List<Client> CLIENTS = List.of(
            new Client("curl", "follow.sh", "bash", "curl"),
            new Client("Java", "Follow.java", java(), java()),
            new Client("Python", "follow.py", "python3", "python3"));

    private final Path folder;
    private final Readings readings;
    private final List<String> missing = new ArrayList<>();

    Clients(Path folder, Readings readings) {
        this.folder = folder;
        this.readings = readings;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Runs those whose programs are there; skips the test, with their names, when some are not, and fails it under CI. */
    void check(KeyedService keyed) throws Exception {
        List<Process> running = new ArrayList<>();
        try (LocalService service = keyed.service()) {
            List<Path> outputs = new ArrayList<>();
            List<Path> lost = new ArrayList<>();
            for (Client client : CLIENTS) {
                if (isThere(client)) {
                    outputs.add(start(client, keyed, "", running));
                    lost.add(start(client, keyed, GARBAGE, running));
                }
            }
            Path lines = watch(keyed, "lines.txt", "", running);
            Path screen = watch(keyed, "screen.txt", "script -qefc 'stty cols 80; TERM=xterm %s' /dev/null", running);
            patiently().untilAsserted(() -> {
                assertThat(errors(lines)).content().contains("streampane: connected");
                assertThat(screen).content().contains("live");
            });
            try (Browser browser = Browser.isInstalled() ? Browser.open(service.url()) : null) {
                if (browser == null) {
                    missing.add("chromium");
                } else {
                    follow(browser, keyed);
                }
                check(service, browser, outputs, lost);
            }
            checkWatched(lines, screen);
        } finally {
            running.stream()
                    .flatMap(one -> Stream.concat(one.descendants(), Stream.of(one.toHandle())))
                    .forEach(ProcessHandle::destroyForcibly);
        }
        Installed.require(missing.isEmpty(), "missing: " + missing);
    }

    private void check(LocalService service, Browser browser, List<Path> outputs, List<Path> lost) {
        patiently().untilAsserted(() -> {
            assertThat(outputs)
                    .allSatisfy(output -> assertThat(output).content().contains("progress "));
            assertThat(lost).allSatisfy(output -> assertThat(output).content().contains("reset {", "snapshot-end "));
            if (browser != null) {
                assertThat(heard(browser, "followed")).anyMatch(line -> line.startsWith("progress "));
                assertThat(heard(browser, "lost")).anyMatch(line -> line.startsWith("reset "));
                assertThat(heard(browser, "refused")).singleElement().asString().startsWith("refused ");
            }
        });
        // When
        readings.publish(List.of("snippet1"));
        awaitKeys(browser, outputs, List.of("snippet1"));
        service.kill();
        readings.publish(List.of("snippet2"));
        service.launch();
        service.awaitReady();
        readings.publish(List.of("snippet3"));
        // Then
        awaitKeys(browser, outputs, List.of("snippet1", "snippet2", "snippet3"));
    }

    /** {@code streampane watch} beside them. */
    private Path watch(KeyedService keyed, String name, String terminal, List<Process> running) throws IOException {
        Files.createDirectories(folder.resolve("clients"));
        Path key = Files.writeString(folder.resolve("clients/key"), keyed.key());
        Path output = folder.resolve("clients").resolve(name);
        String command =
                "\"%s\" watch --url %s --api-key-file \"%s\" --job weather-average --key snippet1,snippet2,snippet3"
                        .formatted(Checkout.root().resolve("deploy/streampane"), keyed.url(), key);
        running.add(new ProcessBuilder(
                        "bash", "-c", terminal.isEmpty() ? "exec " + command : "exec " + terminal.formatted(command))
                .redirectError(errors(output).toFile())
                .redirectOutput(output.toFile())
                .start());
        return output;
    }

    private static Path errors(Path output) {
        return output.resolveSibling("errors-of-" + output.getFileName());
    }

    private static void checkWatched(Path lines, Path screen) {
        assertThat(errors(lines)).content().containsOnlyOnce("streampane: connection lost (");
        patiently().untilAsserted(() -> {
            assertThat(Files.readAllLines(lines))
                    .extracting(line -> line.split("  ")[2])
                    .containsExactly("snippet1", "snippet2", "snippet3");
            // the table is painted from its first line on
            String[] frames = Files.readString(screen).split("\u001b\\[\\d+A\u001b\\[J");
            assertThat(frames[frames.length - 1]
                            .replaceAll("\u001b\\[\\d+m", "")
                            .lines()
                            .map(String::strip))
                    .hasSize(5)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(80))
                    .satisfiesExactly(
                            heading -> assertThat(heading).startsWith("END UTC"),
                            row -> assertThat(row).contains(" snippet3 ", " FINAL "),
                            row -> assertThat(row).contains(" snippet2 "),
                            row -> assertThat(row).contains(" snippet1 "),
                            state -> assertThat(state).isEqualTo("live"));
            assertThat(frames).anySatisfy(frame -> assertThat(frame).contains("connection lost"));
        });
    }

    private static void awaitKeys(Browser browser, List<Path> outputs, List<String> keys) {
        patiently().untilAsserted(() -> {
            assertThat(outputs).allSatisfy(output -> assertThat(keys(Files.readAllLines(output)))
                    .isEqualTo(keys));
            if (browser != null) {
                assertThat(keys(heard(browser, "followed"))).isEqualTo(keys);
            }
        });
    }

    /** The keys of the windows that were heard. */
    private static List<String> keys(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("window "))
                .map(line -> Outcome.json(line.substring("window ".length()).getBytes(StandardCharsets.UTF_8)))
                .map(window -> window.path("key").asText())
                .filter(key -> key.startsWith("snippet"))
                .toList();
    }

    private boolean isThere(Client client) {
        boolean there = Installed.find(client.needs()).isPresent();
        if (!there) {
            missing.add(client.needs());
        }
        return there;
    }

    private Path start(Client client, KeyedService keyed, String position, List<Process> running) throws IOException {
        Path code = Files.createDirectories(folder.resolve("clients")).resolve(client.file());
        Files.writeString(code, code(client.title()));
        Path output = folder.resolve("clients").resolve(client.title() + "-" + position + ".txt");
        ProcessBuilder process = new ProcessBuilder(client.program(), code.toString(), position)
                .redirectOutput(output.toFile())
                .redirectError(
                        output.resolveSibling(output.getFileName() + ".err").toFile());
        process.environment().putAll(Map.of("SERVICE", keyed.url().toString(), "KEY", keyed.key()));
        running.add(process.start());
        return output;
    }

    private static void follow(Browser browser, KeyedService keyed) throws IOException {
        for (String[] one : new String[][] {
            {"followed", "", keyed.key()}, {"lost", GARBAGE, keyed.key()}, {"refused", "", keyed.otherKey()}
        }) {
            browser.js(
                    code("JavaScript")
                            + "const heard = window[arguments[2]] = [];"
                            + "follow(arguments[0], arguments[1], (name, data) => heard.push(name + ' ' + JSON.stringify(data)), arguments[3]);",
                    keyed.url().toString(),
                    one[2],
                    one[0],
                    one[1]);
        }
    }

    private static List<String> heard(Browser browser, String name) {
        return browser.js("return window[arguments[0]]", name);
    }

    /** The code below a heading of the page. */
    private static String code(String title) throws IOException {
        String page = Files.readString(Checkout.root().resolve("deploy/docs/clients.md"));
        String section = page.substring(page.indexOf("\n## " + title + "\n"));
        int begin = section.indexOf('\n', section.indexOf("\n```") + 1) + 1;
        return section.substring(begin, section.indexOf("\n```\n", begin) + 1);
    }
}
