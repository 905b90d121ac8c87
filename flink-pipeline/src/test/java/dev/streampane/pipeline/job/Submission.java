// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** The environment in which a cluster runs an entry point: with its own settings, and what it executes goes to the cluster. */
@SuppressWarnings("try") // close() throws what an environment's may throw
final class Submission extends StreamExecutionEnvironment {

    private final AtomicReference<StreamGraph> submitted;

    private Submission(Configuration settings, AtomicReference<StreamGraph> submitted) {
        super(settings);
        this.submitted = submitted;
    }

    /** Runs the entry point; what it submits. */
    static StreamGraph of(Configuration cluster, String... arguments) throws Exception {
        AtomicReference<StreamGraph> submitted = new AtomicReference<>();
        initializeContextEnvironment(asked -> {
            Configuration settings = new Configuration(cluster);
            settings.addAll(asked);
            return new Submission(settings, submitted);
        });
        try {
            JobCatalog.run(arguments, System.out);
        } finally {
            resetContextEnvironment();
        }
        return submitted.get();
    }

    @Override
    public JobExecutionResult execute(StreamGraph graph) {
        submitted.set(graph);
        return null;
    }
}
