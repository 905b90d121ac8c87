// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
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
        return checkpoint(path);
    }

    /** Whether this run wrote it, as far as names tell. */
    boolean isOf(String jobId) {
        return path.getParent().getName().equals(jobId) || path.getName().startsWith(savepointOf(jobId));
    }

    /** The newest checkpoint that is still there of what a run wrote where the cluster keeps state. */
    OptionalLong newestOf(String jobId) {
        return LongStream.concat(
                        checkpoints(jobId, cluster),
                        numbers(
                                cluster.getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY)
                                        .map(Path::new),
                                savepointOf(jobId)))
                .max();
    }

    /** The newest of the checkpoints that the cluster keeps of a run. */
    static Optional<Path> newestCheckpoint(String jobId, ReadableConfig cluster) {
        OptionalLong newest = checkpoints(jobId, cluster).max();
        return newest.isEmpty()
                ? Optional.empty()
                : cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .map(directory -> new Path(new Path(directory, jobId), CHECKPOINT + newest.getAsLong()));
    }

    /** The numbers of the checkpoints that the cluster keeps of a run. */
    private static LongStream checkpoints(String jobId, ReadableConfig cluster) {
        return numbers(
                cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .map(directory -> new Path(directory, jobId)),
                CHECKPOINT);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static LongStream numbers(Optional<Path> directory, String prefix) {
        return directory.stream()
                .flatMap(PriorState::list)
                .filter(folder -> folder.getName().startsWith(prefix))
                .flatMap(folder -> checkpoint(folder).stream())
                .mapToLong(Long::longValue);
    }

    private static Stream<Path> list(Path directory) {
        try {
            FileStatus[] found = directory.getFileSystem().listStatus(directory);
            return found == null ? Stream.empty() : Stream.of(found).map(FileStatus::getPath);
        } catch (FileNotFoundException e) {
            return Stream.empty();
        } catch (IOException e) {
            LOG.warn("Directory of states cannot be listed, path={}", directory, e);
            return Stream.empty();
        }
    }

    private static Optional<Long> checkpoint(Path state) {
        Path metadata = new Path(state, METADATA);
        try {
            FileSystem files = metadata.getFileSystem();
            try (FSDataInputStream file = files.open(metadata);
                    DataInputStream head = new DataInputStream(file)) {
                head.readLong();
                return Optional.of(head.readLong());
            }
        } catch (IOException e) {
            LOG.debug("No completed state, path={}", state, e);
            return Optional.empty();
        }
    }

    private static String savepointOf(String jobId) {
        return "savepoint-" + jobId.substring(0, SHORT_ID) + "-";
    }
}
