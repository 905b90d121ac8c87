// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A second results-api of a stack, which asks for keys.
 *
 * @param service it is ready
 * @param key one that reads the results of the readings' job
 * @param otherKey one that reads those of no job that there is
 */
record KeyedService(LocalService service, String key, String otherKey) {

    /** Starts it; its files lie in {@code folder}. */
    static KeyedService start(Up up, Path folder) throws IOException, InterruptedException {
        Process maker = make("reader", Feed.READINGS.job());
        Process otherMaker = make("other", "none");
        String made = output(maker);
        String other = output(otherMaker);
        Files.createDirectories(folder);
        Path keys =
                Files.writeString(folder.resolve("keys"), after(made, "line: ") + "\n" + after(other, "line: ") + "\n");
        LocalService service = up.resultsApi(
                folder, Map.of("RESULTS_SECURITY_PROFILE", "api-key", "RESULTS_SECURITY_KEYS_FILE", keys.toString()));
        return new KeyedService(service, after(made, "key: "), after(other, "key: "));
    }

    private static Process make(String name, String job) throws IOException {
        List<String> command =
                new ArrayList<>(ServiceUnderTest.command(ServiceBuild.JVM, "results-api", List.of("-Xmx64m")));
        command.addAll(List.of("--new-key", name, "--scope", "read:" + job));
        return new ProcessBuilder(command).start();
    }

    URI url() {
        return service.url();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    private static String after(String text, String word) {
        return text.lines()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError(text));
    }
}
