// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.CheckpointsCleaner;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmanager.ExecutionPlanStore;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.FsCompletedCheckpointStorageLocation;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper for Flink's high availability, and what a job has Flink keep there. */
final class HighAvailability implements AutoCloseable {

    private final NIOServerCnxnFactory zooKeeper = new NIOServerCnxnFactory();

    private HighAvailability() {}

    static HighAvailability start(Path data) throws IOException, InterruptedException {
        var started = new HighAvailability();
        started.zooKeeper.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100, -1, false);
        var directory = Files.createDirectories(data).toFile();
        started.zooKeeper.startup(new ZooKeeperServer(directory, directory, 2_000), true);
        return started;
    }

    String quorum() {
        return "127.0.0.1:" + zooKeeper.getLocalPort();
    }

    Map<String, String> settings(String cluster, String storage) {
        return Map.of(
                "high-availability.type",
                "zookeeper",
                "high-availability.zookeeper.quorum",
                quorum(),
                "high-availability.zookeeper.client.session-timeout",
                "6s",
                "high-availability.cluster-id",
                cluster,
                "high-availability.storageDir",
                storage);
    }

    /** Writes a checkpoint of the cluster's job below {@code directory}, from which Flink would continue. */
    @SuppressWarnings("try") // close() throws whatever it likes
    static void keepCheckpoint(Configuration cluster, Path directory, long number) throws Exception {
        Path written = TestCheckpoint.write(directory.resolve(jobId(cluster) + "/chk-" + number), number);
        var folder = new org.apache.flink.core.fs.Path(written.toUri());
        var metadata = new FileStateHandle(new org.apache.flink.core.fs.Path(folder, "_metadata"), 1);
        try (HighAvailabilityServices services = services(cluster)) {
            services.getCheckpointRecoveryFactory()
                    .createRecoveredCompletedCheckpointStore(
                            jobId(cluster),
                            1,
                            SharedStateRegistry.DEFAULT_FACTORY,
                            Runnable::run,
                            RecoveryClaimMode.NO_CLAIM)
                    .addCheckpointAndSubsumeOldestOne(
                            new CompletedCheckpoint(
                                    jobId(cluster),
                                    number,
                                    0,
                                    0,
                                    Map.of(),
                                    List.of(),
                                    CheckpointProperties.forCheckpoint(
                                            CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION),
                                    new FsCompletedCheckpointStorageLocation(
                                            LocalFileSystem.getSharedInstance(), folder, metadata, folder.toString()),
                                    null),
                            new CheckpointsCleaner(),
                            () -> {});
        }
    }

    /** Has Flink keep an execution plan of the cluster's job. */
    @SuppressWarnings("try") // close() throws whatever it likes
    static void keepPlan(Configuration cluster) throws Exception {
        try (HighAvailabilityServices services = services(cluster)) {
            ExecutionPlanStore plans = services.getExecutionPlanStore();
            plans.start(new ExecutionPlanStore.ExecutionPlanListener() {
                @Override
                public void onAddedExecutionPlan(JobID id) {}

                @Override
                public void onRemovedExecutionPlan(JobID id) {}
            });
            plans.putExecutionPlan(new JobGraph(jobId(cluster), "plan"));
            plans.stop();
        }
    }

    private static JobID jobId(Configuration cluster) {
        return JobID.fromHexString(cluster.get(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID));
    }

    private static HighAvailabilityServices services(Configuration cluster) throws Exception {
        return HighAvailabilityServicesUtils.createAvailableOrEmbeddedServices(cluster, Runnable::run, failure -> {});
    }

    @Override
    public void close() {
        zooKeeper.shutdown();
    }
}
