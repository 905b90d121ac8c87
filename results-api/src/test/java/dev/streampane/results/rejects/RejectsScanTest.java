// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.FakeLog;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.rejects.RejectsPlace.Range;
import dev.streampane.results.rejects.RejectsScan.Bounds;
import dev.streampane.results.rejects.RejectsScan.Page;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectsScanTest {

    private static final Bounds AMPLE = new Bounds(1_000_000, 1L << 30, Duration.ofMinutes(1));

    private static final String TOPIC = "t";

    /** A topic of so many partitions that gives as many records at a time as chance has it. */
    private static FakeLog log(int partitions, Random random) {
        return new FakeLog(() -> 1 + random.nextInt(20)).topic(TOPIC, partitions);
    }

    /** 150 random topics per order: every page's length, bound and moment is left to chance, records are added between pages. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldShowEachRecordOnceInOrderWhateverIsAddedMeanwhile(boolean ascending) {
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            // Given
            FakeLog log = log(1 + random.nextInt(5), random);
            long now = fill(log, random, 0, random.nextInt(400));
            RejectsPlace place = whole(log);
            List<Reject> list = list(log, ascending);
            List<String> expected = list.stream().map(RejectsScanTest::name).toList();
            // When
            List<String> shown = new ArrayList<>();
            while (!place.isEmpty()) {
                Bounds bounds = random.nextBoolean()
                        ? AMPLE
                        : new Bounds(1 + random.nextInt(60), 1 + random.nextInt(200), Duration.ofMinutes(1));
                int limit = 1 + random.nextInt(30);
                Page found = scan(log, place, ascending, limit, bounds);
                // Then
                assertThat(found.items()).as("seed %d", seed).hasSizeLessThanOrEqualTo(limit);
                found.items().forEach(item -> shown.add(name(item)));
                assertThat(shown)
                        .as("seed %d", seed)
                        .isEqualTo(expected.subList(0, Math.min(shown.size(), expected.size())));
                assertThat(shown)
                        .as("seed %d, scanned to %s", seed, found.scannedTo())
                        .hasSizeGreaterThanOrEqualTo(countBefore(list, found, ascending));
                place = found.rest();
                now = fill(log, random, now, random.nextInt(20));
            }
            assertThat(shown).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void shouldSayThatThereIsNoMoreWhenThePageEndsWithTheLastMatch() {
        // Given: two matches and a hundred others
        FakeLog log = log(2, new Random(1));
        for (int n = 0; n < 100; n++) {
            add(log, n % 2, n, n == 50 || n == 53 ? "a" : "b");
        }
        // Then
        assertThat(scan(log, whole(log), false, 2, AMPLE).rest().isEmpty()).isTrue();
        assertThat(scan(log, whole(log), false, 1, AMPLE).rest().isEmpty()).isFalse();
    }

    @Test
    void shouldGetOnWhenABoundEndsEachPageAfterOneRecord() {
        // Given
        FakeLog log = log(3, new Random(2));
        fill(log, new Random(2), 0, 200);
        Bounds one = new Bounds(1, 1, Duration.ofMinutes(1));
        RejectsPlace place = whole(log);
        List<String> shown = new ArrayList<>();
        // When
        for (int pages = 0; !place.isEmpty(); pages++) {
            assertThat(pages).as(place.ranges() + " " + shown.size()).isLessThan(2_000);
            Page found = scan(log, place, false, 50, one);
            found.items().forEach(item -> shown.add(name(item)));
            place = found.rest();
        }
        // Then
        assertThat(shown)
                .isEqualTo(list(log, false).stream().map(RejectsScanTest::name).toList());
    }

    @Test
    void shouldReadNoMoreThanThePageNeeds() {
        // Given: 40,000 records, the newest of which are asked for
        FakeLog log = log(4, new Random(3));
        for (int n = 0; n < 40_000; n++) {
            add(log, n % 4, n, "a");
        }
        // When
        Page found = scan(log, whole(log), false, 10, AMPLE);
        // Then
        assertThat(found.items()).hasSize(10);
        assertThat(found.items().get(0).appended()).isEqualTo(Instant.ofEpochMilli(39_999));
        assertThat(log.reads()).isLessThan(40);
    }

    @Test
    void shouldFailWhenNothingIsReadInTime() {
        FakeLog silent = new FakeLog(() -> 1) {
            @Override
            public Uni<Chunk> read(String name, int partition, long from, long end, int maxBytes) {
                return Uni.createFrom().nothing();
            }
        };
        silent.topic(TOPIC, 1);
        add(silent, 0, 1, "a");
        Bounds brief = new Bounds(10, 1_000, Duration.ofMillis(20));
        assertThatThrownBy(() -> scan(silent, whole(silent), false, 5, brief)).isInstanceOf(TimeoutException.class);
    }

    /** Times go up, often stay; one offset in five has no record. */
    private static long fill(FakeLog log, Random random, long now, int count) {
        long time = now;
        int partitions = log.layout(TOPIC).await().indefinitely().partitions();
        for (int n = 0; n < count; n++) {
            time += random.nextInt(3);
            int partition = random.nextInt(partitions);
            if (random.nextInt(5) == 0) {
                log.skip(TOPIC, partition);
            } else {
                add(log, partition, time, random.nextInt(3) == 0 ? "a" : "b");
            }
        }
        return time;
    }

    private static void add(FakeLog log, int partition, long time, String job) {
        log.add(TOPIC, partition, "k", "v", Map.of("job", job), Instant.ofEpochMilli(time));
    }

    private static RejectsPlace whole(FakeLog log) {
        var layout = log.layout(TOPIC).await().indefinitely();
        return RejectsPlace.of("id", layout.beginnings(), layout.ends());
    }

    private static Page scan(FakeLog log, RejectsPlace place, boolean ascending, int limit, Bounds bounds) {
        RejectsPlace parsed = place.ranges().stream().allMatch(Range::isEmpty)
                ? place
                : RejectsPlace.parse(place.toString()).orElseThrow();
        return new RejectsScan(log, TOPIC, parsed, ascending, limit, bounds, RejectsScanTest::item)
                .page()
                .await()
                .indefinitely();
    }

    private static Optional<Reject> item(ConsumerRecord<byte[], byte[]> one) {
        return new RejectHeaders(one.headers(), RejectKind.DEAD_LETTER)
                        .text("job")
                        .equals(Optional.of("a"))
                ? Optional.of(new Reject(one.partition(), one.offset(), Instant.ofEpochMilli(one.timestamp()), null))
                : Optional.empty();
    }

    private static List<Reject> list(FakeLog log, boolean ascending) {
        Comparator<Reject> byTime = Comparator.comparing(Reject::appended);
        Comparator<Reject> byOffset = Comparator.comparing(Reject::offset);
        return log.records(TOPIC).stream()
                .flatMap(one -> item(one).stream())
                .sorted((ascending ? byTime : byTime.reversed())
                        .thenComparing(Reject::partition)
                        .thenComparing(ascending ? byOffset : byOffset.reversed()))
                .toList();
    }

    private static int countBefore(List<Reject> list, Page found, boolean ascending) {
        return (int) list.stream()
                .filter(one -> found.scannedTo()
                        .filter(to -> ascending
                                ? one.appended().isBefore(to)
                                : one.appended().isAfter(to))
                        .isPresent())
                .count();
    }

    private static String name(Reject reject) {
        return reject.partition() + "-" + reject.offset();
    }
}
