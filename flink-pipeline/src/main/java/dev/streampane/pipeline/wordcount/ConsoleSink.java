// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.WordCount;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Prints each row immediately to the standard output of its TaskManager: {@code 3> +U[catalog, 2]}, where 3 is the subtask, from 1. The output
 * is UTF-8 for every locale of the JVM. At least once: after a failure rows are printed again.
 */
final class ConsoleSink implements Sink<WordCount> {

    @Override
    public SinkWriter<WordCount> createWriter(WriterInitContext context) {
        return new Writer(context.getTaskInfo().getIndexOfThisSubtask() + 1);
    }

    /** The line that is printed for a row, without its line feed. */
    static String line(int subtask, WordCount change) {
        return subtask + "> " + change.row();
    }

    private record Writer(int subtask) implements SinkWriter<WordCount> {

        @Override
        public void write(WordCount change, Context context) {
            // One call per line, because other threads print there, too.
            System.out.writeBytes((line(subtask, change) + '\n').getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void flush(boolean endOfInput) {
            System.out.flush();
        }

        @Override
        public void close() {}
    }
}
