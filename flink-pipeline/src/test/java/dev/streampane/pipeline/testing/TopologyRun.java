// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.server.Patience;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.intake.ClockWatermarks;
import dev.streampane.pipeline.intake.IntakeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ResourceManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** One run of a whole topology on a cluster in this process, which all tests of the JVM share. */
public final class TopologyRun {

    private static final int SLOTS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static MiniCluster cluster;

    private final JobID job;
    private final CollectSink sink;

    private TopologyRun(JobID job, CollectSink sink) {
        this.job = job;
        this.sink = sink;
    }

    /** The graph of a job, from its source to everything that it says. */
    @FunctionalInterface
    public interface Topology<T> {
        /** Builds the graph. */
        DataStream<Output> build(DataStream<Decoded<T>> decoded, IntakeSettings settings);
    }

    /**
     * How a topology is run.
     *
     * @param seed of the order in which a subtask reads its partitions
     */
    public record Setup<T>(Topology<T> topology, Decoder<T> decoder, IntakeSettings settings, long seed) {

        /** The same under other settings. */
        public Setup<T> with(IntakeSettings other) {
            return new Setup<>(topology, decoder, other, seed);
        }

        /** The graph, ending in {@code sink}. */
        StreamGraph graph(PartitionedLog log, int parallelism, CollectSink sink, RuntimeExecutionMode mode) {
            var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration(mode));
            env.setParallelism(parallelism);
            var decoded = env.fromSource(
                            new LogSource<>(log, decoder, seed, mode == RuntimeExecutionMode.BATCH),
                            new ClockWatermarks<>(settings),
                            "log-source",
                            decoder.type())
                    .setParallelism(Math.min(parallelism, log.partitions()))
                    .uid("log-source");
            topology.build(decoded, settings).sinkTo(sink).uid("outputs").name("outputs");
            return env.getStreamGraph();
        }

        private static Configuration configuration(RuntimeExecutionMode mode) {
            var configuration = new Configuration();
            configuration.set(ExecutionOptions.RUNTIME_MODE, mode);
            configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
            configuration.set(PipelineOptions.GENERIC_TYPES, false);
            configuration.set(PipelineOptions.MAX_PARALLELISM, 128);
            configuration.set(PipelineOptions.OBJECT_REUSE, true);
            configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
            return configuration;
        }

        /** Starts without state. */
        public TopologyRun start(PartitionedLog log, int parallelism) {
            return start(log, parallelism, SavepointRestoreSettings.none(), RuntimeExecutionMode.STREAMING);
        }

        /** Starts in batch mode, over a closed log. */
        public TopologyRun startBatch(PartitionedLog log, int parallelism) {
            return start(log, parallelism, SavepointRestoreSettings.none(), RuntimeExecutionMode.BATCH);
        }

        /** Starts from a savepoint. */
        public TopologyRun restore(PartitionedLog log, int parallelism, String savepoint) {
            return start(log, parallelism, SavepointRestoreSettings.forPath(savepoint), RuntimeExecutionMode.STREAMING);
        }

        private TopologyRun start(
                PartitionedLog log, int parallelism, SavepointRestoreSettings state, RuntimeExecutionMode mode) {
            var sink = new CollectSink(UUID.randomUUID().toString());
            StreamGraph graph = graph(log, parallelism, sink, mode);
            graph.setSavepointRestoreSettings(state);
            var job = cluster().submitJob(graph.getJobGraph()).join().getJobID();
            return new TopologyRun(job, sink);
        }
    }

    private static synchronized MiniCluster cluster() {
        if (cluster == null) {
            // a cluster older than that fails a job at once that waits for the slots of the job before it
            var configuration = new Configuration();
            configuration.set(ResourceManagerOptions.STANDALONE_CLUSTER_STARTUP_PERIOD_TIME, Duration.ofDays(1));
            var started = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(SLOTS)
                    .withRandomPorts()
                    .build());
            try {
                started.start();
            } catch (Exception e) {
                throw new IllegalStateException("the cluster does not start", e);
            }
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> started.closeAsync().join()));
            cluster = started;
        }
        return cluster;
    }

    /**
     * Runs a job without a savepoint, whatever its sinks, to its end.
     *
     * @throws Exception when it fails
     */
    public static void run(StreamGraph graph) throws Exception {
        cluster().executeJobBlocking(graph.getJobGraph());
    }

    /** Everything that the job has said so far. */
    public List<Output> outputs() {
        return List.copyOf(sink.outputs());
    }

    /** The results so far. */
    public List<WindowResult> results() {
        return ReadOutputs.results(outputs());
    }

    /** The late records so far. */
    public List<ReadOutputs.LateRecord> late() {
        return ReadOutputs.late(outputs());
    }

    /** The dead letters so far. */
    public List<ReadOutputs.DeadLetter> deadLetters() {
        return ReadOutputs.deadLetters(outputs());
    }

    /** The audit lines so far. */
    public List<AuditLine> lines() {
        return ReadOutputs.lines(outputs());
    }

    /** The corrections so far. */
    public List<AuditCorrection> corrections() {
        return ReadOutputs.corrections(outputs());
    }

    /** Waits until the job has said what {@code said} looks for. */
    public TopologyRun await(Predicate<TopologyRun> said) {
        Patience.await().until(() -> said.test(this));
        return this;
    }

    /** Stops the job with a savepoint in {@code directory}; its path. */
    public String stop(Path directory) {
        Patience.await().until(this::isRunning);
        return cluster()
                .stopWithSavepoint(job, directory.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .join();
    }

    private boolean isRunning() {
        for (var vertex : cluster().getExecutionGraph(job).join().getAllExecutionVertices()) {
            if (vertex.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return true;
    }

    /** Stops the job for good. */
    public void cancel() {
        cluster().cancelJob(job).join();
        cluster().requestJobResult(job).join();
    }

    /** Waits until the job has read all of its closed log. */
    public TopologyRun awaitEnd() {
        JobResult result = end();
        if (!result.isSuccess()) {
            throw new AssertionError(
                    "the job failed", result.getSerializedThrowable().orElse(null));
        }
        return this;
    }

    /** Waits until the job has failed; why. */
    public Throwable awaitFailure() {
        JobResult result = end();
        if (result.getJobStatus().orElse(null) != JobStatus.FAILED) {
            throw new AssertionError("the job did not fail: " + result.getJobStatus());
        }
        return result.getSerializedThrowable().orElseThrow().deserializeError(TopologyRun.class.getClassLoader());
    }

    private JobResult end() {
        return cluster()
                .requestJobResult(job)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
