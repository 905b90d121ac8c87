// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.StreamFilter;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close() says that it may throw anything
class SameTopicsTest {

    @Test
    void shouldEndWhereStateGoesOnInATopicThatWasMadeAnew() throws Exception {
        // Given
        OperatorSubtaskState state = read(null, "window-results", "one", 0, 4999);
        // When, Then
        read(state, "window-results", "one", 5000);
        read(state, "alerts", "two", 7);
        assertThatThrownBy(() -> read(state, "window-results", "two", 5000))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessage(
                        "topic window-results was deleted and made anew, and the state goes on at offset 5000: start a new generation without state");
    }

    @Test
    void shouldGoOnInATopicThatIsReadFromItsBeginning() throws Exception {
        // Given
        OperatorSubtaskState state = read(null, "window-results", "one", 0, 4999);
        // When, Then
        OperatorSubtaskState anew = read(state, "window-results", "two", 0, 1);
        read(anew, "window-results", "two", 2);
    }

    /** The state of a job that goes on from a state and reads these. */
    private static OperatorSubtaskState read(OperatorSubtaskState state, String topic, String topicId, long... offsets)
            throws Exception {
        try (var job = new OneInputStreamOperatorTestHarness<Decoded<Indexed>, Decoded<Indexed>>(
                new StreamFilter<>(new SameTopics()))) {
            if (state != null) {
                job.initializeState(state);
            }
            job.open();
            for (long offset : offsets) {
                Fetched fetched = new Fetched(topic, topicId, 0, offset, 0, null, null, null);
                job.processElement(new StreamRecord<>(Decoded.heartbeat(fetched, 0)));
            }
            assertThat(job.getOutput()).hasSize(offsets.length);
            return job.snapshot(1, 1);
        }
    }
}
