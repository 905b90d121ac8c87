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
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
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

    /** At 99,999 the session [20000,30000) is forgotten. */
    @ParameterizedTest
    @CsvSource({"30000, 35000, 1", "30001, 35001, 0"})
    void shouldDropAPartialWhoseOldestRecordTouchesAForgottenSessionWhereLatenessGrows(
            long oldest, long newest, int dropped) throws Exception {
        // Given
        String spec = "session(10s)";
        var restored = start(spec, Duration.ofHours(1), stateAt(99_999, spec));
        Partial partial = Partials.of("a", newest, "t", 0, 0, 1);
        partial.add(Partials.of("a", oldest, "t", 0, 1, 1));

        // When
        restored.processElement(new StreamRecord<>(partial, oldest));

        // Then
        assertThat(restored.extractOutputValues()).hasSize(1 - dropped);
        assertThat(restored.getSideOutput(PaneResults.DROPPED) != null).isEqualTo(dropped == 1);
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
