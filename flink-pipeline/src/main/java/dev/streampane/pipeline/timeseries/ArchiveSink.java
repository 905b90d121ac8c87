// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.sink.compactor.FileCompactStrategy;
import org.apache.flink.connector.file.sink.compactor.RecordWiseFileCompactor;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * The archive's files: {@code <directory>/step_year=2026/step_date=2026-11-20/compacted-rows-g<generation>-<id>-<n>.parquet}, by the UTC day of
 * the step.
 *
 * <p>Exactly once: each row is in one finished file after any failure, as long as the job continues from its newest state. A new generation
 * reads its topic again, and its files have its number. Each checkpoint finishes a hidden file, whose name begins with a dot. The job merges the
 * hidden files of a day into one visible file when the first of them is {@code compactAfter} old or they have {@value #COMPACTED_BYTES} bytes.
 * Readers must skip names that begin with a dot or an underscore: those files are unfinished, and their rows will be in a visible file.
 */
final class ArchiveSink {

    /** The most files that a subtask has open, one for each day; at 200 KB of memory or more each, they take 100 MB. */
    static final int MOST_OPEN = 500;

    /** The most rows in these files; at about 300 bytes each, they take 100 MB. */
    private static final int MOST_ROWS = 350_000;

    private static final long COMPACTED_BYTES = 128L << 20;

    private ArchiveSink() {}

    /**
     * A sink into {@code directory}.
     *
     * @param compactAfter time after which hidden files are merged, in whole checkpoints of {@code interval}; a restart begins to count again
     */
    static BoundedFileSink of(Path directory, int generation, Duration compactAfter, Duration interval) {
        return new BoundedFileSink(files(directory, generation, compactAfter, interval), MOST_OPEN, MOST_ROWS);
    }

    /** The same sink without a limit of open files. */
    static FileSink<ArchivedRow> files(Path directory, int generation, Duration compactAfter, Duration interval) {
        return FileSink.forBulkFormat(directory, ArchiveFiles.writer())
                .withBucketAssigner(new StepDay())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .withOutputFileConfig(OutputFileConfig.builder()
                        .withPartPrefix("rows-g" + generation)
                        .withPartSuffix(".parquet")
                        .build())
                .enableCompact(
                        FileCompactStrategy.Builder.newBuilder()
                                .enableCompactionOnCheckpoint(checkpoints(compactAfter, interval))
                                .setSizeThreshold(COMPACTED_BYTES)
                                .build(),
                        new RecordWiseFileCompactor<>(ArchiveFiles.reader()))
                .build();
    }

    private static int checkpoints(Duration compactAfter, Duration interval) {
        return Math.toIntExact(Math.max(1, compactAfter.dividedBy(interval)));
    }

    /** {@code step_year=2026/step_date=2026-11-20}. */
    static final class StepDay implements BucketAssigner<ArchivedRow, String> {

        private static final DateTimeFormatter FOLDER = DateTimeFormatter.ofPattern(
                        "'step_year='uuuu'/step_date='uuuu-MM-dd", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        private transient long day = Long.MIN_VALUE;
        private transient String folder;

        @Override
        public String getBucketId(ArchivedRow row, Context context) {
            if (folder == null || row.day() != day) {
                day = row.day();
                folder = FOLDER.format(Instant.ofEpochMilli(row.step()));
            }
            return folder;
        }

        @Override
        public SimpleVersionedSerializer<String> getSerializer() {
            return SimpleVersionedStringSerializer.INSTANCE;
        }
    }
}
