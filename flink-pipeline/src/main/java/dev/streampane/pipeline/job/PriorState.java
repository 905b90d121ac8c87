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
 * The checkpoint or savepoint that a job starts from, if any, to be compared with other state that the cluster keeps of a run.
 *
 * <p>Flink names a checkpoint {@code <job id>/chk-<number>} and a savepoint {@code savepoint-<start of the job id>-…}. In both,
 * {@code _metadata} begins with an int, the version of the format as an int, and the checkpoint's number as a long. The numbers increase
 * from one start of a run to the next.
 *
 * @param path the directory of the state; empty without state
 * @param isOfLaunch whether an application under high availability is launched of which nothing is kept: the same job id then says nothing
 * @param cluster the configuration of the cluster
 */
record PriorState(Optional<Path> path, boolean isOfLaunch, ReadableConfig cluster) {

    private static final Logger LOG = LoggerFactory.getLogger(PriorState.class);
    private static final String METADATA = "_metadata";
    private static final Pattern CHECKPOINT = Pattern.compile("chk-([0-9]{1,18})");
    private static final int SHORT_ID = 6;

    /** Subdirectory for savepoints that a user has requested; those of the stack are directly in the savepoint directory. */
    private static final String KEPT_SAVEPOINTS = "savepoints";

    PriorState {
        path = path.map(state -> state.getName().equals(METADATA) ? state.getParent() : state);
    }

    /** @param kept the checkpoint that high availability keeps of the job: it is the state, whatever was asked for */
    static PriorState of(StreamExecutionEnvironment env, Optional<Path> kept) {
        return new PriorState(
                kept.or(() -> JobEnvironment.state(env)),
                kept.isEmpty() && JobEnvironment.isApplication(env),
                env.getConfiguration());
    }

    /** Whether there is state: without it, the run starts anew. */
    boolean isPresent() {
        return path.isPresent();
    }

    /** The checkpoint's number; empty if there is no state, or none that can be read here; Flink will then report what is wrong. */
    Optional<Long> checkpoint() {
        try {
            return path.isEmpty() ? Optional.empty() : checkpoint(path.get());
        } catch (IOException e) {
            LOG.debug("State cannot be read, path={}", this, e);
            return Optional.empty();
        }
    }

    /** Whether the first or the latest start of a run wrote this state, judged by its name. */
    boolean isOf(JobRun run) {
        return isOf(run.jobId()) || isOf(run.latestJobId());
    }

    private boolean isOf(String jobId) {
        return path.filter(state -> state.getParent().getName().equals(jobId)
                        || state.getName().startsWith(savepointOf(jobId)))
                .isPresent();
    }

    /**
     * The checkpoint number of a run's newest state, if this state is older or absent or, while state of the run's latest start exists, not
     * of that start; otherwise empty. The newest state is known from the run's record, and from what its latest start has written and still exists.
     *
     * @throws IOException if it cannot be determined
     */
    Optional<Long> newerOf(JobRun run) throws IOException {
        Optional<Long> kept = newestOf(run);
        long newest = Math.max(run.latest().flatMap(JobRun.Latest::checkpoint).orElse(0L), kept.orElse(0L));
        long own = path.isEmpty() ? 0 : checkpoint(path.get()).orElse(Long.MAX_VALUE);
        return own < newest || kept.isPresent() && !isOf(run.latestJobId()) ? Optional.of(newest) : Optional.empty();
    }

    /** The newest checkpoint number of the run's latest start, in the state directories of the cluster and of the run. */
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
     * The newest completed checkpoint of a run that the cluster keeps.
     *
     * @throws IOException if it cannot be determined whether there is one
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
        return path.map(Path::toString).orElse("none");
    }

    /** The contents of a directory; empty if it does not exist, or if Flink does not know its file system here. */
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
        if (files.exists(directory)) { // locally also for one that is unreadable or changes meanwhile
            throw new IOException("cannot be listed: " + directory);
        }
        return List.of();
    }

    /** The checkpoint number of completed state; empty if there is none, or if Flink does not know its file system here. */
    private static Optional<Long> checkpoint(Path state) throws IOException {
        Path metadata = new Path(state, METADATA);
        FileSystem files;
        try {
            files = metadata.getFileSystem();
        } catch (UnsupportedFileSystemSchemeException e) {
            return Optional.empty();
        }
        try (FSDataInputStream file = files.open(metadata);
                DataInputStream head = new DataInputStream(file)) {
            head.readLong();
            return Optional.of(head.readLong());
        } catch (FileNotFoundException e) {
            if (files.exists(metadata)) { // a local file system says so for any file that it cannot open
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
