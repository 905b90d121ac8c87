// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.JobRun;
import dev.streampane.local.audit.TestLine;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.audit.AuditResource.State;
import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of a job whose topic has four partitions: offsets to 999 in partition 0, two records in each of the others. */
class AuditResourceTest {

    private static final String JOB = "job";
    private static final String TOPIC = "device-readings";
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final ResultsConfig config = Settings.with(Map.of("results.audit.max-partitions", "100"));
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final KafkaAccess kafka = new KafkaAccess(Map.of());
    private final Map<TopicPartition, Input> found = new TreeMap<>((one, other) -> one.partition() - other.partition());
    private final Map<String, JobRun> started = new TreeMap<>();
    private boolean loaded = true;

    private final AuditTotals totals = new AuditTotals(kafka, config, metrics) {
        @Override
        public boolean loaded() {
            return loaded;
        }
    };
    private final JobRuns runs = new JobRuns(kafka, config) {
        @Override
        public Map<String, JobRun> newest() {
            return started;
        }

        @Override
        public Optional<JobRun> newest(String job) {
            return Optional.ofNullable(started.get(job));
        }
    };
    private final InputTopics inputs =
            new InputTopics(
                    kafka,
                    totals,
                    runs,
                    new OpenTransactions(config, metrics),
                    new LogReaders(kafka, config),
                    config,
                    metrics) {
                @Override
                Map<TopicPartition, Input> inputs() {
                    return found;
                }
            };
    private final AuditResource resource = new AuditResource(totals, runs, inputs);

    @BeforeEach
    void fill() {
        for (int partition = 0; partition < 4; partition++) {
            found.put(new TopicPartition(TOPIC, partition), new Input("id", 0, partition == 0 ? 1_000 : 2, false));
        }
    }

    @Test
    void shouldVouchForNothingWhileTheAuditIsRead() {
        // Given: what has been read is balanced, and reaches the end
        loaded = false;
        lineOfPartition0(1, null, NOON);
        // When
        AuditResource.Audit audit = audit("");
        // Then
        assertThat(audit.loaded()).isFalse();
        assertThat(audit.balanced()).isFalse();
        assertThat(audit.state()).isEqualTo(State.UNKNOWN);
        // When
        loaded = true;
        // Then
        assertThat(audit("").balanced()).isTrue();
        assertThat(audit("").state()).isEqualTo(State.RECONCILED);
    }

    @Test
    void shouldNotCallBooksReconciledOfARecordThatExpiredUnread() {
        // Given
        run(1, "tumbling(1m)");
        lineOfPartition0(1, null, NOON);
        linesOfTheOthers(1, NOON);
        // When
        found.put(new TopicPartition(TOPIC, 0), new Input("id", 1_001, 1_001, false));
        // Then
        assertThat(audit("").state()).isEqualTo(State.SETTLING);
    }

    @Test
    void shouldNotCallBooksReconciledThatLackAPartition() {
        // Given
        run(1, "tumbling(1m)");
        lineOfPartition0(1, null, NOON);
        // Then
        assertThat(audit("").state()).isEqualTo(State.SETTLING);
        assertThat(audit("partition=0").state()).isEqualTo(State.RECONCILED);
        assertThat(audit("partition=1").state()).isEqualTo(State.UNKNOWN);
        // When: an older generation has read it
        line(0, 1, 0, 1, null, NOON);
        // Then
        assertThat(audit("partition=1").state()).isEqualTo(State.SETTLING);
        // When
        linesOfTheOthers(1, NOON);
        // Then
        assertThat(audit("").state()).isEqualTo(State.RECONCILED);
    }

    @Test
    void shouldCallBooksReconciledThatGoOnWhereAnOlderGenerationHasReadToTheEnd() {
        // Given: generation 2 got records of partition 0 only
        run(1, "tumbling(1m)");
        line(1, 0, 0, 899, null, NOON);
        linesOfTheOthers(1, NOON);
        line(2, 0, 900, 999, NOON, NOON);
        // Then
        assertThat(audit("").items()).extracting(PartitionAudit::generation).containsExactly(2, 1, 1, 1, 1);
        assertThat(audit("").state()).isEqualTo(State.RECONCILED);
        assertThat(audit("partition=1").state()).isEqualTo(State.RECONCILED);
    }

    @Test
    void shouldCallBooksReconciledWhereAJobWithoutClocksGoesOn() {
        // Given: generation 2 of a word-count got records of partition 0 only
        run(1);
        line(1, 0, 0, 899, null, null);
        linesOfTheOthers(1, null);
        line(2, 0, 900, 999, null, null);
        // Then
        assertThat(audit("").state()).isEqualTo(State.RECONCILED);
    }

    @Test
    void shouldNotCallBooksReconciledOfAGenerationBeforeTheOneThatBeganAnew() {
        // Given: generation 2 began anew and read partition 0 only, generation 3 goes on with it
        run(1, "tumbling(1m)");
        lineOfPartition0(1, null, NOON);
        linesOfTheOthers(1, NOON);
        line(2, 0, 0, 899, null, NOON);
        line(3, 0, 900, 999, NOON, NOON);
        // Then
        assertThat(audit("").state()).isEqualTo(State.SETTLING);
    }

    @Test
    void shouldNotCallBooksReconciledOfWhichSomeAreNoLongerKept() {
        // Given
        line(1, 0, 0, 899, null, NOON);
        evictAll();
        // When
        line(1, 0, 900, 999, null, NOON);
        // Then
        AuditResource.Audit audit = audit("");
        assertThat(audit.items()).singleElement().satisfies(item -> {
            assertThat(item.first()).isEqualTo(900);
            assertThat(item.balanced()).isTrue();
        });
        assertThat(audit.truncated()).isTrue();
        assertThat(audit.balanced()).isFalse();
        assertThat(audit.state()).isEqualTo(State.UNKNOWN);
        assertThat(audit("offset=900").state()).isEqualTo(State.RECONCILED);
        assertThat(resource.watermarks(asked("job=job")).truncated()).isTrue();
        assertThat(progress().lag()).isEmpty();
    }

    @Test
    void shouldNotTakeAJobWithoutClocksForOneThatBeganAnewWhereItsOlderGenerationsAreNoLongerKept() {
        // Given: generation 1 has read all, and 2 goes on from it with partition 0
        run(2);
        line(1, 0, 0, 899, null, null);
        linesOfTheOthers(1, null);
        evictAll();
        // When
        line(2, 0, 900, 999, null, null);
        // Then
        assertThat(audit("").truncated()).isTrue();
        assertThat(audit("").state()).isEqualTo(State.UNKNOWN);
        assertThat(progress().lag()).isEmpty();
    }

    @Test
    void shouldNotVouchForAnOffsetThatWasReadBeforeTheTopicWasMadeAnew() {
        // Given: generation 2 has read offsets to 49 of the topic that is there now
        line(new AuditLine.Key(JOB, 1, TOPIC, "before", 0), 0, 1_290, null, NOON);
        line(2, 0, 0, 49, null, NOON);
        // When
        AuditResource.Audit unread = audit("partition=0&offset=100");
        // Then
        assertThat(unread.items()).extracting(PartitionAudit::generation).containsExactly(1);
        assertThat(unread.formerTopicIds()).containsExactly("before");
        assertThat(unread.state()).isEqualTo(State.UNKNOWN);
        assertThat(unread.balanced()).isFalse();
        assertThat(audit("partition=0&offset=49").state()).isEqualTo(State.RECONCILED);
        // When: the topic that is there now has fewer partitions
        line(new AuditLine.Key(JOB, 1, TOPIC, "before", 7), 0, 1_290, null, NOON);
        // Then
        assertThat(audit("partition=7&offset=100").state()).isEqualTo(State.UNKNOWN);
    }

    @Test
    void shouldCountWhatLiesInPartitionsWithoutBooks() {
        // Given
        run(1, "tumbling(1m)");
        lineOfPartition0(1, null, NOON);
        // Then
        assertThat(progress().lag()).contains(6L);
        assertThat(progress().clock()).isEmpty();
        assertThat(lags()).containsExactly(0L, 2L, 2L, 2L);
    }

    @Test
    void shouldCountWhatLiesBehindTheBooksOfAnOlderGeneration() {
        // Given: generation 2 goes on from the state of 1, and got records of partition 0 only
        run(1, "tumbling(1m)");
        line(1, 0, 0, 899, null, NOON);
        for (int partition = 1; partition < 4; partition++) {
            line(1, partition, 0, 0, null, NOON);
        }
        line(2, 0, 900, 999, NOON, NOON);
        // Then
        assertThat(progress().lag()).contains(3L);
        assertThat(progress().clock()).contains(NOON);
        assertThat(lags()).containsExactly(0L, 1L, 1L, 1L);
    }

    @Test
    void shouldNotSayALagWhereTheRunDoesNotTellWhereTheJobBegan() {
        // Given: generation 2 goes on from the state of 1, whose run is no longer known and may have begun with the
        // latest record
        run(2, "tumbling(1m)");
        line(1, 0, 0, 899, null, NOON);
        line(2, 0, 900, 999, NOON, NOON);
        // Then
        assertThat(progress().generation()).isEqualTo(2);
        assertThat(progress().lag()).isEmpty();
        assertThat(progress().clock()).isEmpty();
        assertThat(lags()).containsExactly(0L, null, null, null);
    }

    @Test
    void shouldCallAJobHaltedOnceRecordsHaveWaitedAndNothingWasAuditedForLongerThanItMayTake() {
        Optional<Duration> longer = Optional.of(Duration.ofSeconds(46));
        Optional<Duration> shorter = Optional.of(Duration.ofSeconds(44));
        assertThat(halted(longer, longer, longer)).isTrue();
        assertThat(halted(longer, Optional.empty(), Optional.empty())).isTrue();
        // a record after a pause, a job that reads on, one that has just begun, one that has nothing to read
        assertThat(halted(shorter, longer, longer)).isFalse();
        assertThat(halted(longer, shorter, longer)).isFalse();
        assertThat(halted(longer, longer, shorter)).isFalse();
        assertThat(halted(Optional.empty(), longer, longer)).isFalse();
    }

    private static boolean halted(Optional<Duration> behind, Optional<Duration> quiet, Optional<Duration> running) {
        return JobProgress.isHalted(Duration.ofSeconds(45), behind, quiet, running);
    }

    private AuditResource.Audit audit(String query) {
        return resource.audit(asked("job=job&" + query));
    }

    private JobProgress.Progress progress() {
        return JobProgress.all(totals, runs, found).get(JOB);
    }

    private List<Long> lags() {
        return progress().lags().stream()
                .sorted((one, other) ->
                        one.partition().partition() - other.partition().partition())
                .map(one -> one.lag().orElse(null))
                .toList();
    }

    private void run(int generation, String... specs) {
        started.put(JOB, new JobRun(JOB, generation, "x", List.of(specs), Map.of("input-topic", TOPIC), NOON, "1.0.0"));
    }

    private void lineOfPartition0(int generation, Instant before, Instant after) {
        line(generation, 0, 0, 999, before, after);
    }

    private void linesOfTheOthers(int generation, Instant after) {
        for (int partition = 1; partition < 4; partition++) {
            line(generation, partition, 0, 1, null, after);
        }
    }

    private void line(int generation, int partition, long first, long last, Instant before, Instant after) {
        line(new AuditLine.Key(JOB, generation, TOPIC, "id", partition), first, last, before, after);
    }

    private void line(AuditLine.Key key, long first, long last, Instant before, Instant after) {
        totals.add(ResultJson.read(TestLine.of(key, first, last)
                .counted("tumbling(1m)", last - first + 1)
                .clock(before, after)
                .line()
                .json()));
    }

    /** Adds as many lines of another job as partition audits are kept. */
    private void evictAll() {
        for (int partition = 0; partition < 100; partition++) {
            totals.add(ResultJson.read(TestLine.of(new AuditLine.Key("another", 1, TOPIC, "id", partition), 0, 9)
                    .clock(null, NOON)
                    .line()
                    .json()));
        }
    }

    /** A request of an administrator. */
    private static RoutingContext asked(String query) {
        HttpServerRequest request = answering(HttpServerRequest.class, Map.of("query", query));
        return answering(RoutingContext.class, Map.of("request", request, "get", Access.unrestricted("127.0.0.1")));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                AuditResourceTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }
}
