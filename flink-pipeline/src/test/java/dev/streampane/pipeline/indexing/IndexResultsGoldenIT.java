// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.testing.GoldenState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** index-results from a savepoint that lies with the tests: in topics that have all that it has read, and more. */
class IndexResultsGoldenIT extends JobsOnKafka {

    private static final GoldenState GOLDEN = new GoldenState(IndexResultsJob.NAME);
    private static final String RESULTS = "golden-results";
    private static final String ALERTS = "golden-alerts";

    /** What the savepoint has in the place of the topics' ids. */
    private static final String KEPT_RESULTS_ID = "id-of-golden-results--";

    private static final String KEPT_ALERTS_ID = "id-of-golden-alerts---";

    private static final ContractFiles ALERT = ContractFiles.of("alert");

    @TempDir
    private static Path data;

    private static LocalElasticsearch elasticsearch;
    private static ElasticsearchView view;
    private static String resultsId;
    private static String alertsId;

    @BeforeAll
    static void writeTopics() throws Exception {
        elasticsearch = SharedElasticsearch.empty();
        view = new ElasticsearchView(elasticsearch.url());
        resultsId = create(RESULTS, 2);
        alertsId = create(ALERTS, 1);
        write(0, WindowResults.average("before", 0));
        log.write(RESULTS, 0, "poison", "no result");
        write(1, WindowResults.average("before", 1));
        writeAlert("before");
        if (GoldenState.isWritten()) {
            keep();
        }
        write(0, WindowResults.average("before", 0).put("rev", 2).put("status", "REVISED"));
        write(0, WindowResults.average("after", 0));
        write(1, WindowResults.average("after", 1));
        writeAlert("after");
    }

    private static String create(String topic, int partitions) throws Exception {
        NewTopic asked =
                new NewTopic(topic, partitions, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime"));
        return log.admin().createTopics(List.of(asked)).topicId(topic).get().toString();
    }

    private static void write(int partition, ObjectNode result) throws Exception {
        log.write(RESULTS, partition, result.get("key").textValue(), result.toString());
    }

    private static void writeAlert(String client) throws Exception {
        ObjectNode alert = (ObjectNode) Json.EXACT.readTree(ALERT.bytes("examples/small-then-large.json"));
        String id = alert.get("id").textValue().replace("~7~", "~" + client + "~");
        log.write(ALERTS, 0, client, alert.put("id", id).put("client", client).toString());
    }

    private static void keep() throws Exception {
        JobID job = flink.start(new IndexResultsJob(), config(2));
        awaitPositions(2, 1, 1);
        GOLDEN.keep(flink.stop(job, data), Map.of(resultsId, KEPT_RESULTS_ID, alertsId, KEPT_ALERTS_ID));
        SharedElasticsearch.empty();
    }

    private static JobConfig config(int parallelism) {
        return JobConfig.of(
                IndexResultsJob.NAME,
                "--bootstrap-servers=" + log.servers(),
                "--input-topic=" + RESULTS,
                "--alerts-topic=" + ALERTS,
                "--elasticsearch-url=" + elasticsearch.url(),
                "--state-dir=" + data.toUri(),
                "--checkpoint-interval=500ms",
                "--parallelism=" + parallelism);
    }

    private static void awaitPositions(long... positions) {
        await().untilAsserted(() -> assertThat(
                        new long[] {view.position(resultsId, 0), view.position(resultsId, 1), view.position(alertsId, 0)
                        })
                .containsExactly(positions));
    }

    /** All that is found of the client, by index, with the offset that it was read at. */
    private static List<String> found(String client) {
        view.send("POST", "/window-results,window-history,alerts/_refresh?ignore_unavailable=true", "");
        return view
                .get("/window-results,window-history,alerts/_search?ignore_unavailable=true&size=100&q=client:"
                        + client)
                .at("/hits/hits")
                .findValues("_source")
                .stream()
                .map(source -> source.at("/log/partition") + "-" + source.at("/log/offset"))
                .sorted()
                .toList();
    }

    /** Whose first records are not read again: Elasticsearch has nothing of them. */
    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        // Given
        int letters = log.committed("dead-letters").size();
        String state = GOLDEN.copy(data, Map.of(KEPT_RESULTS_ID, resultsId, KEPT_ALERTS_ID, alertsId));
        // When
        JobID job = flink.restore(new IndexResultsJob(), config(1), state);
        awaitPositions(4, 2, 2);
        // Then
        GOLDEN.assertNamesNoOtherClass();
        assertThat(found("before")).as("of the second revision alone").containsExactly("0-2", "0-2");
        assertThat(found("after")).containsExactly("0-1", "0-3", "0-3", "1-1", "1-1");
        assertThat(log.committed("dead-letters")).hasSize(letters);
        assertThat(flink.attempts(job)).isZero();
    }

    /** Its state knows the topics by their ids. */
    @Test
    void shouldRefuseTopicsOtherThanThoseOfTheGoldenSavepoint() throws Exception {
        // When
        var state = SavepointRestoreSettings.forPath(GOLDEN.folder().toUri().toString());
        JobID job = flink.submit(new IndexResultsJob(), config(1), state);
        // Then
        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.failure(job).getExceptionAsString()).contains("was deleted and recreated");
    }
}
