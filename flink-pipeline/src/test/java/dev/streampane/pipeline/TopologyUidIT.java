// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobEnvironment;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.weather.WeatherAverageJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** Operator ids are an on-disk format: those of every node that a job has, with real IO, are written down in {@code uids.txt}. */
class TopologyUidIT {

    @Test
    void shouldNameEveryOperatorOfEveryJobAsWrittenDown() throws Exception {
        List<Job> jobs = new ArrayList<>();
        List<String> written = new ArrayList<>();
        ServiceLoader.load(Job.class).forEach(jobs::add);
        assertThat(jobs)
                .extracting(Job::name)
                .contains("weather-average", "transaction-total", "index-results", "word-count", "time-series-archive");
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers())) {
            for (Job job : jobs) {
                assertNamed(job, graph(job, log.servers()), written);
            }
        }
        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(Path.of("src/test/resources/uids.txt")));
    }

    @Test
    void shouldSendAtOnceAndHaveNoTaskForCorrections() throws Exception {
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers())) {
            StreamGraph graph = graph(new WeatherAverageJob(), log.servers());

            assertThat(graph.getStreamNodes())
                    .allSatisfy(node -> assertThat(node.getBufferTimeout()).isZero());
            assertThat(graph.getJobGraph().getNumberOfVertices()).isEqualTo(3); // source, windows, sink
        }
    }

    private static StreamGraph graph(Job job, String servers) {
        List<String> options = new ArrayList<>(List.of("--bootstrap-servers=" + servers));
        if (job.options().contains(JobOption.INPUT_TOPIC.withFallback(""))) {
            options.add("--input-topic=device-readings"); // any topic that is there
        }
        JobConfig config = JobConfig.of(job.name(), options.toArray(String[]::new));
        var env = new StreamExecutionEnvironment(JobEnvironment.configuration(config));
        job.define(env, config);
        return env.getStreamGraph();
    }

    private static void assertNamed(Job job, StreamGraph graph, List<String> written) {
        Set<String> uids = new HashSet<>();
        assertThat(graph.getStreamNodes()).isNotEmpty();
        for (StreamNode node : graph.getStreamNodes()) {
            String uid = node.getTransformationUID();
            assertThat(uid).as("uid of %s in %s", node, job.name()).isNotBlank();
            written.add(job.name() + " " + uid);
            assertThat(uids.add(uid))
                    .as("uid %s is one operator's in %s", uid, job.name())
                    .isTrue();
            assertThat(node.getOperatorName())
                    .as("name of %s in %s", uid, job.name())
                    .isNotBlank()
                    .isNotEqualTo("Map")
                    .isNotEqualTo("Process");
        }
    }
}
