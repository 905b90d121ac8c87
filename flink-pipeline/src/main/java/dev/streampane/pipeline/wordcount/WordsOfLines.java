// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The words of lines that have no position in Kafka, so that no audit line and no dead letter can name one. The metrics {@code counted} and
 * {@code rejected} count their rows, and the log at level DEBUG has the reasons of rejections. A line without words has no row.
 *
 * <p>State: the files that are read once, kept by each subtask as in {@link StartsWith}. After a restore Flink's source would read these files
 * again if they are watched now, and would not read other files at all.
 */
final class WordsOfLines extends RichFlatMapFunction<byte[], String> implements CheckpointedFunction {

    private static final Logger LOG = LoggerFactory.getLogger(WordsOfLines.class);

    /** Name of the state: part of the on-disk format. */
    private static final String FILES = "once";

    private final WordDecoder decoder = new WordDecoder();
    private final String source;
    private final String once;
    private transient ListState<String> kept;
    private transient Counter counted;
    private transient Counter rejected;

    /**
     * @param source what the lines come from
     * @param once the files that are read once; empty for a source without end
     */
    WordsOfLines(String source, String once) {
        this.source = source;
        this.once = once;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        kept = StartsWith.unchanged(
                context.getOperatorStateStore(),
                FILES,
                "files",
                once,
                before ->
                        "--source is %s, and the state has %s: files may not change with state, nor whether they are watched (--watch-interval), but for other ones that are watched; give those of the state, or start without it"
                                .formatted(described(once), described(before)));
    }

    private static String described(String files) {
        return files.isEmpty() ? "watched" : files + ", which is not watched";
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        kept.update(List.of(once));
    }

    @Override
    public void open(OpenContext context) {
        counted = getRuntimeContext().getMetricGroup().counter("counted");
        rejected = getRuntimeContext().getMetricGroup().counter("rejected");
    }

    @Override
    public void flatMap(byte[] line, Collector<String> out) {
        var fetched = new Fetched(source, "", 0, 0, Fetched.NO_APPEND_TIME, null, line, WordDecoder.KIND);
        decoder.decode(fetched, new Rows(out));
    }

    /** Forwards each row before the next is made: all rows of a long line together take a hundred times its bytes. */
    private final class Rows implements Collector<Decoded<String>> {

        private final Collector<String> out;

        Rows(Collector<String> out) {
            this.out = out;
        }

        @Override
        public void collect(Decoded<String> row) {
            if (!row.rejected()) {
                counted.inc();
                out.collect(row.value());
            } else if (row.reason() != RejectReason.EMPTY) {
                rejected.inc();
                LOG.debug(
                        "Row is rejected, source={} reason={} message={}",
                        source,
                        row.reason().code(),
                        row.message());
            }
        }

        @Override
        public void close() {}
    }
}
