// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.ServiceProcess;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/**
 * Streams against a model: whatever happens to a client's connections, to the processes and to the log, what it folds out of the events is
 * the table, no revision comes twice in a life of the client, and none is missing from one.
 *
 * <p>{@code -Dstreampane.model.seconds=600} makes a soak of it, {@code -Dstreampane.model.seed} repeats a run.
 */
@Tag("native")
@BesideQuarkus
class StreamModelIT {

    private static final Logger LOG = Logger.getLogger(StreamModelIT.class);
    private static final long SEED = Long.getLong("streampane.model.seed", System.nanoTime());
    private static final Duration SOAK = Duration.ofSeconds(Long.getLong("streampane.model.seconds", 0));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Each writer has generations of its own; they belong to the ids of all that was ever written. */
    private static final AtomicInteger GENERATION = new AtomicInteger();

    private static final String SNAPSHOT = "snapshot=100";

    private static final String CATCH_UP_READS = "streampane_results_catchup_reads_total";

    private static final String SEARCHES = "streampane_results_elasticsearch_requests_seconds_count";

    private static Stage stage;

    @BeforeAll
    static void start() throws Exception {
        LOG.infof("Seed of the stream model: %d", SEED);
        stage = new Stage(SEED);
    }

    @AfterAll
    static void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    private static List<CutClient> clients() {
        List<CutClient> clients = new ArrayList<>();
        for (int step : new int[] {0, 131, 1_009}) {
            clients.add(new CutClient(stage.services(), SNAPSHOT, row -> true, step, SEED + step));
        }
        clients.add(new CutClient(
                stage.services(), SNAPSHOT + "&job=model-a", row -> row.job().equals("model-a"), 701, SEED + 5));
        clients.add(new CutClient(
                stage.services(), SNAPSHOT + "&key=k1", row -> row.key().equals("k1"), 0, SEED + 6));
        return clients;
    }

    /** Also to clients that others wrote; where one is not installed, the test is skipped in the end, when all others have been checked. */
    @Test
    void shouldFoldToTheTableWhateverHappens() throws Exception {
        Instant begin = Instant.now();
        int round = 0;
        Optional<TestAbortedException> missing;
        do {
            missing = foldToTheTable(SEED + round++);
        } while (Instant.now().isBefore(begin.plus(SOAK)));
        if (missing.isPresent()) {
            throw missing.get();
        }
    }

    @FunctionalInterface
    private interface Starts {
        ForeignClient start() throws Exception;
    }

    private static Optional<TestAbortedException> foldToTheTable(long seed) throws Exception {
        // Given
        int generation = GENERATION.addAndGet(2_000);
        List<String> streams = stage.services().stream()
                .map(service -> service.root() + "/api/v1/stream?" + SNAPSHOT)
                .toList();
        Optional<TestAbortedException> missing = Optional.empty();
        List<CutClient> clients = clients();
        List<ForeignClient> foreign = new ArrayList<>();
        try (RandomWriter writer = new RandomWriter(stage.bootstrapServers(), seed, generation)) {
            writer.write(400);
            for (Starts client : List.<Starts>of(
                    () -> ForeignClient.eventSource(streams), () -> ForeignClient.curl(streams, seed))) {
                try {
                    foreign.add(client.start());
                } catch (TestAbortedException notInstalled) {
                    missing = Optional.of(notInstalled);
                }
            }
            foreign.forEach(client -> await().atMost(PATIENCE)
                    .until(() -> client.fold().begun() && !client.fold().partial()));
            // When
            whileRunning(clients, () -> disturb(writer));
            // Then
            assertAtTheEnd(clients);
            assertThat(clients).allSatisfy(client -> assertResets(client.fold(), client.toString(), "too-old"));
            foreign.forEach(StreamModelIT::assertAtTheEnd);
        } finally {
            foreign.forEach(ForeignClient::close);
        }
        // When: the same clients come with positions of the topic's earlier life
        try (RandomWriter another = new RandomWriter(stage.bootstrapServers(), seed + 1, generation + 1_000)) {
            whileRunning(clients, () -> {
                stage.makeAnew();
                another.write(600);
            });
            // Then
            assertAtTheEnd(clients);
            assertThat(clients).allSatisfy(client -> {
                assertResets(client.fold(), client.toString(), "too-old", "recreated");
                assertThat(client.fold().resets()).containsKey("recreated");
            });
            // When: now that both processes know of it
            List<Map<String, Integer>> resets = clients.stream()
                    .map(client -> Map.copyOf(client.fold().resets()))
                    .toList();
            whileRunning(clients, () -> another.write(200));
            // Then
            assertAtTheEnd(clients);
            assertThat(clients).extracting(client -> client.fold().resets()).isEqualTo(resets);
        }
        return missing;
    }

    @FunctionalInterface
    private interface Happens {
        void happen() throws Exception;
    }

    private static void whileRunning(List<CutClient> clients, Happens what) throws Exception {
        AtomicBoolean toTheEnd = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        try {
            CompletableFuture<?> running = CompletableFuture.allOf(clients.stream()
                    .map(client -> CompletableFuture.runAsync(() -> client.run(toTheEnd), threads))
                    .toArray(CompletableFuture<?>[]::new));
            what.happen();
            toTheEnd.set(true);
            running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            toTheEnd.set(true);
            threads.shutdownNow();
        }
    }

    private static void assertAtTheEnd(List<CutClient> clients) throws Exception {
        List<Committed.Found> all = stage.settle();
        List<Committed.Found> ends = Committed.ends(stage.present());
        Map<String, Row> oracle = newest(all);
        for (CutClient client : clients) {
            client.finish(ends);
            LOG.info(client);
            check(client.fold(), client.toString(), client.wanted(), all);
        }
        double before = asked(SEARCHES);
        for (ServiceProcess service : stage.services()) {
            CutClient newcomer = new CutClient(List.of(service), SNAPSHOT, row -> true, 0, SEED + all.size());
            newcomer.finish(ends);
            check(newcomer.fold(), newcomer.toString(), newcomer.wanted(), all);
        }
        assertThat(asked(SEARCHES))
                .as("questions of a snapshot to Elasticsearch, seed %d", SEED)
                .isGreaterThan(before);
        for (ServiceProcess service : stage.services()) {
            assertSame("table", Stage.table(service), oracle);
        }
    }

    /**
     * No reset but for these reasons, and one at most for each: of what expired, and of the topic that was made anew, also on the way between a
     * process that has noticed it and one that has not.
     */
    private static void assertResets(Fold fold, String of, String... reasons) {
        assertThat(fold.resets().keySet()).as("seed %d, %s", SEED, of).isSubsetOf(reasons);
        assertThat(fold.resets().values()).as("seed %d, %s", SEED, of).allMatch(times -> times == 1);
    }

    /** Sum of a counter over the processes, since each of them was started. */
    private static double asked(String counter) throws Exception {
        double sum = 0;
        for (ServiceProcess service : stage.services()) {
            sum += service.metric(counter);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 701})
    void shouldLoseAndRepeatNothingWhereverAConnectionIsCut(int step) throws Exception {
        // Given: a place that the log alone has, and the bytes that come behind it
        try (RandomWriter writer =
                new RandomWriter(stage.bootstrapServers(), SEED + step, GENERATION.addAndGet(1_000))) {
            writer.write(300);
        }
        List<Committed.Found> present = stage.present();
        List<Committed.Found> ends = Committed.ends(present);
        String begin = Positions.back(present, 30);
        double readsBefore = asked(CATCH_UP_READS);
        List<Long> blocks = new ArrayList<>();
        Fold uncut = Fold.resuming(begin);
        long length = RawClient.read(stream(0), uncut, (bytes, block) -> {
            if (block) {
                blocks.add(bytes);
            }
            return block && uncut.reached(ends);
        });
        checkResumed(uncut, present, "uncut");
        List<Long> cuts = step == 0
                ? blocks
                : LongStream.iterate(1, cut -> cut < length, cut -> cut + step)
                        .boxed()
                        .toList();
        for (long cut : cuts) {
            // When
            Fold fold = Fold.resuming(begin);
            RawClient.read(stream((int) cut % 2), fold, (bytes, block) -> bytes == cut);
            while (!fold.reached(ends)) {
                RawClient.read(stream((int) (cut + 1) % 2), fold, (bytes, block) -> block && fold.reached(ends));
            }
            // Then
            checkResumed(fold, present, "cut after byte " + cut);
        }
        assertThat(asked(CATCH_UP_READS)).as("seed %d", SEED).isGreaterThan(readsBefore);
        LOG.infof("%d events, %d bytes, cut at %d places", uncut.events(), length, cuts.size());
    }

    private static URI stream(int service) {
        return URI.create(stage.services().get(service).root() + "/api/v1/stream?emit=final");
    }

    private static void checkResumed(Fold fold, List<Committed.Found> present, String of) {
        assertThat(fold.wrong()).as("seed %d, %s", SEED, of).isEmpty();
        assertThat(fold.resets()).as("seed %d, %s", SEED, of).isEmpty();
        assertThat(fold.missing(present, row -> true))
                .as("seed %d, %s", SEED, of)
                .isEmpty();
    }

    private static void assertAtTheEnd(ForeignClient client) {
        List<Committed.Found> all = stage.settle();
        List<Committed.Found> ends = Committed.ends(stage.present());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(client.fold().reached(ends))
                .as("seed %d, at the end: %s", SEED, client)
                .isTrue());
        LOG.info(client);
        check(client.fold(), client.toString(), row -> true, all);
        assertResets(client.fold(), client.toString(), "too-old");
        assertThat(client.connections()).as("seed %d, %s", SEED, client).isGreaterThan(1);
        assertThat(client.fold().resumes())
                .as("resumes without a reset, seed %d, %s", SEED, client)
                .isGreaterThan(client.fold().resets().values().stream()
                        .mapToInt(n -> n)
                        .sum());
    }

    private static void check(Fold fold, String of, Predicate<Row> wanted, List<Committed.Found> all) {
        assertThat(fold.wrong()).as("seed %d, %s", SEED, of).isEmpty();
        assertThat(fold.missing(all, wanted))
                .as("missing, seed %d, %s", SEED, of)
                .isEmpty();
        Map<String, Row> oracle = newest(all);
        oracle.values().removeIf(wanted.negate());
        assertSame("seed " + SEED + ", " + of, fold.rows(), oracle);
    }

    /** Writes, and meanwhile kills, restarts and expires. */
    private static void disturb(RandomWriter writer) throws Exception {
        ServiceProcess first = stage.services().get(0);
        ServiceProcess second = stage.services().get(1);
        writer.write(300);
        first.kill();
        writer.write(300);
        first.start().awaitReady();
        second.stop();
        writer.write(300);
        stage.expire();
        second.start();
        writer.write(300);
        second.awaitReady();
    }

    private static Map<String, Row> newest(List<Committed.Found> committed) {
        Map<String, Row> newest = new TreeMap<>();
        for (Committed.Found found : committed) {
            if (found.row().isWindow()) {
                newest.merge(
                        found.row().id(),
                        found.row(),
                        (known, next) -> next.version() > known.version() ? next : known);
            }
        }
        newest.values().removeIf(row -> row.status().equals("RETRACTED"));
        return newest;
    }

    /** Says what differs and not the two tables. */
    private static void assertSame(String of, Map<String, Row> actual, Map<String, Row> expected) {
        Map<String, String> wrong = new TreeMap<>();
        expected.forEach((id, row) -> {
            Row other = actual.get(id);
            if (other == null || other.version() != row.version()) {
                wrong.put(id, (other == null ? null : other.json()) + " not " + row.json());
            }
        });
        actual.forEach((id, row) -> {
            if (!expected.containsKey(id)) {
                wrong.put(id, row.json() + " not there");
            }
        });
        assertThat(wrong.entrySet().stream().limit(3))
                .as("%s: %d of %d rows differ", of, wrong.size(), expected.size())
                .isEmpty();
    }
}
