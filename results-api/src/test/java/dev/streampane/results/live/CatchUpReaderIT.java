// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.Topics;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Catching up behind a tail of 100 results that evicts meanwhile. */
@BesideQuarkus
class CatchUpReaderIT {

    private static final Logger LOG = Logger.getLogger(CatchUpReaderIT.class);
    private static final String RESULTS = "window-results";
    private static final Map<String, Integer> TOPICS = new TreeMap<>(Map.of(RESULTS, 4, "alerts", 2, "word-counts", 1));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static LocalKafka kafka;

    @AutoClose
    private static Admin admin;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private LogReaders readers;
    private TailFeeds feeds;
    private CatchUpReader catchUp;
    private Log log;

    @BeforeAll
    static void startBroker() {
        // outside of a service the first one sets things up for all, which two threads cannot do at
        // once
        Uni.createFrom().emitter(first -> first.complete(null)).await().indefinitely();
        kafka = SharedKafka.empty();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @BeforeEach
    void open() throws Exception {
        for (Map.Entry<String, Integer> topic : TOPICS.entrySet()) {
            Topics.anew(admin, topic.getKey(), topic.getValue());
        }
        log = new Log(kafka.bootstrapServers());
        start(1 << 20);
    }

    @AfterEach
    void close() {
        feeds.close();
        readers.close();
        log.close();
    }

    private void start(long cacheBytes) {
        ResultsConfig config =
                Settings.with(Map.of("results.tail-size", "100", "results.catch-up-bytes", Long.toString(cacheBytes)));
        KafkaAccess kafkaAccess = new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        readers = new LogReaders(kafkaAccess, config);
        feeds = new TailFeeds(kafkaAccess, config, metrics);
        feeds.begin();
        await().atMost(PATIENCE).until(feeds::settled);
        catchUp = new CatchUpReader(feeds, readers, config, metrics);
    }

    @Test
    void shouldHandOverToATailThatEvictsWithoutGapAndWithoutRepeat() {
        long seed = System.nanoTime();
        // Given
        Position begin = feeds.tail().position();
        Set<String> committed = new ConcurrentSkipListSet<>(write(new Random(seed), 600));
        AtomicBoolean done = new AtomicBoolean();
        // When
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            Random random = new Random(seed + 1);
            try {
                for (int n = 0; n < 20; n++) {
                    committed.addAll(write(random, 50));
                }
            } finally {
                done.set(true);
            }
        });
        List<Reader> all =
                IntStream.range(0, 4).mapToObj(n -> new Reader(begin)).toList();
        List<CompletableFuture<Void>> reading = all.stream()
                .map(reader -> CompletableFuture.runAsync(() -> {
                    while (!done.get() || !reader.atEnd()) {
                        reader.step();
                    }
                }))
                .toList();
        writer.join();
        reading.forEach(CompletableFuture::join);
        // Then
        await().untilAsserted(() -> {
            for (Reader reader : all) {
                reader.step();
                assertThat(reader.places).as("seed %d", seed).hasSameSizeAs(committed);
            }
        });
        for (Reader reader : all) {
            assertThat(reader.places).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(committed);
            assertThat(reader.handOvers).as("seed %d", seed).isGreaterThan(0);
        }
        assertThat(metrics.get("streampane.results.catchup.bytes").gauge().value())
                .isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void shouldGoByAppendTimeOverPartitionsAndTopics() {
        // Given
        Position begin = feeds.tail().position();
        List<String> order = new ArrayList<>();
        for (int n = 0; n < 60; n++) {
            log.put(RESULTS, n % 4, null, result(n));
            order.add(result(n));
            tick();
        }
        overflow();
        // When
        List<TailEntry> entries = new ArrayList<>();
        Position position = begin;
        while (entries.size() < order.size()) {
            CatchUpReader.Batch piece = next(position);
            assertThat(piece.behind()).isNotEqualTo(position);
            entries.addAll(piece.entries());
            position = piece.behind();
        }
        // Then
        assertThat(entries.stream().map(entry -> text(entry.json())).limit(60)).containsExactlyElementsOf(order);
    }

    @Test
    void shouldGoPastWhatIsNoEntryAndPastMarkersInBoundedPieces() {
        // Given
        Position begin = feeds.tail().position();
        for (int n = 0; n < 120; n++) {
            log.put(RESULTS, 0, null, n % 2 == 0 ? "no result" : padded(n));
            log.begin().add(RESULTS, 0, null, result(n)).abort();
        }
        overflow();
        // When
        List<String> seen = new ArrayList<>();
        Position position = begin;
        while (feeds.tail().reach(position) == Reach.OLDER) {
            CatchUpReader.Batch piece = next(position);
            // Then
            assertThat(piece.behind().toString()).isNotEqualTo(position.toString());
            assertThat(piece.entries().stream()
                            .mapToInt(entry -> entry.json().length)
                            .sum())
                    .isLessThanOrEqualTo(CatchUpReader.BATCH_BYTES);
            piece.entries().forEach(entry -> seen.add(entry.key()));
            position = piece.behind();
        }
        assertThat(feeds.tail().reach(position)).isEqualTo(Reach.HELD);
        assertThat(seen.stream().filter(key -> key.startsWith("padded")))
                .containsExactlyElementsOf(IntStream.range(0, 60)
                        .mapToObj(n -> "padded" + (2 * n + 1))
                        .toList());
    }

    @Test
    void shouldSayWhenTheLogItselfHasExpired() throws Exception {
        // Given
        Position begin = feeds.tail().position();
        putAtOnce(399);
        overflow();
        Position half = next(begin).behind();
        // When: the blocks that were read by then still answer for themselves
        admin.deleteRecords(Map.of(new TopicPartition(RESULTS, 0), RecordsToDelete.beforeOffset(390)))
                .all()
                .get();
        // Then
        assertThat(next(half).gone()).contains(ResetReason.TOO_OLD);
        Position behind = at(begin, 390);
        assertThat(next(behind).gone()).isEmpty();
        assertThat(next(behind).entries()).isNotEmpty();
        assertThat(next(at(begin, 389)).gone()).contains(ResetReason.TOO_OLD);
    }

    @Test
    void shouldBeginWhereTheLogDoesWithWordsThatAreAskedForFromOffset0() throws Exception {
        // Given
        Position begin = feeds.tail().position();
        log.begin();
        IntStream.range(0, 300).forEach(n -> log.add("word-counts", 0, null, word(n)));
        log.commit();
        await().atMost(PATIENCE).until(() -> feeds.tail().reach(begin) == Reach.OLDER);
        // When
        admin.deleteRecords(Map.of(new TopicPartition("word-counts", 0), RecordsToDelete.beforeOffset(150)))
                .all()
                .get();
        startAnew();
        // Then
        CatchUpReader.Batch expired = next(begin);
        assertThat(expired.gone()).isEmpty();
        assertThat(next(expired.behind()).entries().get(0).offset()).isEqualTo(150);
        Position later = new Position(begin.topics().stream()
                .map(topic -> topic.name().equals("word-counts")
                        ? new TopicPosition(topic.name(), topic.id(), new long[] {1})
                        : topic)
                .toList());
        assertThat(next(later).gone()).contains(ResetReason.TOO_OLD);
    }

    @Test
    void shouldLoseNothingWhenTheMarkerBehindTheLastRecordHasExpired() throws Exception {
        // Given: a client that has seen an alert, and the marker behind it
        log.put("alerts", 0, null, Fixtures.alert("7", written++));
        await().atMost(PATIENCE)
                .until(() ->
                        feeds.tail().reached().topic("alerts").orElseThrow().offsets()[0] == 2);
        Position seen = feeds.tail().now().position();
        // When
        admin.deleteRecords(Map.of(new TopicPartition("alerts", 0), RecordsToDelete.beforeOffset(2)))
                .all()
                .get();
        startAnew();
        // Then
        assertThat(feeds.tail().reach(seen)).isEqualTo(Reach.HELD);
        assertThat(next(seen).gone()).isEmpty();
    }

    private void startAnew() {
        feeds.close();
        readers.close();
        metrics.clear();
        start(1 << 20);
    }

    @Test
    void shouldSayWhenTheTopicWasMadeAnew() throws Exception {
        // Given
        Position begin = feeds.tail().position();
        putAtOnce(200);
        overflow();
        // When
        Topics.anew(admin, RESULTS, 4);
        // Then: at once, although the tail may not know it yet
        assertThat(next(begin).gone()).contains(ResetReason.RECREATED);
        await().atMost(PATIENCE).until(() -> feeds.tail().reach(begin) == Reach.RECREATED);
        assertThat(next(begin).gone()).contains(ResetReason.RECREATED);
    }

    @Test
    void shouldReadTheLogOnceForAThousandClients() {
        // Given
        feeds.close();
        readers.close();
        start(16 << 20);
        Position begin = feeds.tail().position();
        List<String> all = new ArrayList<>();
        for (int n = 0; n < 2_000; n += 10) {
            log.begin();
            for (int i = n; i < n + 10; i++) {
                log.add(RESULTS, i % 4, null, result(i));
                all.add(result(i));
            }
            log.commit();
        }
        overflow();
        Reader first = new Reader(begin);
        while (feeds.tail().reach(first.position) == Reach.OLDER) {
            first.step();
        }
        double readsOfOne = reads();
        readers.close();
        feeds.close();
        metrics.clear();
        start(16 << 20);
        // When: each begins at a place of its own, all at once
        Random random = new Random(7);
        ExecutorService threads = Executors.newFixedThreadPool(32);
        List<CompletableFuture<Integer>> clients = IntStream.range(0, 1_000)
                .mapToObj(n -> at(begin, random.nextInt(400)))
                .map(from -> CompletableFuture.supplyAsync(() -> count(from), threads))
                .toList();
        // Then
        clients.forEach(client -> assertThat(client.join()).isBetween(400, first.places.size() + 100));
        threads.shutdown();
        LOG.infof("Reads of the log: one client %.0f, a thousand %.0f", readsOfOne, reads());
        assertThat(reads()).isLessThanOrEqualTo(readsOfOne * 1.25);
    }

    /** How many entries there are between a position and the tail. */
    private int count(Position from) {
        int entries = 0;
        Position position = from;
        while (feeds.tail().reach(position) == Reach.OLDER) {
            CatchUpReader.Batch piece = next(position);
            entries += piece.entries().size();
            position = piece.behind();
        }
        return entries;
    }

    /** A client: in the log while it is behind the tail, then in the tail, and back when the tail was faster. */
    private final class Reader {
        private final List<String> places = new ArrayList<>();
        private Position position;
        private boolean older;
        private int handOvers;

        private Reader(Position begin) {
            position = begin;
        }

        private boolean atEnd() {
            return position.toString().equals(feeds.tail().reached().toString());
        }

        private void step() {
            Tail.Slice slice = feeds.tail().read(position, 30);
            if (slice.reach() == Reach.OLDER) {
                older = true;
                CatchUpReader.Batch piece = next(position);
                assertThat(piece.gone()).isEmpty();
                piece.entries().forEach(this::take);
                position = piece.behind();
                return;
            }
            assertThat(slice.reach()).isEqualTo(Reach.HELD);
            handOvers += older ? 1 : 0;
            older = false;
            position = slice.from();
            slice.entries().stream().filter(this::unseen).forEach(this::take);
            slice.now().ifPresent(now -> position = now.position());
        }

        private boolean unseen(TailEntry entry) {
            return entry.offset() >= position.topic(entry.topic()).orElseThrow().offsets()[entry.partition()];
        }

        private void take(TailEntry entry) {
            assertThat(unseen(entry)).isTrue();
            places.add(place(entry.topic(), entry.partition(), text(entry.json())));
            List<TopicPosition> topics = new ArrayList<>();
            for (TopicPosition topic : position.topics()) {
                long[] offsets = topic.offsets().clone();
                if (topic.name().equals(entry.topic())) {
                    offsets[entry.partition()] = entry.offset() + 1;
                }
                topics.add(new TopicPosition(topic.name(), topic.id(), offsets));
            }
            position = new Position(topics);
        }
    }

    private int written;

    /** Writes so many records to all topics, some of them undecodable, in transactions of which some are aborted; says what was committed. */
    private Set<String> write(Random random, int records) {
        Set<String> committed = new TreeSet<>();
        for (int n = 0; n < records; ) {
            Set<String> transaction = new TreeSet<>();
            log.begin();
            for (int i = random.nextInt(12); i >= 0; i--, n++) {
                String topic = random.nextInt(8) > 0 ? RESULTS : random.nextBoolean() ? "alerts" : "word-counts";
                int partition = random.nextInt(TOPICS.get(topic));
                String value =
                        switch (topic) {
                            case "alerts" -> Fixtures.alert("7", written++);
                            case "word-counts" -> word(written++);
                            default -> result(written++);
                        };
                boolean undecodable = random.nextInt(20) == 0;
                log.add(topic, partition, null, undecodable ? "{" : value);
                if (!undecodable) {
                    transaction.add(place(topic, partition, value));
                }
            }
            if (random.nextInt(5) == 0) {
                log.abort();
            } else {
                log.commit();
                committed.addAll(transaction);
            }
        }
        return committed;
    }

    /** So many results in one partition, and a marker behind them. */
    private void putAtOnce(int results) {
        log.begin();
        IntStream.range(0, results).forEach(n -> log.add(RESULTS, 0, null, result(n)));
        log.commit();
    }

    /** So much more that the tail no longer holds what was before. */
    private void overflow() {
        for (int partition = 0; partition < 4; partition++) {
            log.begin();
            for (int n = 0; n < 110; n++) {
                log.add(RESULTS, partition, null, result(10_000 + n));
            }
            log.commit();
        }
        await().atMost(PATIENCE)
                .until(() -> feeds.tail().position().topics().stream().noneMatch(this::isBehind));
    }

    private boolean isBehind(TopicPosition topic) {
        long[] ends = readers.layout(topic.name()).await().atMost(PATIENCE).ends();
        return IntStream.range(0, ends.length).anyMatch(p -> ends[p] > 0 && topic.offsets()[p] < ends[p] - 1);
    }

    private CatchUpReader.Batch next(Position position) {
        return catchUp.next(position, "reader").await().atMost(PATIENCE);
    }

    private double reads() {
        return metrics.get("streampane.results.catchup.reads").counter().count();
    }

    /** The position with another offset in each partition of results. */
    private static Position at(Position position, long offset) {
        List<TopicPosition> topics = new ArrayList<>();
        for (TopicPosition topic : position.topics()) {
            long[] offsets = topic.offsets().clone();
            if (topic.name().equals(RESULTS)) {
                Arrays.fill(offsets, offset);
            }
            topics.add(new TopicPosition(topic.name(), topic.id(), offsets));
        }
        return new Position(topics);
    }

    /** Waits for the next millisecond of the clock that stamps records. */
    private static void tick() {
        long now = System.currentTimeMillis();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.currentTimeMillis() > now + 1);
    }

    private static String place(String topic, int partition, String value) {
        return topic + " " + partition + " " + value;
    }

    private static String result(int n) {
        return Fixtures.result("catch-up", "k" + n, Fixtures.SIX);
    }

    private static String padded(int n) {
        return Fixtures.result("catch-up", "padded" + n, Fixtures.SIX)
                .replaceFirst("\"id\":", "\"padding\":\"" + "x".repeat(20_000) + "\",\"id\":");
    }

    private static String word(int n) {
        return "{\"op\":\"+I\",\"word\":\"w" + n + "\",\"count\":1}";
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
