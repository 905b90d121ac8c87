// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoint or savepoint that a start goes on from, beside what else the cluster keeps of a run.
 *
 * <p>Flink names a checkpoint {@code <job id>/chk-<number>} and a savepoint {@code savepoint-<start of the job id>-…}; in both the head of
 * {@code _metadata} is an int, the version of the format as an int, and the checkpoint's number as a long. Numbers rise from start to
 * start of a run.
 */
final class PriorState {

    private static final Logger LOG = LoggerFactory.getLogger(PriorState.class);
    private static final String METADATA = "_metadata";
    private static final String CHECKPOINT = "chk-";
    private static final int SHORT_ID = 6;

    private final Path path;
    private final ReadableConfig cluster;

    private PriorState(Path path, ReadableConfig cluster) {
        this.path = path.getName().equals(METADATA) ? path.getParent() : path;
        this.cluster = cluster;
    }

    /**
     * What the run goes on from; empty for a start without state.
     *
     * @param recovered {@link JobEnvironment#recovered}
     */
    static Optional<PriorState> of(StreamExecutionEnvironment env, Optional<Path> recovered) {
        return recovered
                .or(() -> JobEnvironment.state(env))
                .map(state -> new PriorState(state, env.getConfiguration()));
    }

    /** The checkpoint's number; empty where there is no state, of which Flink will say what is wrong. */
    Optional<Long> checkpoint() {
        try {
            return checkpoint(path).stream().boxed().findFirst();
        } catch (IOException e) {
            LOG.debug("State cannot be read, path={}", path, e);
            return Optional.empty();
        }
    }

    /** Whether this run wrote it, as far as names tell. */
    boolean isOf(String jobId) {
        return path.getParent().getName().equals(jobId) || path.getName().startsWith(savepointOf(jobId));
    }

    /** The newest checkpoint that is still there of what a run wrote where the cluster keeps state, as far as that can be read. */
    OptionalLong newestOf(String jobId) {
        try {
            OptionalLong checkpoint = newest(checkpoints(jobId, cluster), CHECKPOINT);
            OptionalLong savepoint = newest(
                    cluster.getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY)
                            .map(Path::new),
                    savepointOf(jobId));
            return LongStream.concat(checkpoint.stream(), savepoint.stream()).max();
        } catch (IOException e) {
            LOG.warn("What the run wrote cannot be read, job={}", jobId, e);
            return OptionalLong.empty();
        }
    }

    /**
     * The newest of the checkpoints that the cluster keeps of a run.
     *
     * @throws IOException when it cannot be told whether there is one
     */
    static Optional<Path> newestCheckpoint(String jobId, ReadableConfig cluster) throws IOException {
        Optional<Path> directory = checkpoints(jobId, cluster);
        OptionalLong newest = newest(directory, CHECKPOINT);
        return newest.isEmpty() ? Optional.empty() : directory.map(of -> new Path(of, CHECKPOINT + newest.getAsLong()));
    }

    /** Where the cluster keeps the checkpoints of a run. */
    private static Optional<Path> checkpoints(String jobId, ReadableConfig cluster) {
        return cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                .map(directory -> new Path(directory, jobId));
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static OptionalLong newest(Optional<Path> directory, String prefix) throws IOException {
        OptionalLong newest = OptionalLong.empty();
        for (Path folder : directory.isEmpty() ? List.<Path>of() : list(directory.get())) {
            if (folder.getName().startsWith(prefix)) {
                newest = LongStream.concat(newest.stream(), checkpoint(folder).stream())
                        .max();
            }
        }
        return newest;
    }

    /** Nothing where the directory is missing, or is of a kind that Flink does not know here. */
    private static List<Path> list(Path directory) throws IOException {
        try {
            FileStatus[] found = directory.getFileSystem().listStatus(directory);
            return found == null
                    ? List.of()
                    : Stream.of(found).map(FileStatus::getPath).toList();
        } catch (FileNotFoundException | UnsupportedFileSystemSchemeException e) {
            return List.of();
        }
    }

    /** Of completed state. */
    private static OptionalLong checkpoint(Path state) throws IOException {
        Path metadata = new Path(state, METADATA);
        FileSystem files = metadata.getFileSystem();
        try (FSDataInputStream file = files.open(metadata);
                DataInputStream head = new DataInputStream(file)) {
            head.readLong();
            return OptionalLong.of(head.readLong());
        } catch (FileNotFoundException | EOFException e) {
            LOG.debug("No completed state, path={}", state, e);
            return OptionalLong.empty();
        }
    }

    private static String savepointOf(String jobId) {
        return "savepoint-" + jobId.substring(0, SHORT_ID) + "-";
    }
}
