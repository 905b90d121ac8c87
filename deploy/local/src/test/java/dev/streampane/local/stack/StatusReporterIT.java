// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.Journal;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StatusReporterIT {

    @RegisterExtension
    static final Journal journal = new Journal();

    @TempDir
    Path data;

    @AutoClose
    final FakeFlink flink = new FakeFlink();

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> topics = new ArrayList<>();

    @AfterEach
    void deleteTopics() {
        journal.delete(topics);
    }

    @Test
    void shouldCountWhatComesAndNotReadWhatWasThere() {
        // Given
        create("device-readings", "transactions", "time-series", "window-results");
        for (int n = 0; n < 100; n++) {
            journal.write("device-readings", "device1", "old");
            journal.write("window-results", "device1", "old");
        }
        Console console = new Console(new PrintStream(printed, true), Console.Style.TERMINAL, 200);
        StatusReporter reporter = reporter(console, List.of(), Map.of());

        // When
        Steps.daemon(reporter).start();

        // Then
        try {
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 0  windows out 0  "));
            journal.write("device-readings", "device1", "new");
            journal.write("window-results", "device1", "new");
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 1  windows out 1  lag 0"));
            flink.jobs.add(Http.JSON
                    .createObjectNode()
                    .put("jid", "1")
                    .put("name", "weather-average")
                    .put("state", "RESTARTING"));
            await().untilAsserted(() -> assertThat(printed.toString()).contains("lag unknown"));
        } finally {
            reporter.end();
            console.close();
        }
    }

    @Test
    void shouldCountInTheTopicsThatJobsAreGivenAndPassOverThoseThatAreNotThere() {
        // Given
        create("own-readings", "own-results");
        Map<String, String> options = Map.of(
                "weather-average:input-topic", "own-readings",
                "results-topic", "own-results",
                "transaction-total:input-topic", "not-there");
        Console console = new Console(new PrintStream(printed, true), Console.Style.TERMINAL, 200);
        StatusReporter reporter = reporter(console, List.of("weather-average", "transaction-total"), options);

        // When
        Steps.daemon(reporter).start();

        // Then
        try {
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 0  windows out 0  "));
            journal.write("own-readings", "device1", "new");
            journal.write("own-results", "device1", "new");
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 1  windows out 1  lag 0"));
        } finally {
            reporter.end();
            console.close();
        }
    }

    @Test
    void shouldCountInTopicsThatComeAfterItsStart() {
        // Given
        Console console = new Console(new PrintStream(printed, true), Console.Style.TERMINAL, 200);
        StatusReporter reporter = reporter(console, List.of("weather-average"), Map.of());

        // When
        Steps.daemon(reporter).start();

        // Then
        try {
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 0  windows out 0  lag 0"));
            create("device-readings", "window-results");
            journal.write("device-readings", "device1", "new");
            journal.write("window-results", "device1", "new");
            await().untilAsserted(() -> assertThat(printed.toString()).contains("records in 1  windows out 1  lag 0"));
        } finally {
            reporter.end();
            console.close();
        }
    }

    private void create(String... names) {
        topics.addAll(List.of(names));
        journal.create(topics, 1);
    }

    private StatusReporter reporter(Console console, List<String> jobs, Map<String, String> options) {
        int port = Integer.parseInt(journal.bootstrapServers().replaceAll(".*:", ""));
        StackSettings settings = TestSettings.of(data, port - StackPort.KAFKA.port(0), jobs, Optional.empty(), options);
        return new StatusReporter(settings, new FlinkRest(flink.url()), console);
    }
}
