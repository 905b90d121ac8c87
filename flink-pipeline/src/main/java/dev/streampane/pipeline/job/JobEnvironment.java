// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinator;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStore;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The execution environment of every job: exactly-once checkpoints that are kept when the job is cancelled, explicit operator uids, no
 * Kryo, low latency.
 *
 * <p>Checkpoints and savepoints are in {@code <state-dir>/<job>/<generation>}, or where the cluster's configuration says when
 * {@code --state-dir} is off.
 */
public final class JobEnvironment {

    private static final Logger LOG = LoggerFactory.getLogger(JobEnvironment.class);

    /** Up to this size, a subtask's state is stored in the checkpoint's {@code _metadata} and needs no file. */
    private static final MemorySize INLINE_STATE = MemorySize.ofMebiBytes(1);

    private static final int RETAINED_CHECKPOINTS = 3;
    private static final int REPLAY_ATTEMPTS = 5;

    /** Each failed checkpoint of a job with transactions leaves a producer open that waits for its commit. */
    private static final int TOLERABLE_FAILED_CHECKPOINTS = 10;

    private JobEnvironment() {}

    /** The environment of the cluster that runs {@code main}, or a local one, with the job's settings. */
    public static StreamExecutionEnvironment create(JobConfig config) {
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration(config));
    }

    /** Flink's settings for the job, for code that creates the environment itself (tests). */
    public static Configuration configuration(JobConfig config) {
        Duration interval = config.checkpointInterval();
        Configuration flink = new Configuration();
        flink.set(CoreOptions.DEFAULT_PARALLELISM, config.get(JobOption.PARALLELISM));
        flink.set(PipelineOptions.MAX_PARALLELISM, config.get(JobOption.MAX_PARALLELISM));
        flink.set(PipelineOptions.OBJECT_REUSE, true);
        flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        flink.set(PipelineOptions.GENERIC_TYPES, false);
        // send records at once, without a flusher thread per edge and subtask
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
        if (config.isBatch()) {
            flink.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
        }

        flink.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        flink.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        if (!config.isReplay()) { // a replay starts from the beginning when it fails, a limited number of times
            flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
        }
        flink.set(
                CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS,
                config.commitPause().orElse(interval.dividedBy(2)));
        flink.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, config.get(JobOption.CHECKPOINT_TIMEOUT));
        flink.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, tolerableFailedCheckpoints(config));
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        flink.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, RETAINED_CHECKPOINTS);
        flink.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, INLINE_STATE);
        stateDirectory(config).ifPresent(directory -> {
            flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toString());
            flink.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, directory.toString());
        });

        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(500));
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(2));
        if (config.isReplay()) {
            flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, REPLAY_ATTEMPTS);
        }
        return flink;
    }

    /**
     * The number of consecutive failed checkpoints that a job tolerates. A job with transactions restarts before the brokers abort the
     * first pending transaction, which is open from the checkpoint before the failed ones to the end of the one after them. index-results
     * has no transactions, and waits for Elasticsearch without limit.
     */
    private static int tolerableFailedCheckpoints(JobConfig config) {
        if (!config.has(JobOption.TRANSACTION_TIMEOUT)) {
            return Integer.MAX_VALUE;
        }
        long inTime = config.get(JobOption.TRANSACTION_TIMEOUT).dividedBy(config.longestCheckpoint()) - 2;
        return (int) Math.max(0, Math.min(TOLERABLE_FAILED_CHECKPOINTS, inTime));
    }

    /** Whether the cluster's Flink has the methods with which an operator's coordinator triggers a checkpoint; they are not public API. */
    static boolean canTriggerCheckpoints() {
        try {
            OperatorCoordinator.Context.class.getMethod("getCheckpointCoordinator");
            CheckpointCoordinator.class.getMethod("triggerCheckpoint", boolean.class);
            return true;
        } catch (LinkageError | NoSuchMethodException other) {
            return false;
        }
    }

    /** {@code <state-dir>/<job>/<generation>}; empty if {@code --state-dir} is off. */
    static Optional<Path> stateDirectory(JobConfig config) {
        return config.get(JobOption.STATE_DIR)
                .map(root -> stateDirectory(root, config.job(), config.get(JobOption.GENERATION)));
    }

    static Path stateDirectory(Path root, String job, int generation) {
        return new Path(new Path(root, job), Integer.toString(generation));
    }

    /** The checkpoint or savepoint that the run starts from, as {@code /jars/run} and the CLI pass it. */
    static Optional<Path> state(StreamExecutionEnvironment env) {
        return env.getConfiguration()
                .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                .filter(path -> !path.isBlank())
                .map(Path::new);
    }

    /** The job id, if the cluster has fixed it (for an application that starts again). */
    static Optional<JobID> fixedJobId(StreamExecutionEnvironment env) {
        return env.getConfiguration()
                .getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID)
                .map(JobID::fromHexString);
    }

    /** Whether the job runs as an application with high availability. */
    static boolean isApplication(StreamExecutionEnvironment env) {
        return applicationId(env).isPresent();
    }

    /**
     * What high availability keeps of the job of an application, whose entry point runs again after a failure.
     *
     * @param hasPlan whether it keeps the execution plan: Flink then continues with that plan, whatever the entry point defines. An upgrade
     *     removes it.
     * @param checkpoint the newest checkpoint, from which Flink continues, whatever the entry point asks for. The end of the job removes it,
     *     also if the checkpoint itself is retained.
     */
    record Kept(boolean hasPlan, Optional<Path> checkpoint) {}

    /**
     * What high availability keeps of the job; nothing if it is no application with high availability.
     *
     * @throws IOException if it cannot be determined
     */
    static Kept kept(StreamExecutionEnvironment env) throws IOException {
        Optional<JobID> id = applicationId(env);
        return id.isEmpty() ? new Kept(false, Optional.empty()) : kept(id.get(), env.getConfiguration());
    }

    /** Does not open the store of a job's checkpoints before the job has any: on Kubernetes, that would create it. */
    @SuppressWarnings("try") // close() throws whatever it likes
    private static Kept kept(JobID id, ReadableConfig cluster) throws IOException {
        boolean hasCheckpoint =
                PriorState.newestCheckpoint(id.toHexString(), cluster).isPresent();
        try (var services = HighAvailabilityServicesUtils.createAvailableOrEmbeddedServices(
                Configuration.fromMap(cluster.toMap()),
                ForkJoinPool.commonPool(),
                failure -> LOG.warn("High availability fails", failure))) {
            return new Kept(
                    services.getExecutionPlanStore().getJobIds().contains(id),
                    hasCheckpoint ? newestCheckpoint(id, services) : Optional.empty());
        } catch (Exception e) {
            throw new IOException("high availability does not say what it keeps: " + e, e);
        }
    }

    private static Optional<Path> newestCheckpoint(JobID id, HighAvailabilityServices services) throws Exception {
        CompletedCheckpointStore checkpoints = services.getCheckpointRecoveryFactory()
                .createRecoveredCompletedCheckpointStore(
                        id,
                        RETAINED_CHECKPOINTS,
                        SharedStateRegistry.DEFAULT_FACTORY,
                        ForkJoinPool.commonPool(),
                        RecoveryClaimMode.NO_CLAIM);
        return Optional.ofNullable(checkpoints.getLatestCheckpoint())
                .map(CompletedCheckpoint::getExternalPointer)
                .map(Path::new);
    }

    private static Optional<JobID> applicationId(StreamExecutionEnvironment env) {
        return fixedJobId(env).filter(id -> !env.getConfiguration()
                .get(HighAvailabilityOptions.HA_MODE)
                .equalsIgnoreCase("none"));
    }
}
