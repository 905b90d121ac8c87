// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.contract.WordCount;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.DateTimeBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.DefaultRollingPolicy;

/** The sinks of the changelog other than the topic. */
final class WordSinks {

    private static final Duration NEW_FILE_AFTER = Duration.ofMinutes(1);
    private static final Duration NEW_FILE_AFTER_SILENCE = Duration.ofSeconds(10);

    private WordSinks() {}

    static void console(DataStream<WordCount> changes) {
        changes.sinkTo(new ConsoleSink()).uid("console").name("console");
    }

    /**
     * Writes the rows, one per line, exactly once, to {@code <directory>/<yyyy-MM-dd--HH in UTC>/word-counts-….txt}. A file is closed after a
     * minute, after ten seconds without a row, or at the end of the input, and finished with the next checkpoint; until then its name begins
     * with a dot.
     */
    static void files(DataStream<WordCount> changes, Path directory) {
        FileSink<WordCount> sink = FileSink.<WordCount>forRowFormat(
                        directory, (change, out) -> out.write((change.row() + '\n').getBytes(StandardCharsets.UTF_8)))
                .withBucketAssigner(new DateTimeBucketAssigner<>("yyyy-MM-dd--HH", ZoneOffset.UTC))
                .withRollingPolicy(DefaultRollingPolicy.builder()
                        .withRolloverInterval(NEW_FILE_AFTER)
                        .withInactivityInterval(NEW_FILE_AFTER_SILENCE)
                        .build())
                .withBucketCheckInterval(1_000)
                .withOutputFileConfig(OutputFileConfig.builder()
                        .withPartPrefix("word-counts")
                        .withPartSuffix(".txt")
                        .build())
                .build();
        changes.sinkTo(sink).uid("file-sink").name("file-sink");
    }
}
