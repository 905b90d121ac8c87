// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The words of lines that have no place in a log, so that no audit line and no dead letter can name one. What became of their rows is
 * told by the metrics {@code counted} and {@code rejected}; why, by the log at level DEBUG. A line without words has no row.
 */
final class WordsOfLines extends RichFlatMapFunction<byte[], String> {

    private static final Logger LOG = LoggerFactory.getLogger(WordsOfLines.class);

    private final WordDecoder decoder = new WordDecoder();
    private final String source;
    private transient Counter counted;
    private transient Counter rejected;

    /**
     * @param source what the lines come from
     */
    WordsOfLines(String source) {
        this.source = source;
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

    /** Passes each row on before the next is made: all of a long line's together take a hundred times its bytes. */
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
