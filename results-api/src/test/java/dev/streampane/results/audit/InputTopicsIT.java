// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.store.ResultJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@BesideQuarkus
class InputTopicsIT {

    private static final TopicPartition READINGS = new TopicPartition("readings", 0);

    private LocalKafka kafka;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private AuditTotals totals;
    private JobRuns runs;
    private OpenTransactions transactions;
    private LogReaders log;
    private InputTopics inputs;

    @AfterEach
    void stop() {
        inputs.stop(new ShutdownEvent());
        totals.stop(new ShutdownEvent());
        runs.stop(new ShutdownEvent());
        log.close();
    }

    @Test
    void shouldSayNothingOfInputsAndTransactionsWhileTheBrokerIsAway() throws Exception {
        // Given
        kafka = SharedKafka.empty();
        create("audit", "job-runs", "readings", "window-results");
        run("readings");
        try (Log open = new Log(kafka.bootstrapServers())) {
            open.begin().add("window-results", 0, "key", "1").flush();
            follow(access(false), "100ms");
            await().until(() -> !inputs.inputs().isEmpty() && !inputs.stalled().isEmpty());
            await().until(() -> metrics.find("streampane.input.stalled").gauge() != null);
            await().until(() -> !transactions.holders().isEmpty());
            // When
            kafka.kill();
            try {
                // Then
                await().untilAsserted(() -> assertThat(inputs.inputs()).isEmpty());
                assertThat(inputs.stalled()).isEmpty();
                await().untilAsserted(() -> assertThat(transactions.holders()).isEmpty());
                await().untilAsserted(() -> assertThat(
                                metrics.find("streampane.input.stalled").gauge())
                        .isNull());
            } finally {
                kafka.restart();
            }
        }
    }

    @Test
    void shouldLookAtTheOthersWhenATopicGoesWhileItIsLookedAt() throws Exception {
        // Given
        kafka = SharedKafka.empty();
        create("audit", "job-runs", "readings", "going");
        run("readings");
        run("going");
        // When: the one look that there is
        follow(access(true), "60s");
        // Then
        await().untilAsserted(() -> assertThat(inputs.inputs()).containsOnlyKeys(READINGS));
    }

    @Test
    void shouldNotTakeHalfOfTheAuditForAllOfIt() throws Exception {
        // Given: the first of the audit's lines, of records that have expired since, and not yet those that followed
        kafka = SharedKafka.empty();
        create("readings");
        make(access(false), "100ms");
        try (Log log = new Log(kafka.bootstrapServers());
                Admin admin = Admin.create(client())) {
            for (int record = 0; record < 4; record++) {
                log.put("readings", 0, null, "{}");
            }
            admin.deleteRecords(Map.of(READINGS, RecordsToDelete.beforeOffset(4)))
                    .all()
                    .get();
            totals.add(firstLine(
                    admin.describeTopics(List.of("readings")).allTopicNames().get()));
        }
        // When
        inputs.start(new StartupEvent());
        await().until(() -> inputs.inputs().containsKey(READINGS));
        // Then
        assertThat(metrics.find("streampane.input.stalled").gauge()).isNotNull();
        assertThat(metrics.find("streampane.input.expired").gauge()).isNull();
        assertThat(metrics.find("streampane.audit.rows").gauge()).isNull();
    }

    @Test
    void shouldShowWhatDoesNotBalanceAlsoOfATopicThatIsGone() throws Exception {
        // Given: lines with a gap between them
        kafka = SharedKafka.empty();
        create("audit", "job-runs");
        try (Log log = new Log(kafka.bootstrapServers())) {
            for (long offset : new long[] {0, 20}) {
                log.put(
                        "audit",
                        null,
                        null,
                        TestLine.of(new AuditLine.Key("of-readings", 1, "readings", "id", 0), offset, offset)
                                .counted("tumbling(1m)", 1)
                                .json());
            }
        }
        // When
        follow(access(false), "100ms");
        // Then
        await().until(() -> metrics.find("streampane.audit.unbalanced.partition")
                        .tags("job", "of-readings", "generation", "1", "topic", "readings", "partition", "0")
                        .gauge()
                != null);
    }

    @Test
    void shouldEndAPartitionBehindItsLastCommittedRecord() throws Exception {
        // Given: the audit of a committed record, one that was aborted, and a marker behind each
        kafka = SharedKafka.empty();
        create("readings");
        make(access(false), "100ms");
        try (Log written = new Log(kafka.bootstrapServers());
                Admin admin = Admin.create(client())) {
            written.begin().add("readings", 0, null, "1").commit();
            totals.add(firstLine(
                    admin.describeTopics(List.of("readings")).allTopicNames().get()));
            written.begin().add("readings", 0, null, "1").abort();
            // When
            inputs.start(new StartupEvent());
            // Then
            await().untilAsserted(() -> assertEnd(1));
            // When: another one is committed
            written.begin().add("readings", 0, null, "1").commit();
            // Then
            await().during(Duration.ofSeconds(1)).untilAsserted(() -> assertEnd(6));
        }
    }

    @Test
    void shouldTellSilenceByWhatComesAndNotByTheTimesInIt() throws Exception {
        // Given: a topic that keeps its writers' times
        kafka = SharedKafka.empty();
        create("audit", "job-runs", "readings");
        run("readings");
        load(access(false), "1500ms");
        try (KafkaProducer<byte[], byte[]> writer = Log.producer(client())) {
            List<Long> begun = new ArrayList<>(List.of(System.nanoTime()));
            writer.send(readingOf(Instant.parse("2024-02-29T12:00:00Z"))).get();
            // When
            inputs.start(new StartupEvent());
            // Then: it never seems to be silent while old readings come between two looks
            await().pollInterval(Duration.ofMillis(50))
                    .during(Duration.ofSeconds(4))
                    .until(() -> {
                        begun.add(System.nanoTime());
                        writer.send(readingOf(Instant.parse("2024-02-29T12:00:00Z")))
                                .get();
                        return isHeard(begun);
                    });
            // When: one comes from a writer whose clock is ahead, and then nothing
            writer.send(readingOf(Instant.now().plusSeconds(1_800))).get();
            // Then
            await().untilAsserted(() -> assertThat(inputs.stalled()).containsExactly("readings-0"));
        }
    }

    /** Fails where readings seem to be silent, unless a slow machine kept apart two of the writes, which began then. */
    private boolean isHeard(List<Long> begun) {
        InputTopics.Input found = inputs.inputs().get(READINGS);
        if (found != null && found.stalled()) {
            int end = (int) found.end();
            long next = end + 1 < begun.size() ? begun.get(end + 1) : System.nanoTime();
            assertThat(Duration.ofNanos(next - begun.get(end - 1)))
                    .as("between writes that seem to be silent")
                    .isGreaterThan(Duration.ofSeconds(1));
        }
        return found != null && !found.stalled();
    }

    private static ProducerRecord<byte[], byte[]> readingOf(Instant time) {
        return new ProducerRecord<>("readings", 0, time.toEpochMilli(), null, new byte[] {'1'});
    }

    private void assertEnd(long end) {
        assertThat(inputs.inputs())
                .hasEntrySatisfying(READINGS, input -> assertThat(input.end()).isEqualTo(end));
    }

    private static JsonNode firstLine(Map<String, TopicDescription> topics) {
        String id = topics.get("readings").topicId().toString();
        return ResultJson.read(TestLine.of(new AuditLine.Key("of-readings", 1, "readings", id, 0), 0, 0)
                .counted("tumbling(1m)", 1)
                .clock(null, Instant.parse("2026-11-20T06:00:00Z"))
                .line()
                .json());
    }

    private void follow(KafkaAccess access, String refresh) {
        load(access, refresh);
        inputs.start(new StartupEvent());
    }

    private void load(KafkaAccess access, String refresh) {
        make(access, refresh);
        totals.start(new StartupEvent());
        runs.start(new StartupEvent());
        await().until(() -> totals.loaded() && runs.loaded());
    }

    private void make(KafkaAccess access, String refresh) {
        ResultsConfig config = Settings.with(Map.of(
                "results.audit.refresh", refresh,
                "results.audit.stalled-after", "1s",
                "results.open-transaction-after", "1s"));
        totals = new AuditTotals(access, config, metrics);
        runs = new JobRuns(access, config);
        transactions = new OpenTransactions(config, metrics);
        log = new LogReaders(access, config);
        inputs = new InputTopics(access, totals, runs, transactions, log, config, metrics);
    }

    private void run(String topic) {
        try (Log log = new Log(kafka.bootstrapServers())) {
            log.put("job-runs", null, topic + "/1", Fixtures.jobRun("of-" + topic, 1, "tumbling(1m)", topic));
        }
    }

    private void create(String... topics) throws Exception {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(Stream.of(topics)
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .collect(Collectors.toList()))
                    .all()
                    .get();
        }
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    /** How the broker is reached; {@code going} has the topic of that name deleted between its description and the question for its offsets. */
    private KafkaAccess access(boolean going) {
        return new KafkaAccess(client()) {
            @Override
            public Admin admin(String clientId) {
                return going && clientId.equals("results-api-inputs")
                        ? new DeletingAdmin(client())
                        : super.admin(clientId);
            }
        };
    }

    private static final class DeletingAdmin extends ForwardingAdmin {

        private boolean looked;
        private boolean deleted; // a broker may list it for a while

        DeletingAdmin(Map<String, Object> settings) {
            super(settings);
        }

        @Override
        public ListTopicsResult listTopics(ListTopicsOptions options) {
            if (looked) {
                throw new KafkaException("there is one look only");
            }
            looked = true;
            return super.listTopics(options);
        }

        @Override
        public ListOffsetsResult listOffsets(Map<TopicPartition, OffsetSpec> offsets, ListOffsetsOptions options) {
            try {
                if (!deleted) {
                    deleteTopics(Set.of("going")).all().get();
                    deleted = true;
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return super.listOffsets(offsets, new ListOffsetsOptions().timeoutMs(10_000));
        }
    }
}
