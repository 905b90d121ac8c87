// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.JobRun;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
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
    private static final Pattern CHECKPOINT = Pattern.compile("chk-([0-9]{1,18})");
    private static final int SHORT_ID = 6;

    /** Below those that the stack makes: savepoints that a user has asked for. */
    private static final String KEPT_SAVEPOINTS = "savepoints";

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

    /** The checkpoint's number; empty where there is no state, or none that can be read here, of which Flink will say what is wrong. */
    Optional<Long> checkpoint() {
        try {
            return readCheckpoint();
        } catch (IOException e) {
            LOG.debug("State cannot be read, path={}", path, e);
            return Optional.empty();
        }
    }

    /**
     * The same.
     *
     * @throws IOException when it cannot be told
     */
    private Optional<Long> readCheckpoint() throws IOException {
        try {
            return checkpoint(path);
        } catch (UnsupportedFileSystemSchemeException e) {
            return Optional.empty(); // the cluster may know it
        }
    }

    /** Whether the first or the latest start of a run wrote it, as far as names tell. */
    boolean isOf(JobRun run) {
        return isOf(run.jobId()) || isOf(run.latestJobId());
    }

    private boolean isOf(String jobId) {
        return path.getParent().getName().equals(jobId) || path.getName().startsWith(savepointOf(jobId));
    }

    /**
     * The number of a run's newest state where this is none of the run's, or older, as far as can be told: by the run's record, and by what its
     * latest start wrote and is still there.
     *
     * @throws IOException when it cannot be told
     */
    Optional<Long> newerOf(JobRun run) throws IOException {
        Optional<Long> kept = newestOf(run);
        long newest = Math.max(run.latest().flatMap(JobRun.Latest::checkpoint).orElse(0L), kept.orElse(0L));
        return readCheckpoint().orElse(Long.MAX_VALUE) < newest || kept.isPresent() && !isOf(run.latestJobId())
                ? Optional.of(newest)
                : Optional.empty();
    }

    /** Of what lies where the cluster keeps state, or where the run had it kept. */
    private Optional<Long> newestOf(JobRun run) throws IOException {
        String jobId = run.latestJobId();
        Optional<Path> own = JobOption.STATE_DIR
                .at(run, Instant.MAX)
                .flatMap(root -> root)
                .map(root -> JobEnvironment.stateDirectory(root, run.job(), run.generation()));
        List<Long> found = new ArrayList<>();
        for (Path directory : directories(CheckpointingOptions.CHECKPOINTS_DIRECTORY, own)) {
            newestCheckpoint(directory, jobId).map(PriorState::number).ifPresent(found::add);
        }
        for (Path directory : directories(CheckpointingOptions.SAVEPOINT_DIRECTORY, own)) {
            List<Path> folders = new ArrayList<>(list(directory));
            folders.addAll(list(new Path(directory, KEPT_SAVEPOINTS)));
            for (Path folder : folders) {
                if (folder.getName().startsWith(savepointOf(jobId))) {
                    checkpoint(folder).ifPresent(found::add);
                }
            }
        }
        return found.stream().max(Comparator.naturalOrder());
    }

    private List<Path> directories(ConfigOption<String> option, Optional<Path> own) {
        return Stream.concat(cluster.getOptional(option).map(Path::new).stream(), own.stream())
                .distinct()
                .toList();
    }

    /**
     * The newest of the checkpoints that the cluster keeps of a run.
     *
     * @throws IOException when it cannot be told whether there is one
     */
    static Optional<Path> newestCheckpoint(String jobId, ReadableConfig cluster) throws IOException {
        Optional<String> directory = cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
        return directory.isEmpty() ? Optional.empty() : newestCheckpoint(new Path(directory.get()), jobId);
    }

    private static Optional<Path> newestCheckpoint(Path directory, String jobId) throws IOException {
        List<Path> newestFirst = list(new Path(directory, jobId)).stream()
                .filter(folder -> CHECKPOINT.matcher(folder.getName()).matches())
                .sorted(Comparator.comparingLong(PriorState::number).reversed())
                .toList();
        for (Path folder : newestFirst) {
            if (checkpoint(folder).isPresent()) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(CHECKPOINT.matcher(checkpoint.getName()).replaceFirst("$1"));
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Nothing where the directory is missing, or is of a kind that Flink does not know here. */
    private static List<Path> list(Path directory) throws IOException {
        FileSystem files;
        try {
            files = directory.getFileSystem();
        } catch (UnsupportedFileSystemSchemeException e) {
            return List.of();
        }
        try {
            FileStatus[] found = files.listStatus(directory);
            if (found != null) {
                return Stream.of(found).map(FileStatus::getPath).toList();
            }
        } catch (FileNotFoundException e) {
            LOG.debug("Directory cannot be listed, path={}", directory, e);
        }
        if (files.exists(directory)) { // a local one says so when it may not be read, or changes meanwhile
            throw new IOException("cannot be listed: " + directory);
        }
        return List.of();
    }

    /** Of completed state. */
    private static Optional<Long> checkpoint(Path state) throws IOException {
        Path metadata = new Path(state, METADATA);
        FileSystem files = metadata.getFileSystem();
        try (FSDataInputStream file = files.open(metadata);
                DataInputStream head = new DataInputStream(file)) {
            head.readLong();
            return Optional.of(head.readLong());
        } catch (FileNotFoundException e) {
            if (files.exists(metadata)) { // a local one says so of whatever it cannot open
                throw e;
            }
            LOG.debug("No state, path={}", state, e);
        } catch (EOFException e) {
            LOG.debug("No completed state, path={}", state, e);
        }
        return Optional.empty();
    }

    private static String savepointOf(String jobId) {
        return "savepoint-" + jobId.substring(0, Math.min(SHORT_ID, jobId.length())) + "-";
    }
}
