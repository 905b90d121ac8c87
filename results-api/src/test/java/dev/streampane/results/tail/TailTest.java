// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static dev.streampane.results.Fixtures.SIX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Version;
import dev.streampane.results.Fixtures;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TailTest {

    private static final String ID = "3wQ9gkVQTeS5FEOdKvs_-A";
    private static final String TOPIC = "window-results";
    private static final Duration AGE = Duration.ofHours(1);

    @Test
    void shouldHoldAPositionOfAnotherProcessBehindMarkers() {
        // Given: a record at 0 and a marker at 1; another process began to read behind both
        Tail tail = tail(3, 1 << 20);
        append(tail, Entries.result(0, 0));
        assertThat(reach(tail, position(2, 0, 0))).isEqualTo(Reach.AHEAD);
        // When
        assertThat(tail.buffer(TOPIC).reached(new long[] {2, 0, 0})).isTrue();
        // Then
        assertThat(tail.buffer(TOPIC).reached(new long[] {2, 0, 0})).isFalse();
        assertThat(reach(tail, position(2, 0, 0))).isEqualTo(Reach.HELD);
        assertThat(reach(tail, position(3, 0, 0))).isEqualTo(Reach.AHEAD);
        assertThat(tail.reached()).hasToString(position(2, 0, 0));
        assertThat(tail.position()).hasToString(position(1, 0, 0));
        // When: a record comes
        append(tail, Entries.result(0, 2));
        // Then: it has been read, and is news once
        assertThat(reach(tail, position(3, 0, 0))).isEqualTo(Reach.HELD);
        assertThat(tail.buffer(TOPIC).reached(new long[] {3, 0, 0})).isTrue();
        assertThat(tail.buffer(TOPIC).reached(new long[] {3, 0, 0})).isFalse();
    }

    @Test
    void shouldReadOnBehindMarkersThoughWhatIsBeforeHasExpired() {
        // Given: a record at 0 and a marker at 1
        Tail tail = tail(3, 1 << 20);
        append(tail, Entries.result(0, 0));
        tail.buffer(TOPIC).reached(new long[] {2, 0, 0});
        // When
        long[] all = {2, 0, 0};
        Optional<long[]> on = tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, ID, all, all));
        // Then
        assertThat(on).hasValueSatisfying(offsets -> assertThat(offsets).containsExactly(2, 0, 0));
        assertThat(tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, ID, new long[] {3, 0, 0}, new long[] {3, 0, 0})))
                .isEmpty();
        assertThat(tail.now().position()).hasToString(position(2, 0, 0));
        assertThat(tail.snapshot(Set.of(), series -> true, 1, 9).place()).hasToString(position(2, 0, 0));
    }

    @Test
    void shouldSayHowFarAPositionIsFromWhatIsHere() {
        // Given: offsets 0 to 4 of partition 0 in a tail of three
        Tail tail = tail(3, 1 << 20);
        for (int offset = 0; offset < 5; offset++) {
            append(tail, Entries.result(0, offset));
        }
        // Then
        assertThat(tail.earliest()).hasToString(position(2, 0, 0));
        assertThat(reach(tail, position(2, 0, 0))).isEqualTo(Reach.HELD);
        assertThat(reach(tail, position(5, 0, 0))).isEqualTo(Reach.HELD);
        assertThat(reach(tail, position(1, 0, 0))).isEqualTo(Reach.OLDER);
        assertThat(reach(tail, position(6, 0, 0))).isEqualTo(Reach.AHEAD);
        assertThat(reach(tail, "window-results~" + ID + "~2")).isEqualTo(Reach.HELD);
        assertThat(reach(tail, "window-results~" + ID + "~2.0.0.0")).isEqualTo(Reach.FOREIGN);
        assertThat(reach(tail, "zoo~" + ID + "~2.0.0")).isEqualTo(Reach.FOREIGN);
        assertThat(reach(tail, position(2, 0, 0) + "~~zoo~" + ID + "~0")).isEqualTo(Reach.FOREIGN);
        assertThat(reach(tail, "window-results~other~2.0.0")).isEqualTo(Reach.RECREATED);
        // alerts have not been read
        assertThat(reach(tail, "alerts~" + ID + "~0~~" + position(2, 0, 0))).isEqualTo(Reach.AHEAD);
    }

    @Test
    void shouldStayWithinItsBytesItsNumberAndItsAge() {
        // Given
        long one = Entries.result(0, 0).numbered(0).bytes();
        Tail tail = tail(10, 4 * one);
        // When
        for (int offset = 0; offset < 100; offset++) {
            append(tail, Entries.result(0, offset));
        }
        // Then
        assertThat(tail.buffer(TOPIC).size()).isBetween(3, 4);
        assertThat(tail.buffer(TOPIC).bytes()).isLessThanOrEqualTo(4 * one);
        // When: one that was appended AGE later, and one that was appended more than AGE later
        String result = Fixtures.result("job", "young", SIX);
        append(tail, Entries.result(0, 100, SIX.plus(AGE), result));
        assertThat(tail.buffer(TOPIC).size()).isBetween(3, 4);
        append(tail, Entries.result(0, 101, SIX.plus(AGE).plusMillis(1), result));
        // Then
        assertThat(tail.earliest()).hasToString(position(100, 0, 0));
        assertThat(tail.buffer(TOPIC).size()).isEqualTo(2);
    }

    @Test
    void shouldTellAReaderThatFellBehindOrWhoseTopicIsGone() {
        // Given
        Tail tail = tail(3, 1 << 20);
        Position slow = tail.position();
        // When
        for (int offset = 0; offset < 3; offset++) {
            append(tail, Entries.result(0, offset));
        }
        // Then
        assertThat(tail.read(slow, 1).reach()).isEqualTo(Reach.HELD);
        append(tail, Entries.result(0, 3));
        assertThat(tail.read(slow, 1).reach()).isEqualTo(Reach.OLDER);
        // When
        Tail.Place current = tail.now();
        tail.open(layout("another"), new long[3], new long[3], new long[3], List.of());
        // Then
        assertThat(tail.epoch()).isGreaterThan(current.epoch());
        assertThat(tail.read(current.position(), 1).reach()).isEqualTo(Reach.RECREATED);
        assertThat(tail.buffer(TOPIC).size()).isZero();
        assertThat(tail.index().jobs()).isEmpty();
    }

    /** Streams that resume at about the same time do so one after another, with everything that comes behind them. */
    @Test
    void shouldFindWhereAReaderIsWithoutLookingAtWhatLiesBehind() {
        // Given
        int entries = 1 << 16;
        Tail tail = tail(entries, 1L << 40);
        for (int offset = 0; offset < entries; offset++) {
            append(tail, Entries.result(0, offset, SIX, Fixtures.result("job", "k" + offset, SIX)));
        }
        // When
        long newest = Long.MAX_VALUE;
        long oldest = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            newest = Math.min(newest, nanosToRead(tail, entries - 1));
            oldest = Math.min(oldest, nanosToRead(tail, 0));
        }
        // Then: it takes as many steps, and not one for each entry
        assertThat(oldest).isLessThan(20 * newest);
    }

    private static long nanosToRead(Tail tail, long offset) {
        Position seen = Position.parse(position(offset, 0, 0)).orElseThrow();
        long begin = System.nanoTime();
        for (int n = 0; n < 50; n++) {
            assertThat(tail.read(seen, 1).entries()).hasSize(1);
        }
        return System.nanoTime() - begin;
    }

    @Test
    void shouldMergeTopicsInTheOrderOfReadingAndTakeInOneThatComesLater() {
        // Given
        Tail tail = tail(10, 1 << 20);
        append(tail, Entries.result(0, 0));
        Position before = tail.position();
        append(tail, Entries.result(0, 1));
        // When: the topic of alerts appears, with one in it
        TopicLayout alerts = new TopicLayout("alerts", "a", new long[1], new long[1]);
        tail.open(alerts, new long[1], new long[] {1}, new long[1], List.of(alert(0)));
        append(tail, Entries.result(1, 0));
        append(tail, alert(1));
        // Then: who was there before gets all of it
        Tail.Slice rest = tail.read(before, 9);
        assertThat(rest.entries())
                .extracting(TailTest::place)
                .containsExactly("window-results 0:1", "alerts 0:0", "window-results 1:0", "alerts 0:1");
        assertThat(rest.from().topic("alerts").orElseThrow().offsets()).containsExactly(0);
        assertThat(tail.position()).hasToString("alerts~a~2~~" + position(2, 1, 0));
    }

    @Test
    void shouldFindTheNewestRevisionThatIsHere() {
        // Given
        Tail tail = tail(4, 1 << 20);
        String id = Fixtures.id("job", "k", SIX);
        append(tail, revision(0, "k", 1, 1, true));
        append(tail, revision(1, "k", 1, 2, true));
        append(tail, revision(2, "k", 2, 1, false));
        // Then: a later generation that is not complete is older
        assertThat(tail.index().newest(id).orElseThrow().offset()).isEqualTo(1);
        assertThat(tail.index().revisions(id)).extracting(TailEntry::offset).containsExactly(2L, 0L, 1L);
        assertThat(tail.index().revisions(id, new Version(true, 1, 1).number()))
                .extracting(TailEntry::offset)
                .containsExactly(1L);
        assertThat(rows(tail)).containsExactly(1L);
        // When: both revisions of generation 1 have gone
        for (int offset = 3; offset < 6; offset++) {
            append(tail, revision(offset, "other" + offset, 1, 1, true));
        }
        // Then: what is left of the window is not listed, for the store has a newer revision
        assertThat(tail.index().revisions(id)).extracting(TailEntry::offset).containsExactly(2L);
        assertThat(rows(tail)).containsExactly(3L, 4L, 5L);
    }

    @Test
    void shouldFindWhatSupersedesEachRevisionHoweverManyAWindowHas() {
        // Given
        List<TailEntry> revisions = IntStream.rangeClosed(1, 3_000)
                .mapToObj(rev -> revision(rev, "k", 1, rev, true))
                .toList();
        String id = revisions.get(0).id();
        Tail tail = tail(revisions.size(), 1 << 30);
        // When
        revisions.forEach(revision -> append(tail, revision));
        // Then
        long followed = revisions.stream()
                .filter(revision -> tail.index().revisions(id, revision.version()).stream()
                        .anyMatch(newer -> newer.offset() == revision.offset() + 1))
                .count();
        assertThat(followed).isEqualTo(revisions.size() - 1);
        tail.open(layout("another"), new long[3], new long[3], new long[3], List.of());
        assertThat(tail.index().newest(id)).isEmpty();
    }

    @Test
    void shouldCutTheLastWindowsPerSeriesAndWhatComesBehindThem() {
        // Given
        Tail tail = tail(100, 1 << 20);
        for (int minute = 0; minute < 5; minute++) {
            for (int key = 0; key < 2; key++) {
                String result = Fixtures.result("job", "k" + key, SIX.plusSeconds(60 * minute));
                append(tail, Entries.result(key, minute, SIX, result));
            }
        }
        String last = Fixtures.result("job", "k0", SIX.plusSeconds(240), 1, 2, true);
        append(tail, Entries.result(0, 5, SIX, last.replace("\"REVISED\"", "\"RETRACTED\"")));
        // When
        Snapshot snapshot = tail.snapshot(Set.of(), series -> true, 2, 100);
        // Then
        assertThat(snapshot.entries())
                .extracting(TailTest::place)
                .containsExactly(
                        "window-results 0:2", "window-results 0:3", "window-results 1:3", "window-results 1:4");
        assertThat(tail.read(snapshot.place(), 9).entries()).isEmpty();
        for (Set<String> keys : List.of(Set.<String>of(), Set.of("k1"))) {
            assertThat(tail.snapshot(keys, series -> series.key().equals("k1"), 1, 100)
                            .entries())
                    .extracting(TailTest::place)
                    .containsExactly("window-results 1:4");
        }
        // When: the last one of that key goes, and comes again
        tail.open(layout("another"), new long[3], new long[3], new long[3], List.of());
        // Then
        assertThat(tail.snapshot(Set.of("k1"), series -> true, 1, 100).entries())
                .isEmpty();
        append(tail, Entries.result(1, 0, SIX, Fixtures.result("job", "k1", SIX)));
        append(tail, Entries.result(1, 1, SIX, Fixtures.result("job", "k2", SIX)));
        assertThat(tail.snapshot(Set.of("k1"), series -> true, 1, 100).entries())
                .hasSize(1);
    }

    /** Of a window that has a newer revision by then, the cut has the one that was there; the newer one comes behind its place. */
    @Test
    void shouldCutWhatIsThereAtItsPlaceWithoutHoldingUpWhatComes() {
        // Given
        Tail tail = tail(100, 1 << 20);
        append(tail, revision(0, "k0", 1, 1, true));
        append(tail, revision(1, "k1", 1, 1, true));
        AtomicInteger comes = new AtomicInteger(2);
        // When
        Snapshot snapshot = tail.snapshot(
                Set.of(),
                series -> {
                    int offset = comes.getAndIncrement();
                    CompletableFuture.runAsync(() -> {
                                append(tail, revision(offset, "k0", 1, offset, true));
                                append(tail, revision(offset + 100, "k1", 1, offset, true));
                            })
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join();
                    return true;
                },
                1,
                100);
        // Then
        assertThat(snapshot.entries()).extracting(TailEntry::offset).containsExactly(0L, 1L);
        assertThat(tail.read(snapshot.place(), 9).entries())
                .extracting(TailEntry::offset)
                .containsExactly(2L, 102L, 3L, 103L);
    }

    @Test
    void shouldCutAgainWhatWasFilledAnewMeanwhile() {
        // Given
        Tail tail = tail(100, 1 << 20);
        append(tail, revision(0, "k0", 1, 1, true));
        AtomicBoolean filled = new AtomicBoolean();
        // When
        Snapshot snapshot = tail.snapshot(
                Set.of(),
                series -> {
                    if (filled.compareAndSet(false, true)) {
                        tail.open(
                                layout("another"),
                                new long[3],
                                new long[3],
                                new long[3],
                                List.of(revision(7, "k1", 1, 1, true)));
                    }
                    return true;
                },
                1,
                100);
        // Then
        assertThat(snapshot.entries()).extracting(TailEntry::offset).containsExactly(7L);
        assertThat(snapshot.place().topic(TOPIC).orElseThrow().id()).isEqualTo("another");
    }

    @Test
    void shouldGoPastRecordsThatAreNoResults() {
        // Given
        Tail tail = tail(3, 1 << 20);
        // When
        tail.append(tail.buffer(TOPIC), 1, 7, Optional.empty());
        // Then
        assertThat(tail.position()).hasToString(position(0, 8, 0));
        assertThat(reach(tail, position(0, 8, 0))).isEqualTo(Reach.HELD);
        assertThat(reach(tail, position(0, 3, 0))).isEqualTo(Reach.HELD);
        assertThat(tail.read(tail.earliest(), 1).now().orElseThrow().position()).hasToString(position(0, 8, 0));
    }

    @Test
    void shouldReadOnInTheSameTopicAndAfreshInAnother() {
        // Given
        Tail tail = tail(3, 1 << 20);
        append(tail, Entries.result(0, 4));
        // Then: same place, with a partition more
        long[] ends = {9, 9, 9, 9};
        assertThat(tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, ID, new long[4], ends)))
                .hasValueSatisfying(next -> assertThat(next).containsExactly(5, 0, 0, 0));
        assertThat(tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, "another", new long[4], ends)))
                .isEmpty();
        // cut off before the place, or behind it
        assertThat(tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, ID, new long[4], new long[] {4, 9, 9, 9})))
                .isEmpty();
        assertThat(tail.buffer(TOPIC).readOn(new TopicLayout(TOPIC, ID, new long[] {6, 0, 0, 0}, ends)))
                .isEmpty();
    }

    @Test
    void shouldLoadAnEqualShareOfEachPartitionInTheOrderOfAppending() {
        // Given: 100 records in partition 0, two in partition 1
        TopicLayout topic = new TopicLayout(TOPIC, ID, new long[] {20, 0}, new long[] {100, 2});
        TailLoad load = new TailLoad(topic, new long[] {30, 0}, 500, kept(10, 1 << 20));
        assertThat(load.starts()).containsExactly(95, 0);
        for (int offset = 95; offset < 100; offset++) {
            append(load, appended(0, offset, 1_000 + offset));
        }
        append(load, appended(1, 0, 1_096));
        append(load, appended(1, 1, 1));
        Tail tail = new Tail(List.of(kept(10, 1 << 20)));
        // When
        load.openInto(tail);
        // Then: a clock that went back does not turn a partition's order around
        assertThat(tail.read(tail.earliest(), 100).entries())
                .extracting(entry -> entry.partition() + ":" + entry.offset())
                .containsExactlyInAnyOrder("0:95", "0:96", "1:0", "1:1", "0:97", "0:98", "0:99")
                .containsSubsequence("0:95", "1:0", "0:97", "0:99")
                .containsSubsequence("1:0", "1:1");
        assertThat(tail.position()).hasToString(TOPIC + "~" + ID + "~100.2");
        assertThat(tail.earliest()).hasToString(TOPIC + "~" + ID + "~95.0");
    }

    @Test
    void shouldKnowFromWhatAppendTimeOnEverythingIsHere() {
        // Given: partition 0 is read from offset 98 (appended at 500 or later), 1 from 3 as its
        // share, 2 from its beginning
        TopicLayout topic = new TopicLayout(TOPIC, ID, new long[3], new long[] {100, 7, 1});
        TopicRetention kept = kept(12, 1 << 20);
        TailLoad load = new TailLoad(topic, new long[] {98, 2, 0}, 500, kept);
        Tail tail = new Tail(List.of(kept));
        assertThat(tail.whole(TOPIC)).isEmpty();
        // When: nothing has come of partition 1
        append(load, appended(2, 0, 400));
        load.openInto(tail);
        // Then
        assertThat(tail.whole(TOPIC)).isEmpty();
        // When: its first record comes, which may have neighbours before it of the same time
        append(tail, appended(1, 3, 450));
        // Then
        assertThat(tail.whole(TOPIC)).contains(Instant.ofEpochMilli(500));
        // When: records go that were appended later than that
        for (int offset = 4; offset < 15; offset++) {
            append(tail, appended(1, offset, 600 + offset));
        }
        assertThat(tail.whole(TOPIC)).contains(Instant.ofEpochMilli(500));
        append(tail, appended(1, 15, 700));
        append(tail, appended(1, 16, 700));
        // Then
        assertThat(tail.earliest()).hasToString(TOPIC + "~" + ID + "~98.5.1");
        assertThat(tail.whole(TOPIC)).contains(Instant.ofEpochMilli(605));
        assertThat(tail.index().early("job")).isTrue();
    }

    @Test
    void shouldLoadNothingThatIsTooOld() {
        // Given
        TopicLayout topic = new TopicLayout(TOPIC, ID, new long[] {20, 0}, new long[] {100, 2});
        // When
        TailLoad load = new TailLoad(topic, new long[] {98, 2}, 500, kept(10, 1 << 20));
        // Then
        assertThat(load.starts()).containsExactly(98, 2);
    }

    @Test
    void shouldBoundTheLoadByBytes() {
        // Given
        long one = Entries.result(0, 0).bytes();
        TopicLayout topic = new TopicLayout(TOPIC, ID, new long[] {0, 0}, new long[] {100, 1});
        TopicRetention kept = kept(1_000, 6 * one + 5);
        TailLoad load = new TailLoad(topic, new long[2], 0, kept);
        Tail tail = new Tail(List.of(kept));
        append(load, Entries.result(1, 0));
        // When
        for (int offset = 0; offset < 100; offset++) {
            append(load, Entries.result(0, offset));
        }
        load.openInto(tail);
        // Then
        assertThat(tail.buffer(TOPIC).size()).isEqualTo(4);
        assertThat(tail.earliest()).hasToString(TOPIC + "~" + ID + "~97.0");
    }

    private static Tail tail(int entries, long bytes) {
        Tail tail = new Tail(
                List.of(kept(entries, bytes), new TopicRetention("alerts", TailEntry.Kind.ALERT, entries, bytes, AGE)));
        tail.open(layout(ID), new long[3], new long[3], new long[3], List.of());
        return tail;
    }

    private static void append(Tail tail, TailEntry entry) {
        tail.append(tail.buffer(entry.topic()), entry.partition(), entry.offset(), Optional.of(entry));
    }

    private static void append(TailLoad load, TailEntry entry) {
        load.append(entry.partition(), entry.offset(), Optional.of(entry));
    }

    private static TopicLayout layout(String id) {
        return new TopicLayout(TOPIC, id, new long[3], new long[3]);
    }

    private static TopicRetention kept(int entries, long bytes) {
        return new TopicRetention(TOPIC, TailEntry.Kind.WINDOW, entries, bytes, AGE);
    }

    private static TailEntry appended(int partition, long offset, long millis) {
        return Entries.result(
                partition, offset, Instant.ofEpochMilli(millis), Fixtures.result("job", "k" + offset, SIX));
    }

    private static TailEntry revision(long offset, String key, int generation, int rev, boolean complete) {
        return Entries.result(0, offset, SIX, Fixtures.result("job", key, SIX, generation, rev, complete));
    }

    private static TailEntry alert(long offset) {
        return Entries.alert(offset, Fixtures.contractFiles("alert", "examples").get(0));
    }

    private static Reach reach(Tail tail, String position) {
        return tail.reach(Position.parse(position).orElseThrow());
    }

    private static List<Long> rows(Tail tail) {
        return tail.index().windows("job", true, Optional.empty()).stream()
                .map(TailEntry::offset)
                .toList();
    }

    private static String place(TailEntry entry) {
        return entry.topic() + " " + entry.partition() + ":" + entry.offset();
    }

    private static String position(long... offsets) {
        return new TopicPosition(TOPIC, ID, offsets).toString();
    }
}
