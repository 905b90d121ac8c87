// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.StreamFlatMap;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close() says that it may throw anything
class WordsOfLinesTest {

    /** Tells of each word whether the one before is still held. */
    private static final class Held implements Collector<String> {

        private final List<Boolean> held = new ArrayList<>();
        private WeakReference<String> before;

        @Override
        public void collect(String word) {
            if (before != null) {
                System.gc();
                held.add(before.get() != null);
            }
            before = new WeakReference<>(word);
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldHoldOneWordOfALineAtATime() throws Exception {
        // Given
        var words = new WordsOfLines("file:words.txt", "");
        var held = new Held();
        try (var operator = new OneInputStreamOperatorTestHarness<>(new StreamFlatMap<>(words))) {
            operator.open();

            // When
            words.flatMap("flink window pane".getBytes(StandardCharsets.UTF_8), held);
        }

        // Then
        assertThat(held.held).containsExactly(false, false);
    }
}
