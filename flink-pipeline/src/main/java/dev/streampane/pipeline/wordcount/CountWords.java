// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.WordCount;
import dev.streampane.pipeline.contract.WordCount.Op;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts each word and writes every change.
 *
 * <p>{@code catalog batch catalog}: {@code +I[catalog, 1] | +I[batch, 1] | -U[catalog, 1] +U[catalog, 2]}. If only final counts are wanted, for
 * a bounded input in BATCH mode: {@code +I[catalog, 2] | +I[batch, 1]}.
 *
 * <p>State: one number per word. With a time to live the number expires when the word has not come for that long in processing time, and is
 * removed from state with the next full snapshot at the latest; if the word comes again, it starts at 1 with {@code +I}. If only final counts
 * are wanted, no word expires: the state ends with the input, and processing time means nothing for a bounded input.
 */
final class CountWords extends KeyedProcessFunction<String, String, WordCount> {

    /** Name of the state: part of the on-disk format. */
    static final String COUNT = "count";

    private final Duration timeToLive;
    private final boolean finalOnly;
    private transient ValueState<Long> count;

    /**
     * @param timeToLive zero = for ever; without effect if {@code finalOnly}
     * @param finalOnly whether the count of a word is written once, at the end of the input
     */
    CountWords(Duration timeToLive, boolean finalOnly) {
        this.timeToLive = timeToLive;
        this.finalOnly = finalOnly;
    }

    @Override
    public void open(OpenContext context) {
        var descriptor = new ValueStateDescriptor<>(COUNT, Types.LONG);
        if (!timeToLive.isZero() && !finalOnly) {
            descriptor.enableTimeToLive(
                    StateTtlConfig.newBuilder(timeToLive).cleanupFullSnapshot().build());
        }
        count = getRuntimeContext().getState(descriptor);
    }

    @Override
    public void processElement(String word, Context context, Collector<WordCount> out) throws Exception {
        Long before = count.value();
        long after = before == null ? 1 : before + 1;
        count.update(after);
        if (finalOnly) {
            context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        } else if (before == null) {
            out.collect(new WordCount(Op.INSERT, word, after));
        } else {
            out.collect(new WordCount(Op.UPDATE_BEFORE, word, before));
            out.collect(new WordCount(Op.UPDATE_AFTER, word, after));
        }
    }

    /** Writes the final count of a word at the end of the input. */
    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<WordCount> out) throws Exception {
        out.collect(new WordCount(Op.INSERT, context.getCurrentKey(), count.value()));
    }
}
