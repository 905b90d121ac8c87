// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.WordCount;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Prints each row at once to the standard output of its TaskManager: {@code 3> +U[catalog, 2]}, where 3 is the subtask, from 1. In
 * UTF-8, whatever the JVM's locale is. After a failure rows come again: at least once.
 */
final class ConsoleSink implements Sink<WordCount> {

    @Override
    public SinkWriter<WordCount> createWriter(WriterInitContext context) {
        return new Writer(context.getTaskInfo().getIndexOfThisSubtask() + 1);
    }

    /** What the console shows of a row. */
    static String line(int subtask, WordCount change) {
        return subtask + "> " + change.row();
    }

    private record Writer(int subtask) implements SinkWriter<WordCount> {

        @Override
        public void write(WordCount change, Context context) {
            // One call for one line: other threads print there, too.
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
