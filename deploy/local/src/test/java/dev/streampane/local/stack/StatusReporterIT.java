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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Test
    void shouldCountWhatComesAndNotReadWhatWasThere() {
        // Given
        journal.create(List.of("device-readings", "transactions", "time-series", "window-results"), 1);
        for (int n = 0; n < 100; n++) {
            journal.write("device-readings", "device1", "old");
            journal.write("window-results", "device1", "old");
        }
        int port = Integer.parseInt(journal.bootstrapServers().replaceAll(".*:", ""));
        StackSettings settings =
                TestSettings.of(data, port - StackPort.KAFKA.port(0), List.of(), Optional.empty(), Map.of());
        Console console = new Console(new PrintStream(printed, true), Console.Style.TERMINAL, 200);
        StatusReporter reporter = new StatusReporter(settings, new FlinkRest(flink.url()), console);

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
}
