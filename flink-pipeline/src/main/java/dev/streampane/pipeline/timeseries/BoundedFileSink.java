// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.sink.FileSinkCommittable;
import org.apache.flink.connector.file.sink.writer.FileWriter;
import org.apache.flink.connector.file.sink.writer.FileWriterBucketState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * A {@link FileSink} with a bounded number of open files per subtask. {@code FileSink} keeps one file open for each day until the next
 * checkpoint, and a message can have more days than a process may have open files.
 *
 * <p>When that number is reached, rows of other days wait in memory until the next checkpoint, or until they have {@value #FULL} bytes. Then
 * they are written day by day, so that each of these days gets one file, whatever the order of its rows. In two cases the open files are ended
 * before a checkpoint and committed with the next one: when waiting rows need room for files of their own, and when files of more than a few
 * days are open and have too many rows, which are in memory until their file ends or has a whole row group.
 *
 * <p>State and names are those of {@code FileSink}.
 *
 * @param files a sink that ends all files at each checkpoint
 * @param mostOpen the most open files
 * @param mostRows the most rows in open files of more than a few days
 */
record BoundedFileSink(FileSink<ArchivedRow> files, int mostOpen, int mostRows)
        implements Sink<ArchivedRow>,
                SupportsWriterState<ArchivedRow, FileWriterBucketState>,
                SupportsWriterState.WithCompatibleState,
                SupportsCommitter<FileSinkCommittable>,
                SupportsPreCommitTopology<FileSinkCommittable, FileSinkCommittable> {

    static final int FULL = 8 << 20;

    /** The bytes that a row takes in addition to its name and value. */
    private static final int OVERHEAD = 256;

    /** For up to this many days the size of their row groups bounds the memory. */
    private static final int FEW_DAYS = 6;

    @Override
    public Writer createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public Writer restoreWriter(WriterInitContext context, Collection<FileWriterBucketState> states)
            throws IOException {
        return new Writer(files.restoreWriter(context, states));
    }

    @Override
    public SimpleVersionedSerializer<FileWriterBucketState> getWriterStateSerializer() {
        return files.getWriterStateSerializer();
    }

    @Override
    public Collection<String> getCompatibleWriterStateNames() {
        return files.getCompatibleWriterStateNames();
    }

    @Override
    public Committer<FileSinkCommittable> createCommitter(CommitterInitContext context) throws IOException {
        return files.createCommitter(context);
    }

    @Override
    public SimpleVersionedSerializer<FileSinkCommittable> getCommittableSerializer() {
        return files.getCommittableSerializer();
    }

    @Override
    public SimpleVersionedSerializer<FileSinkCommittable> getWriteResultSerializer() {
        return files.getWriteResultSerializer();
    }

    @Override
    public DataStream<CommittableMessage<FileSinkCommittable>> addPreCommitTopology(
            DataStream<CommittableMessage<FileSinkCommittable>> written) {
        return files.addPreCommitTopology(written);
    }

    final class Writer
            implements StatefulSinkWriter<ArchivedRow, FileWriterBucketState>,
                    CommittingSinkWriter<ArchivedRow, FileSinkCommittable> {

        private final FileWriter<ArchivedRow> files;
        private final Set<Long> openDays = new HashSet<>();
        private int openRows;
        private final List<FileSinkCommittable> ended = new ArrayList<>();

        private final List<ArchivedRow> waiting = new ArrayList<>();
        private long waitingBytes;
        private Context context;

        private Writer(FileWriter<ArchivedRow> files) {
            this.files = files;
        }

        @Override
        public void write(ArchivedRow row, Context context) throws IOException, InterruptedException {
            this.context = context;
            if (isFull() && !openDays.contains(row.day())) {
                waiting.add(row);
                waitingBytes += OVERHEAD + row.name().length() + row.value().length();
                if (waitingBytes > FULL) {
                    writeWaiting();
                }
                return;
            }
            writeOpen(row);
        }

        private void writeOpen(ArchivedRow row) throws IOException, InterruptedException {
            openDays.add(row.day());
            files.write(row, context);
            if (++openRows >= mostRows && openDays.size() > FEW_DAYS) {
                end();
            }
        }

        private void writeWaiting() throws IOException, InterruptedException {
            waiting.sort(Comparator.comparingLong(ArchivedRow::day));
            for (ArchivedRow row : waiting) {
                if (isFull() && !openDays.contains(row.day())) {
                    end();
                }
                writeOpen(row);
            }
            waiting.clear();
            waitingBytes = 0;
        }

        private boolean isFull() {
            return openDays.size() == mostOpen;
        }

        private void end() throws IOException {
            ended.addAll(files.prepareCommit());
            openDays.clear();
            openRows = 0;
        }

        @Override
        public Collection<FileSinkCommittable> prepareCommit() throws IOException, InterruptedException {
            writeWaiting();
            end();
            List<FileSinkCommittable> committables = List.copyOf(ended);
            ended.clear();
            return committables;
        }

        @Override
        public List<FileWriterBucketState> snapshotState(long checkpoint) throws IOException {
            return files.snapshotState(checkpoint);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            files.flush(endOfInput);
        }

        @Override
        public void close() {
            files.close();
        }
    }
}
