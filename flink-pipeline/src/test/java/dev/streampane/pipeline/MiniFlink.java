// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobEnvironment;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsCounts;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A Flink cluster in this JVM that runs jobs as they are, with real IO. */
public final class MiniFlink implements AutoCloseable {

    private static final int SLOTS = 16;

    private final MiniCluster cluster;
    private int taskManager;

    private MiniFlink(MiniCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts a cluster with one task manager. */
    public static MiniFlink start() throws Exception {
        var cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .withRandomPorts()
                .build());
        cluster.start();
        return new MiniFlink(cluster);
    }

    /** Starts a job and waits until all of it runs. */
    public JobID start(Job job, JobConfig config) throws Exception {
        return awaitRunning(submit(job, config, SavepointRestoreSettings.none()));
    }

    /** Starts a job whose classes are not on this JVM's class path and waits until all of it runs. */
    public JobID start(Job job, JobConfig config, URL classes) throws Exception {
        StreamGraph graph = graph(job, config);
        graph.setClasspath(List.of(classes));
        return awaitRunning(cluster.submitJob(graph).get().getJobID());
    }

    /** Starts a job from a savepoint or checkpoint and waits until all of it runs. */
    public JobID restore(Job job, JobConfig config, String state) throws Exception {
        return awaitRunning(submit(job, config, SavepointRestoreSettings.forPath(state)));
    }

    /** Starts a job, from state or not, and goes on at once. */
    public JobID submit(Job job, JobConfig config, SavepointRestoreSettings state) throws Exception {
        StreamGraph graph = graph(job, config);
        graph.setSavepointRestoreSettings(state);
        return cluster.submitJob(graph).get().getJobID();
    }

    private static StreamGraph graph(Job job, JobConfig config) {
        var env = new StreamExecutionEnvironment(JobEnvironment.configuration(config));
        job.define(env, config);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(job.name());
        graph.setJobId(JobID.generate());
        return graph;
    }

    /** Waits until every task runs. */
    public JobID awaitRunning(JobID job) {
        await().untilAsserted(() -> {
            AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
            assertThat(graph.getAllExecutionVertices())
                    .extracting(AccessExecutionVertex::getExecutionState)
                    .as(() -> failures(graph))
                    .containsOnly(ExecutionState.RUNNING);
        });
        return job;
    }

    /** What failed the job and its tasks. */
    private static String failures(AccessExecutionGraph graph) {
        Set<String> failures = new LinkedHashSet<>();
        Optional.ofNullable(graph.getFailureInfo())
                .map(ErrorInfo::getExceptionAsString)
                .ifPresent(failures::add);
        for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
            vertex.getFailureInfo().map(ErrorInfo::getExceptionAsString).ifPresent(failures::add);
        }
        return String.join("\n", failures);
    }

    /** Waits for the end of a job and says how it ended. */
    public JobStatus awaitEnd(JobID job) {
        await().until(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
        return status(job);
    }

    /** How the job is. */
    public JobStatus status(JobID job) {
        return cluster.getJobStatus(job).join();
    }

    /** What ended the job. */
    public ErrorInfo failure(JobID job) {
        return cluster.getArchivedExecutionGraph(job).join().getFailureInfo();
    }

    /** How often tasks were started anew. */
    public int attempts(JobID job) {
        int attempts = 0;
        for (AccessExecutionVertex vertex :
                cluster.getExecutionGraph(job).join().getAllExecutionVertices()) {
            attempts = Math.max(attempts, vertex.getCurrentExecutionAttempt().getAttemptNumber());
        }
        return attempts;
    }

    /** How many of a job's tasks have finished. */
    public long finishedTasks(JobID job) {
        return StreamSupport.stream(
                        cluster.getExecutionGraph(job)
                                .join()
                                .getAllExecutionVertices()
                                .spliterator(),
                        false)
                .filter(vertex -> vertex.getExecutionState() == ExecutionState.FINISHED)
                .count();
    }

    /** How many checkpoints of the job were triggered, completed and failed. */
    public CheckpointStatsCounts checkpoints(JobID job) {
        return cluster.getExecutionGraph(job)
                .join()
                .getCheckpointStatsSnapshot()
                .getCounts();
    }

    /** The newest checkpoint that is complete; 0 before the first. */
    public long lastCheckpoint(JobID job) {
        var last = cluster.getExecutionGraph(job)
                .join()
                .getCheckpointStatsSnapshot()
                .getHistory()
                .getLatestCompletedCheckpoint();
        return last == null ? 0 : last.getCheckpointId();
    }

    /** Milliseconds from the last acknowledgement of a checkpoint that completed to the next one's trigger, for the newest ones, oldest first. */
    public List<Long> pauses(JobID job) {
        List<AbstractCheckpointStats> newestFirst =
                cluster
                        .getExecutionGraph(job)
                        .join()
                        .getCheckpointStatsSnapshot()
                        .getHistory()
                        .getCheckpoints()
                        .stream()
                        .filter(checkpoint -> checkpoint.getStatus().isCompleted())
                        .toList();
        return IntStream.range(1, newestFirst.size())
                .map(i -> newestFirst.size() - i)
                .mapToObj(i -> newestFirst.get(i - 1).getTriggerTimestamp()
                        - newestFirst.get(i).getLatestAckTimestamp())
                .toList();
    }

    /** Has a checkpoint made, after whatever is under way, and waits until it is complete. */
    public void checkpoint(JobID job) throws Exception {
        cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED).get();
    }

    /** A savepoint of a job that goes on; what it promises is committed with the next checkpoint. */
    public String savepoint(JobID job, Path directory) throws Exception {
        return cluster.triggerSavepoint(job, directory.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
    }

    /** Stops a job with a savepoint. */
    public String stop(JobID job, Path directory) throws Exception {
        String savepoint = cluster.stopWithSavepoint(
                        job, directory.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
        assertThat(awaitEnd(job)).isEqualTo(JobStatus.FINISHED);
        return savepoint;
    }

    /** Ends a job as it is. */
    public void cancel(JobID job) throws Exception {
        cluster.cancelJob(job).get();
        awaitEnd(job);
    }

    /** Ends all jobs as they are. */
    public void cancelAll() throws Exception {
        for (JobStatusMessage job : cluster.listJobs().get()) {
            if (!job.getJobState().isGloballyTerminalState()) {
                JobID id = job.getJobId();
                cluster.cancelJob(id).handle((done, over) -> null).join(); // one that has just ended refuses
                awaitEnd(id);
            }
        }
    }

    /** Ends the task manager and starts another. */
    public void replaceTaskManager() throws Exception {
        endTaskManager();
        startTaskManager();
    }

    /** Ends the task manager; the cluster counts those that have ended, too. */
    public void endTaskManager() throws Exception {
        cluster.terminateTaskManager(taskManager++).get();
    }

    /** Starts another task manager. */
    public void startTaskManager() throws Exception {
        cluster.startTaskManager();
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
