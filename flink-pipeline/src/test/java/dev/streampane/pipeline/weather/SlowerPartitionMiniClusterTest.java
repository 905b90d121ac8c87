// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that have fired, and a record of a slower partition that its own clock still counts. */
class SlowerPartitionMiniClusterTest {

    private static final TestSettings SETTINGS =
            TestSettings.of("weather-average").windows("session(10s)");

    private static final TopologyRun.Setup<DeviceReading> SETUP = new TopologyRun.Setup<>(
            WeatherAverageTopology::build, new ReadingDecoder(SETTINGS.intake().zone()), SETTINGS.intake(), 1);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTakeBackTheSessionsThatItJoins(int parallelism, @TempDir Path savepoints) {
        // Given two sessions that have fired, a restore, and a partition whose clock is minutes
        // ahead
        var log = new PartitionedLog(2);
        var writer = new LogWriter(log, "device-readings");
        writer.reading(0, "06:00:00", "d", "20").reading(0, "06:00:15", "d", "21");
        writer.heartbeat(0, "06:05:00").heartbeat(1, "06:00:31");
        TopologyRun first =
                SETUP.start(log, 3 - parallelism).await(r -> r.results().size() == 2);
        String state = first.stop(savepoints);

        // When the slower one has a reading between them
        writer.reading(1, "06:00:08", "d", "22").close();
        TopologyRun second = SETUP.restore(log, parallelism, state).awaitEnd();

        // Then
        assertThat(first.results())
                .extracting(SlowerPartitionMiniClusterTest::said)
                .containsExactly("06:00:00-06:00:10 1 FINAL 1 null", "06:00:15-06:00:25 1 FINAL 1 null");
        String longer = "weather-average~session-10s~d~20261120T060000.000Z~20261120T060025.000Z";
        assertThat(second.results())
                .extracting(SlowerPartitionMiniClusterTest::said)
                .containsExactly(
                        "06:00:00-06:00:25 1 FINAL 3 null",
                        "06:00:00-06:00:10 2 RETRACTED 0 " + longer,
                        "06:00:15-06:00:25 2 RETRACTED 0 " + longer);
        assertThat(second.results().get(0).id()).isEqualTo(longer);
        assertThat(second.results().get(0).inputs())
                .containsExactly(
                        new WindowResult.Input("device-readings", 0, 0L, 1L),
                        new WindowResult.Input("device-readings", 1, 1L, 1L));
        assertThat(List.of(first, second))
                .allMatch(run -> run.late().isEmpty() && run.corrections().isEmpty());
    }

    private static String said(WindowResult result) {
        return String.join(
                " ",
                time(result.window().start()) + '-' + time(result.window().end()),
                "" + result.rev(),
                result.status().name(),
                "" + result.count(),
                result.mergedInto());
    }

    private static String time(Instant time) {
        return time.toString().substring(11, 19);
    }
}
