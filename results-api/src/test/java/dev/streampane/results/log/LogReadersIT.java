// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.Log;
import dev.streampane.results.Topics;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.problem.ProblemException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers with a broker that goes and comes back. */
@BesideQuarkus
class LogReadersIT {

    private static final int READERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long FAR = Long.MAX_VALUE;

    private static LocalKafka kafka;
    private static Admin admin;
    private static int topics;

    private final String topic = "part-" + topics++;
    private LogReaders readers;
    private Log log;

    @BeforeAll
    static void connect() {
        kafka = SharedKafka.empty();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void disconnect() {
        admin.close();
    }

    @BeforeEach
    void open() throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        readers =
                new LogReaders(new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers())), topic, READERS);
        log = new Log(kafka.bootstrapServers());
    }

    @AfterEach
    void close() throws JMException {
        log.close();
        readers.close();
        assertThat(consumers()).isZero();
        // a pool has ended a little before its last thread
        await().untilAsserted(() -> assertThat(threads(topic + "-")).isZero());
        assertThat(threads("kafka-admin-client-thread | " + topic + "-")).isZero();
    }

    @Test
    void shouldReadInBoundedPiecesWhatWasCommitted() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        // Given
        List<String> committed = new ArrayList<>();
        for (int n = 0; n < 120; n++) {
            boolean abort = random.nextInt(3) == 0;
            List<String> values = IntStream.rangeClosed(0, random.nextInt(4))
                    .mapToObj(i -> "x".repeat(1 + random.nextInt(9_000)))
                    .toList();
            log.begin();
            values.forEach(value -> add(0, value));
            if (abort) {
                log.abort();
            } else {
                log.commit();
                committed.addAll(values);
            }
        }
        // When
        List<String> read = new ArrayList<>();
        long next = 0;
        long end = layout().ends()[0];
        while (next < end) {
            Chunk chunk = get(readers.read(topic, 0, next, end, 20_000));
            // Then
            assertThat(chunk.next()).as("seed %d", seed).isGreaterThan(next);
            assertThat(chunk.expired()).isFalse();
            assertThat(bytes(chunk)).isLessThanOrEqualTo(20_000);
            chunk.records().forEach(found -> assertThat(found.offset()).isLessThan(chunk.next()));
            read.addAll(values(chunk));
            next = chunk.next();
        }
        assertThat(read).as("seed %d", seed).isEqualTo(committed);
        Chunk behind = get(readers.read(topic, 0, end, FAR, 20_000));
        assertThat(behind).isEqualTo(new Chunk(List.of(), end, false));
    }

    /** What it asked for lies behind the end of its partition, where the broker waits whether more comes. */
    @Test
    void shouldNotLetAReadWaitForWhatTheOneBeforeAskedFor() {
        // Given
        log.begin();
        add(0, "0").add(topic, 1, null, "1").commit();
        // When
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 100 && least >= 150; run++) {
            long begun = System.nanoTime();
            for (int n = 0; n < 10; n++) {
                assertThat(values(get(readers.read(topic, n % 2, 0, 1, 20_000))))
                        .containsExactly(String.valueOf(n % 2));
            }
            least = Math.min(least, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        }
        // Then
        assertThat(least).as("ten reads, each behind a wait of 20 ms").isLessThan(150);
    }

    @Test
    void shouldReadARecordThatIsLargerThanAPieceAndNothingBehindTheEndAskedFor() {
        // Given
        String large = "l".repeat(700_000);
        log.begin();
        add(0, "0").add(topic, 0, null, large);
        add(0, "2").commit();
        // Then
        assertThat(values(get(readers.read(topic, 0, 1, FAR, 10)))).containsExactly(large);
        Chunk first = get(readers.read(topic, 0, 0, 1, 1 << 20));
        assertThat(values(first)).containsExactly("0");
        assertThat(first.next()).isEqualTo(1);
        Chunk none = get(readers.read(topic, 0, 1, 1, 1 << 20));
        assertThat(none).isEqualTo(new Chunk(List.of(), 1, false));
    }

    @Test
    void shouldNotReadIntoOrPastAnOpenTransaction() {
        // Given
        log.put(topic, 0, null, "before");
        try (Log other = new Log(kafka.bootstrapServers())) {
            log.begin();
            add(0, "open").flush();
            other.put(topic, 0, null, "behind");
            // Then
            assertThat(layout().ends()[0]).isEqualTo(2);
            assertThat(values(get(readers.read(topic, 0, 0, FAR, 1_000)))).containsExactly("before");
            assertThat(get(readers.read(topic, 0, 2, FAR, 1_000))).isEqualTo(new Chunk(List.of(), 2, false));
            // When
            log.commit();
            // Then
            await().untilAsserted(() -> assertThat(values(get(readers.read(topic, 0, 2, FAR, 1_000))))
                    .containsExactly("open", "behind"));
        }
    }

    @Test
    void shouldTellThatACallHasBegun() {
        AtomicInteger begun = new AtomicInteger();
        get(readers.onStart(begun::incrementAndGet).layout(topic));
        assertThat(begun).hasValue(1);
    }

    @Test
    void shouldSayWhatHasExpired() throws Exception {
        // Given
        log.begin();
        IntStream.range(0, 10).forEach(n -> add(0, "v" + n));
        log.commit();
        Instant then = Instant.now();
        // When
        admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(4)))
                .all()
                .get();
        // Then
        assertThat(get(readers.read(topic, 0, 2, FAR, 1_000))).isEqualTo(new Chunk(List.of(), 4, true));
        assertThat(values(get(readers.read(topic, 0, 4, FAR, 1_000)))).hasSize(6);
        assertThat(get(readers.read(topic, 0, 99, FAR, 1_000))).isEqualTo(new Chunk(List.of(), 99, false));
        assertThat(get(readers.offsetsAt(topic, Instant.EPOCH))).containsExactly(4, 0);
        assertThat(get(readers.offsetsAt(topic, then.plusSeconds(9)))).containsExactly(11, 0);
    }

    @Test
    void shouldNotTakeOneLifeOfATopicForAnother() throws Exception {
        // Given
        log.put(topic, 0, null, "first");
        String id = layout().topicId();
        assertThat(get(readers.read(topic, id, 0, 0, FAR, 1_000)).map(LogReadersIT::values))
                .contains(List.of("first"));
        // When
        admin.deleteTopics(List.of(topic)).all().get();
        // Then
        await().untilAsserted(() -> assertThat(layout().partitions()).isZero());
        assertThat(layout().topicId()).isEmpty();
        assertThat(get(readers.read(topic, id, 0, 0, FAR, 1_000))).isEmpty();
        assertThat(get(readers.read(topic, 0, 0, FAR, 1_000)).records()).isEmpty();
        // When
        Topics.anew(admin, topic, 2);
        try (Log another = new Log(kafka.bootstrapServers())) {
            another.put(topic, 0, null, "second");
        }
        // Then
        assertThat(get(readers.read(topic, id, 0, 0, FAR, 1_000))).isEmpty();
        assertThat(layout().topicId()).isNotEqualTo(id);
        await().untilAsserted(() ->
                assertThat(values(get(readers.read(topic, 0, 0, FAR, 1_000)))).containsExactly("second"));
    }

    @Test
    void shouldFindNoPlaceInATopicThatWasDeletedSinceItWasLookedAt() throws Exception {
        // Given
        log.put(topic, 0, null, "first");
        TopicLayout before = layout();
        admin.deleteTopics(List.of(topic)).all().get();
        await().until(() -> layout().partitions() == 0);
        // Then
        assertThat(get(readers.offsetsAt(before, Instant.EPOCH))).isEqualTo(before.ends());
    }

    /** Between the description of a topic and the question for its ends: its partitions never answer that any more. */
    @Test
    void shouldSeeThatATopicIsDeletedWhileItIsLookedAt() throws Exception {
        // Given
        List<CompletableFuture<Integer>> looks = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            looks.add(start(Uni.createFrom()
                    .deferred(() -> readers.layout(topic))
                    .repeat()
                    .until(found -> found.partitions() == 0)
                    .collect()
                    .asList()
                    .map(List::size)));
        }
        await().until(() -> consumersOrNone() == READERS);
        // When
        admin.deleteTopics(List.of(topic)).all().get();
        // Then
        assertThat(looks).allSatisfy(look -> assertThat(look).succeedsWithin(PATIENCE));
    }

    @Test
    void shouldFailWhileTheBrokerIsAwayAndReadAgainWhenItIsBack() throws Exception {
        // Given
        log.put(topic, 0, null, "kept");
        get(readers.read(topic, 0, 0, FAR, 1_000));
        // When
        kafka.kill();
        try {
            List<CompletableFuture<Chunk>> reads = IntStream.range(0, READERS)
                    .mapToObj(n -> start(readers.read(topic, 0, 0, FAR, 1_000)))
                    .toList();
            // Then
            reads.forEach(LogReadersIT::assertUnavailable);
            assertThat(consumers()).isZero();
        } finally {
            kafka.restart();
        }
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        values(get(readers.read(topic, 0, 0, FAR, 1_000))))
                .containsExactly("kept"));
        log.close();
        log = new Log(kafka.bootstrapServers());
    }

    @Test
    void shouldServeAHundredCallersInTurnWithFourConsumers() throws Exception {
        // Given
        log.begin();
        IntStream.range(0, 50).forEach(n -> add(0, "v" + n));
        log.commit();
        ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
        // When
        List<CompletableFuture<Integer>> callers = IntStream.range(0, 100)
                .mapToObj(n -> start(readers.read(topic, 0, n % 50, FAR, 1_000)).thenApply(chunk -> {
                    served.add(n);
                    return chunk.records().size();
                }))
                .toList();
        for (int n = 0; n < 100; n++) {
            assertThat(callers.get(n).get()).isEqualTo(50 - n % 50);
        }
        // Then
        List<Integer> order = List.copyOf(served);
        for (int place = 0; place < 100; place++) {
            int caller = order.get(place);
            assertThat(order.subList(place, 100))
                    .filteredOn(later -> later < caller)
                    .as("callers before %d, whom other consumers served meanwhile", caller)
                    .hasSizeLessThan(READERS);
        }
        assertThat(consumers()).isBetween(1, READERS);
        assertThat(threads(topic + "-")).isLessThanOrEqualTo(READERS);
        assertThat(threads("kafka-admin-client-thread | " + topic + "-")).isLessThanOrEqualTo(READERS);
    }

    @Test
    void shouldForgetCallersThatHaveGone() {
        // Given
        log.begin();
        add(0, "open").flush();
        List<CompletableFuture<Chunk>> busy = IntStream.range(0, READERS)
                .mapToObj(n -> start(readers.read(topic, 0, 0, FAR, 1_000)))
                .toList();
        // When
        List<Cancellable> gone = IntStream.range(0, 100)
                .mapToObj(n -> readers.read(topic, 0, 0, FAR, 1_000).subscribe().with(chunk -> {
                    throw new AssertionError("served");
                }))
                .toList();
        gone.forEach(Cancellable::cancel);
        // Then
        assertThat(readers.waiting()).isZero();
        assertThat(busy).allSatisfy(call -> assertThat(call.join().records()).isEmpty());
        log.abort();
    }

    @Test
    void shouldFailWhatIsReadAndWhatWaitsWhenTheProcessEnds() {
        // Given: what takes two minutes to read, for each call waits half a second
        log.begin();
        add(0, "open").flush();
        List<CompletableFuture<Chunk>> calls = IntStream.range(0, 1_000)
                .mapToObj(n -> start(readers.read(topic, 0, 0, FAR, 1_000)))
                .toList();
        await().until(() -> consumersOrNone() > 0);
        // When
        Instant begin = Instant.now();
        readers.close();
        // Then
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(8));
        assertThat(calls).allSatisfy(call -> assertThat(call).isDone());
        assertUnavailable(calls.get(999));
        assertUnavailable(start(readers.read(topic, 0, 0, FAR, 1_000)));
        log.abort();
    }

    private Log add(int partition, String value) {
        return log.add(topic, partition, null, value);
    }

    private TopicLayout layout() {
        return get(readers.layout(topic));
    }

    private static <T> T get(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }

    private static <T> CompletableFuture<T> start(Uni<T> call) {
        return call.subscribeAsCompletionStage();
    }

    private static void assertUnavailable(CompletableFuture<Chunk> call) {
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(503));
    }

    private static long bytes(Chunk chunk) {
        return chunk.records().stream().mapToLong(found -> found.value().length).sum();
    }

    private static List<String> values(Chunk chunk) {
        return chunk.records().stream()
                .map(found -> new String(found.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private int consumersOrNone() {
        try {
            return consumers();
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    /** Consumers that are not closed, as the client library registers them. */
    private int consumers() throws JMException {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("kafka.consumer:type=app-info,id=" + topic + "-*"), null)
                .size();
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }
}
