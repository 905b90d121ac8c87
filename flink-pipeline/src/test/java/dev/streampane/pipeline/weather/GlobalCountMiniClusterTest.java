// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One partition read by one subtask has one order of arrival: then panes of a count hold what brute force puts into them, all of it. */
class GlobalCountMiniClusterTest {

    private static final int RECORDS = 400;
    private static final String COUNTS = "global(count=7)";

    private final PartitionedLog log = new PartitionedLog(1);
    private final List<WindowResult> results = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldHoldWhatTheOracleHolds(long seed, @TempDir Path savepoints) {
        // Given
        var readings = new RandomReadings(seed, seed == 1 ? 17 : 0);
        var settings = TestSettings.of("weather-average").windows(COUNTS).intake();
        var setup = new TopologyRun.Setup<>(
                WeatherAverageTopology::build, new ReadingDecoder(settings.zone()), settings, seed);
        TopologyRun before = setup.start(log, 1);
        write(readings);
        int due = oracle(readings).panes.size();
        before.await(run -> run.results().size() == due);
        String state = before.stop(savepoints);
        results.addAll(before.results());

        // When
        TopologyRun after = setup.restore(log, 1, state);
        write(readings);
        log.close();
        results.addAll(after.awaitEnd().results());

        // Then
        TreeMap<String, String> expected = oracle(readings).panes;
        assertThat(due).isGreaterThan(10);
        assertThat(expected).hasSizeGreaterThan(due + 10);
        assertThat(results).hasSameSizeAs(expected.keySet());
        assertThat(panes()).isEqualTo(expected);
        assertThat(results)
                .allMatch(pane -> pane.window().start().equals(pane.minEventTime()))
                .allMatch(pane -> pane.window().end().equals(pane.maxEventTime().plusMillis(1)));
    }

    private void write(RandomReadings readings) {
        for (int record = 0; record < RECORDS / 2; record++) {
            log.append(readings.next());
        }
    }

    private static WeatherOracle oracle(RandomReadings readings) {
        return new WeatherOracle(OracleWindows.counts(7), false, 5_000, 60_000, 300_000).judge(readings.written());
    }

    /** By key and number, in the words of the oracle. */
    private TreeMap<String, String> panes() {
        var panes = new TreeMap<String, String>();
        for (WindowResult pane : results) {
            long number = pane.window().number();
            panes.put(pane.entityKey() + "@" + number + ".." + (number + 1), WeatherOracle.describe(pane));
        }
        return panes;
    }
}
