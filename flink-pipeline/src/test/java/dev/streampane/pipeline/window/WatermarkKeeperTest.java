// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.state.PartialSerializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands before the panes, restored with another allowed lateness than a minute. Times are in ms. */
class WatermarkKeeperTest {

    private final List<OneInputStreamOperatorTestHarness<Partial, Partial>> keepers = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var keeper : keepers) {
            keeper.close();
        }
    }

    /** A total of a key that is forgotten would be told once more by a number that has been told. */
    @ParameterizedTest
    @CsvSource({"tumbling(1m), 30000", "global(every=30s), 90000", "global(count=3), 90000"})
    void shouldBeginEarlierWhereLatenessShrinksButNotBeforeTotals(String spec, long expected) throws Exception {
        // Given
        OperatorSubtaskState state = stateAt(90_000, spec);

        // When
        var restored = start(spec, Duration.ZERO, state);

        // Then
        assertThat(restored.getOutput()).containsExactly(new Watermark(expected));
    }

    private OperatorSubtaskState stateAt(long watermark, String spec) throws Exception {
        var keeper = start(spec, Duration.ofMinutes(1), null);
        keeper.processWatermark(watermark);
        return keeper.snapshot(1, 0);
    }

    private OneInputStreamOperatorTestHarness<Partial, Partial> start(
            String spec, Duration allowedLateness, OperatorSubtaskState state) throws Exception {
        var keeper = new OneInputStreamOperatorTestHarness<>(
                new WatermarkKeeper.PassPartials(WindowSpecParser.parse(spec), allowedLateness));
        keepers.add(keeper);
        keeper.setup(PartialSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
        if (state != null) {
            keeper.initializeState(state);
        }
        keeper.open();
        return keeper;
    }
}
