// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Version;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.Store;
import dev.streampane.results.audit.AuditTotals;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.RecentWindows;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.jobs.JobDirectory;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex.Row;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages out of a tail of 100 results and Elasticsearch, held against a map, while between two pages results are written, revised and evicted. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class PagingModelIT {

    private static final Instant FIRST = Instant.parse("2026-10-20T06:00:00Z");
    private static final int MINUTES = 40;

    /** What is known of a window, and whether the filter has taken it ever since paging began. */
    private record Known(Instant start, int rev, boolean always) {}

    @RealServers.Running
    Store store;

    @RealServers.Running
    Log log;

    @Inject
    KafkaAccess access;

    @Inject
    SearchClient search;

    @Inject
    LogReaders readers;

    @Inject
    IndexedLog indexed;

    @Inject
    JobRuns runs;

    @Inject
    JobDirectory jobs;

    @Inject
    AuditTotals audit;

    private final String job = "paging-" + UUID.randomUUID();
    private final Map<String, Known> model = new LinkedHashMap<>();
    private final List<String> unindexed = new ArrayList<>();
    private TailFeeds feeds;
    private WindowPages pages;
    private TopicPosition indexedUpTo;

    @BeforeEach
    void start() {
        ResultsConfig config =
                Settings.with(Map.of("results.tail-size", "100", "results.query.at-least-timeout", "20s"));
        feeds = new TailFeeds(access, config, new SimpleMeterRegistry());
        feeds.begin();
        ReadConsistency consistency = new ReadConsistency(feeds, indexed, readers, config);
        RecentWindows recent = new RecentWindows(feeds, runs, audit);
        pages = new WindowPages(
                feeds,
                new MergedWindows(new TailAndStore(feeds, consistency), new StoredWindows(search), recent, consistency),
                recent,
                new JobValues(feeds, search),
                consistency,
                jobs);
        await().until(() -> feeds.loaded() && runs.loaded() && audit.loaded());
        indexedUpTo = position();
    }

    @AfterEach
    void stop() {
        feeds.close();
    }

    @ParameterizedTest(name = "seed {0}: {1}")
    @CsvSource({
        "2, order=asc",
        "3, order=desc&status=FINAL",
        "4, order=asc&status=REVISED&avg_load.gte=19.38",
        "6, order=desc&key=k1&key=k2&key=k3&avg_load.lt=21&from=2026-10-20T06:05:00Z&to=2026-10-20T06:35:00Z"
    })
    void shouldBringEveryWindowOnceThatWasThereAllTheTime(long seed, String query) {
        // Given
        Random random = new Random(seed);
        for (int batch = 0; batch < 8; batch++) {
            write(random, 50, query);
        }
        model.replaceAll((id, known) -> new Known(known.start(), known.rev(), takes(query, id, known.rev())));
        WindowQuery asked = WindowQuery.page(
                "job=" + job + "&limit=500&" + query,
                Access.unrestricted("test"),
                parameters -> new ReadConsistency.Requirement(Optional.empty(), deadline()),
                parameters -> Optional.empty());
        // When
        List<TailEntry> rows = new ArrayList<>();
        Optional<Row> after = Optional.empty();
        do {
            Map<String, Integer> revs = model.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, e -> e.getValue().rev()));
            WindowPage page = page(asked, after, 1 + random.nextInt(25));
            assertThat(page.shown().complete()).isTrue();
            page.rows().forEach(row -> assertThat(ResultJson.of(row).path("rev").asInt())
                    .as("seed %d, %s", seed, row.id())
                    .isEqualTo(revs.get(row.id())));
            rows.addAll(page.rows());
            after = page.next();
            write(random, random.nextInt(60), query);
        } while (after.isPresent());
        // Then
        List<String> ids = rows.stream().map(TailEntry::id).toList();
        assertThat(ids).as("seed %d", seed).doesNotHaveDuplicates();
        assertThat(ids)
                .as("seed %d", seed)
                .containsAll(model.entrySet().stream()
                        .filter(entry -> entry.getValue().always())
                        .map(Map.Entry::getKey)
                        .toList());
        Comparator<Row> order = query.contains("asc") ? Comparator.naturalOrder() : Comparator.reverseOrder();
        assertThat(rows.stream().map(TailEntry::row).toList()).isSortedAccordingTo(order);
        assertThat(rows).hasSizeGreaterThan(10);
    }

    private WindowPage page(WindowQuery asked, Optional<Row> after, int max) {
        WindowQuery now = new WindowQuery(
                asked.filter(),
                asked.ascending(),
                max,
                after,
                asked.fields(),
                new ReadConsistency.Requirement(Optional.empty(), deadline()),
                Optional.empty());
        return pages.read(now, after, max, Optional.empty()).await().atMost(Duration.ofSeconds(40));
    }

    private static long deadline() {
        return System.nanoTime() + Duration.ofSeconds(20).toNanos();
    }

    /** What came before goes to the store; new windows and revisions of known ones go to the log. */
    private void write(Random random, int count, String query) {
        index();
        Map<String, Integer> written = new HashMap<>();
        log.begin();
        for (int n = 0; n < count; n++) {
            String key = "k" + random.nextInt(6);
            Instant start = FIRST.plusSeconds(60L * random.nextInt(MINUTES));
            String id = id(job, key, start);
            Known before = model.get(id);
            int rev = before == null ? 1 : before.rev() + 1;
            if (rev > 3) {
                continue;
            }
            boolean always = before != null && before.always() && takes(query, id, rev);
            model.put(id, new Known(start, rev, always));
            String result = revision(key, start, rev);
            log.add("window-results", null, key, result);
            unindexed.add(result);
            written.put(id, rev);
        }
        log.commit();
        await().until(() -> written.entrySet().stream().allMatch(entry -> isIn(entry.getKey(), entry.getValue())));
    }

    private boolean isIn(String id, int rev) {
        return feeds.tail().index().newest(id).map(TailEntry::version).orElse(0L) >= new Version(true, 1, rev).number();
    }

    private void index() {
        indexedUpTo = position();
        if (!unindexed.isEmpty()) {
            store.bulk("window-results-" + job + "-2026.10", unindexed);
            unindexed.clear();
        }
        store.acknowledge(indexedUpTo);
    }

    private TopicPosition position() {
        return feeds.tail().position().topic("window-results").orElseThrow();
    }

    /** The average of revision n is 19.38 + n - 1. */
    private String revision(String key, Instant start, int rev) {
        return result(job, key, start, 1, rev, true)
                .replace("\"avg_load\":19.380000", "\"avg_load\":" + (18 + rev) + ".380000");
    }

    private static boolean takes(String query, String id, int rev) {
        String status = rev == 1 ? "FINAL" : "REVISED";
        return (!query.contains("status=") || query.contains("status=" + status))
                && (!query.contains("avg_load.lt=21") || 18 + rev < 21)
                && (!query.contains("key=") || query.contains("key=" + id.split("~")[2]))
                && (!query.contains("from=") || inRange(id));
    }

    private static boolean inRange(String id) {
        int minute = Integer.parseInt(id.split("~")[3].substring(11, 13));
        return minute >= 5 && minute < 35;
    }
}
