// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WordCount;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CountWordsTest {

    private static final Duration EVER = Duration.ZERO;

    @AutoClose
    private KeyedOneInputStreamOperatorTestHarness<String, String, WordCount> words;

    @Test
    void shouldSayTheFinalCountsAloneAtTheEndOfTheInput() throws Exception {
        open(EVER, true);

        count("catalog", "batch", "catalog");
        assertThat(rows()).isEmpty();
        words.processWatermark(Long.MAX_VALUE);

        assertThat(rows()).containsExactlyInAnyOrder("+I[catalog, 2]", "+I[batch, 1]");
    }

    @Test
    void shouldForgetNoWordBeforeItsFinalCount() throws Exception {
        // Given
        open(Duration.ofSeconds(1), true);
        words.setStateTtlProcessingTime(0);
        count("catalog", "batch");
        words.setStateTtlProcessingTime(10_000);
        count("catalog");

        // When
        words.setStateTtlProcessingTime(20_000);
        words.processWatermark(Long.MAX_VALUE);

        // Then
        assertThat(rows()).containsExactlyInAnyOrder("+I[catalog, 2]", "+I[batch, 1]");
    }

    @Test
    void shouldForgetAWordThatDoesNotComeAnyMore() throws Exception {
        // Given
        open(Duration.ofMinutes(1), false);
        words.setStateTtlProcessingTime(0);
        count("catalog", "batch", "catalog");
        words.setStateTtlProcessingTime(30_000);
        count("batch");

        // When: one minute after the last catalog, half a minute after the last batch
        words.setStateTtlProcessingTime(60_000);
        count("catalog", "batch");

        // Then
        assertThat(rows())
                .containsExactly(
                        "+I[catalog, 1]",
                        "+I[batch, 1]",
                        "-U[catalog, 1]",
                        "+U[catalog, 2]",
                        "-U[batch, 1]",
                        "+U[batch, 2]",
                        "+I[catalog, 1]",
                        "-U[batch, 2]",
                        "+U[batch, 3]");
    }

    @Test
    void shouldHoldNoStateOfForgottenWords() throws Exception {
        // Given
        open(Duration.ofMinutes(1), false);
        words.setStateTtlProcessingTime(0);
        for (int word = 0; word < 1_000; word++) {
            count("word" + word);
        }
        assertThat(words.numKeyedStateEntries()).isEqualTo(1_000);

        // When: other words come, each of which cleans up after a few that are forgotten
        words.setStateTtlProcessingTime(60_001);
        for (int i = 0; i < 1_000; i++) {
            count("flink");
        }

        // Then
        assertThat(words.numKeyedStateEntries()).isEqualTo(1);
    }

    @Test
    void shouldTakeATimeToLiveAfterARestoreAndLeaveItAgain() throws Exception {
        open(EVER, false);
        count("catalog");
        OperatorSubtaskState endless = words.snapshot(1, 0);
        words.close();

        open(Duration.ofMinutes(1), false, endless);
        count("catalog");
        assertThat(rows()).containsExactly("-U[catalog, 1]", "+U[catalog, 2]");
        OperatorSubtaskState limited = words.snapshot(2, 0);
        words.close();

        open(EVER, false, limited);
        count("catalog");
        assertThat(rows()).containsExactly("-U[catalog, 2]", "+U[catalog, 3]");
    }

    private void open(Duration timeToLive, boolean finalOnly) throws Exception {
        open(timeToLive, finalOnly, null);
    }

    private void open(Duration timeToLive, boolean finalOnly, OperatorSubtaskState state) throws Exception {
        words = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new CountWords(timeToLive, finalOnly)), word -> word, Types.STRING);
        words.setup();
        if (state != null) {
            words.initializeState(state);
        }
        words.open();
    }

    private void count(String... more) throws Exception {
        for (String word : more) {
            words.processElement(word, 0);
        }
    }

    private List<String> rows() {
        return words.extractOutputValues().stream().map(WordCount::row).toList();
    }
}
