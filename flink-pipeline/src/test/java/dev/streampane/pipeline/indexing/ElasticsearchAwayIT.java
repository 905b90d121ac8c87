// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.SharedElasticsearch;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.job.JobConfig;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** index-results while Elasticsearch is killed: it waits, does not restart, loses nothing, and can be ended. */
class ElasticsearchAwayIT extends JobsOnKafka {

    private static final String TOPIC = "window-results";
    private static final String OF_CANCELLED = "window-results-of-another";
    private static final int DEVICES = 4;
    private static final int MINUTES = 1_000;

    /** So late that a full buffer holds the job up by then: the timer that flushes waits inside of what waits already. */
    private static final String FLUSHED_WHILE_IT_WAITS = "--flush-interval=2s";

    @TempDir
    private static Path data;

    private static LocalElasticsearch elasticsearch;

    private static ElasticsearchView view;

    private static JobID waiting;
    private static JobStatus statusWhileAway;
    private static JobID cancelled;
    private static Duration cancelling;

    /** One outage of two jobs, each with a topic of its own: one waits for its end, one is cancelled meanwhile and starts anew after it. */
    @BeforeAll
    static void haveElasticsearchAway() throws Exception {
        elasticsearch = SharedElasticsearch.empty();
        view = new ElasticsearchView(elasticsearch.url());
        log.create(OF_CANCELLED, DEVICES);
        write(TOPIC, "before", 1);
        waiting = start(TOPIC);
        cancelled = start(OF_CANCELLED, FLUSHED_WHILE_IT_WAITS);
        awaitCount("client:before*", DEVICES);

        elasticsearch.kill();
        try {
            write(TOPIC, "during", MINUTES);
            write(OF_CANCELLED, "cancelled", MINUTES);
            awaitFailedCheckpoints(cancelled, 1);
            long asked = System.nanoTime();
            flink.cancel(cancelled);
            cancelling = Duration.ofNanos(System.nanoTime() - asked);
            awaitFailedCheckpoints(waiting, 3);
            statusWhileAway = flink.status(waiting);
        } finally {
            elasticsearch.restart();
        }

        start(OF_CANCELLED);
        awaitCount("client:before*", DEVICES);
        awaitCount("client:during*", (long) DEVICES * MINUTES);
        awaitCount("client:cancelled*", (long) DEVICES * MINUTES);
        await().ignoreException(ExecutionException.class)
                .until(
                        () -> { // one may take longer than it may
                            flink.checkpoint(waiting);
                            return true;
                        });
    }

    private static void awaitFailedCheckpoints(JobID job, int number) {
        await().until(() -> flink.checkpoints(job).getNumberOfFailedCheckpoints() >= number);
    }

    @Test
    void shouldHaveEveryResultWhenElasticsearchWasAwayForThreeCheckpointTimeouts() throws Exception {
        assertThat(statusWhileAway).isEqualTo(JobStatus.RUNNING);
        assertThat(flink.attempts(waiting)).isZero();
        assertThat(flink.checkpoints(waiting).getNumberOfRestoredCheckpoints()).isZero();
        assertPositionsAreTheEnds();
    }

    private static void assertPositionsAreTheEnds() throws Exception {
        for (int partition = 0; partition < DEVICES; partition++) {
            assertThat(view.position(topicId(), partition)).isEqualTo(end(partition));
        }
    }

    @Test
    void shouldEndWhenItIsCancelledWhileItWaits() {
        assertThat(flink.status(cancelled)).isEqualTo(JobStatus.CANCELED);
        assertThat(cancelling).isLessThan(Duration.ofSeconds(15));
    }

    private static JobID start(String topic, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of(
                "--bootstrap-servers=" + log.servers(),
                "--input-topic=" + topic,
                "--elasticsearch-url=" + elasticsearch.url(),
                "--checkpoint-interval=1s",
                "--checkpoint-timeout=3s",
                "--bulk-actions=100",
                "--state-dir=" + data.resolve("state").toUri()));
        return flink.start(new IndexResultsJob(), JobConfig.of(IndexResultsJob.NAME, arguments.toArray(String[]::new)));
    }

    private static String topicId() throws Exception {
        return log.admin()
                .describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get()
                .get(TOPIC)
                .topicId()
                .toString();
    }

    private static long end(int partition) throws Exception {
        TopicPartition asked = new TopicPartition(TOPIC, partition);
        return log.admin()
                .listOffsets(Map.of(asked, OffsetSpec.latest()))
                .partitionResult(asked)
                .get()
                .offset();
    }

    /** The averages of some devices, each in a partition of its own. */
    private static void write(String topic, String devices, int minutes) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", log.servers());
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int minute = 0; minute < minutes; minute++) {
                for (int device = 0; device < DEVICES; device++) {
                    String key = devices + device;
                    String result = WindowResults.average(key, minute).toString();
                    producer.send(new ProducerRecord<>(topic, device, key, result));
                }
            }
        }
    }

    private static void awaitCount(String query, long count) {
        await().ignoreException(UncheckedIOException.class)
                .untilAsserted(
                        () -> assertThat(view.count("window-results", query)).isEqualTo(count));
    }
}
