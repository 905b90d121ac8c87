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
        OperatorSubtaskState state =
                read(null, of("window-results", "one", 0, 0), of("window-results", "one", 1, 4999));
        // When, Then
        read(state, of("window-results", "one", 1, 5000));
        read(state, of("alerts", "two", 1, 7));
        assertThatThrownBy(() -> read(state, of("window-results", "two", 0, 0), of("window-results", "two", 1, 5000)))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessage(
                        "topic window-results was deleted and recreated, and partition 1 continues at offset 5000: start a new generation without state");
    }

    @Test
    void shouldGoOnInATopicThatIsReadFromItsBeginning() throws Exception {
        // Given
        OperatorSubtaskState state = read(null, of("window-results", "one", 0, 4999));
        // When, Then
        OperatorSubtaskState anew = read(state, of("window-results", "two", 0, 0), of("window-results", "two", 0, 1));
        read(anew, of("window-results", "two", 0, 2));
    }

    private static Fetched of(String topic, String topicId, int partition, long offset) {
        return new Fetched(topic, topicId, partition, offset, 0, null, null, null);
    }

    /** The state of a job that goes on from a state and reads these. */
    private static OperatorSubtaskState read(OperatorSubtaskState state, Fetched... records) throws Exception {
        try (var job = new OneInputStreamOperatorTestHarness<Decoded<String>, Decoded<String>>(
                new StreamFilter<>(new SameTopics<>()))) {
            if (state != null) {
                job.initializeState(state);
            }
            job.open();
            for (Fetched record : records) {
                job.processElement(new StreamRecord<>(Decoded.heartbeat(record, 0)));
            }
            assertThat(job.getOutput()).hasSize(records.length);
            return job.snapshot(1, 1);
        }
    }
}
