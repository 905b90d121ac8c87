// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.ServiceBuild;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack with its simulators, all three services from their native executables. */
@Tag("native")
class SimulatedNativeIT {

    private static final Duration WINDOWS_COME = Duration.ofMinutes(5);
    private static final List<String> JOBS = List.of("weather-average", "transaction-total");
    private static final List<String> SERVICES = List.of("iot-simulator", "transaction-simulator", "results-api");

    @TempDir
    Path data;

    @Test
    void shouldServeAndStreamWindowsOfWhatTheSimulatorsSend() throws Exception {
        // Given
        try (Up up = Up.withSimulators(data, Up.freePortOffset(), "5s");
                LiveStream live = LiveStream.open(up.url(StackPort.RESULTS_API))) {
            Rest results = new Rest(up.url(StackPort.RESULTS_API));
            for (String service : SERVICES) {
                ProcessHandle process =
                        up.stack().children().get(service).process().orElseThrow();
                assertThat(process.info().command())
                        .contains(ServiceBuild.NATIVE.file(service).toString());
            }
            for (String job : JOBS) {
                // When
                String path = "/api/v1/windows?job=" + job + "&limit=10";
                await(job)
                        .atMost(WINDOWS_COME)
                        .ignoreException(AssertionError.class)
                        .until(() -> results.get(path).path("items").size() > 1);
                // Then
                await(job + " streamed").atMost(WINDOWS_COME).until(() -> live.windows().values().stream()
                        .anyMatch(all -> all.get(0).path("job").asText().equals(job)));
            }
            for (String service : SERVICES) {
                assertThat(up.restarts(service)).as(service).isZero();
            }
        }
    }
}
