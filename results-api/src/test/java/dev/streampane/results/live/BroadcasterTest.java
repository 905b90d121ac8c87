// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.Entries;
import dev.streampane.results.tail.FilledTail;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcasterTest {

    private static final int ALL = 1 << 30;

    @Test
    void shouldHoldFramesInTheOrderOfTheTailEachWithThePositionBehindIt() {
        // Given
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        // When
        filled.add(0, result("job", "a", SIX));
        filled.skip(1);
        filled.add(1, result("job", "b", SIX));
        broadcaster.publish();
        filled.skip(0);
        broadcaster.publish();
        // Then
        Broadcaster.Batch run = read(broadcaster, begin, 0);
        assertThat(run.frames()).extracting(f -> f.entry().key()).containsExactly("a", "b");
        assertThat(run.frames()).extracting(Frame::place).containsExactly(place(1, 0), place(1, 2));
        assertThat(run.place()).isEqualTo(place(1, 2));
        assertThat(broadcaster.now().place()).isEqualTo(place(2, 2));
        assertThat(broadcaster.now().number()).isEqualTo(run.next());
    }

    @Test
    void shouldGiveOutPlacesBehindMarkersAndNeverGoBack() {
        // Given
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        filled.add(0, result("job", "a", SIX));
        broadcaster.publish();
        // When
        filled.mark(0);
        broadcaster.publish();
        // Then
        assertThat(broadcaster.now().place()).isEqualTo(place(2, 0));
        assertThat(broadcaster.align(filled.tail().now()).orElseThrow().place()).isEqualTo(place(2, 0));
        // When
        filled.add(1, result("job", "b", SIX));
        filled.add(0, result("job", "c", SIX));
        broadcaster.publish();
        // Then
        assertThat(read(broadcaster, begin, 0).frames())
                .extracting(Frame::place)
                .containsExactly(place(1, 0), place(2, 1), place(3, 1));
    }

    @Test
    void shouldLeaveOutRevisionsThatAFrameOfTheRangeSupersedes() {
        // Given: three revisions of one window, two of another, and an older one that comes last
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        filled.add(0, result("job", "a", SIX, 1, 1, true));
        filled.add(1, result("job", "b", SIX, 1, 1, true));
        filled.add(0, result("job", "a", SIX, 1, 2, true));
        filled.add(0, result("job", "a", SIX, 1, 3, true));
        filled.add(1, result("job", "b", SIX, 2, 1, false));
        broadcaster.publish();
        // When
        long end = broadcaster.now().number();
        // Then
        assertThat(versions(read(broadcaster, begin, end))).containsExactly("b 1.1", "a 1.3");
        assertThat(broadcaster
                        .leftOut(begin.epoch(), begin.number(), end)
                        .orElseThrow()
                        .frames())
                .hasSize(3);
        assertThat(versions(read(broadcaster, begin, end - 2))).containsExactly("b 1.1", "a 1.2", "a 1.3", "b 2.1");
        assertThat(versions(read(broadcaster, begin, 0))).containsExactly("a 1.1", "b 1.1", "a 1.2", "a 1.3", "b 2.1");
        // When: more comes, what is left out of the range stays the same
        filled.add(1, result("job", "b", SIX, 3, 1, true));
        broadcaster.publish();
        assertThat(versions(read(broadcaster, begin, end))).containsExactly("b 1.1", "a 1.3", "b 3.1");
    }

    @Test
    void shouldKeepNoMoreFramesThanItMay() {
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 3, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        for (int n = 0; n < 5; n++) {
            filled.add(0, result("job", "k" + n, SIX));
        }
        broadcaster.publish();
        assertThat(broadcaster.read(begin.epoch(), begin.number(), 0, ALL)).isEmpty();
        assertThat(broadcaster
                        .read(begin.epoch(), begin.number() + 2, 0, ALL)
                        .orElseThrow()
                        .frames())
                .extracting(frame -> frame.entry().key())
                .containsExactly("k2", "k3", "k4");
    }

    @Test
    void shouldKeepFramesOfWhatTheTailHasEvicted() {
        // Given
        FilledTail filled = new FilledTail(4);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        // When: more than the tail holds comes at once
        for (int n = 0; n < 6; n++) {
            filled.add(0, result("job", "k" + n, SIX));
        }
        broadcaster.publish();
        // Then
        assertThat(read(broadcaster, begin, 0).frames()).hasSize(6);
    }

    @Test
    void shouldLoseThePlaceOfAllWhenTheTopicIsMadeAnew() {
        // Given
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        filled.add(0, result("job", "k", SIX));
        broadcaster.publish();
        // When
        filled.recreate("AAAAAAAAAAAAAAAAAAAAAA");
        filled.add(0, result("job", "k", SIX));
        broadcaster.publish();
        // Then
        assertThat(broadcaster.now().epoch()).isNotEqualTo(begin.epoch());
        assertThat(broadcaster.read(begin.epoch(), begin.number(), 0, ALL)).isEmpty();
        assertThat(broadcaster.now().place()).isEqualTo("window-results~AAAAAAAAAAAAAAAAAAAAAA~1.0");
        // When
        Broadcaster.FramePosition anew = broadcaster.now();
        filled.add(1, result("job", "k", SIX));
        broadcaster.publish();
        // Then
        assertThat(read(broadcaster, anew, 0).place()).isEqualTo("window-results~AAAAAAAAAAAAAAAAAAAAAA~1.1");
    }

    @Test
    void shouldKeepThePlaceOfAllWhenTheTopicIsReadAfresh() {
        // Given
        FilledTail filled = new FilledTail(1_000);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 1_000, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        List<TailEntry> all = new ArrayList<>();
        all.add(filled.add(0, result("job", "seen", SIX)));
        broadcaster.publish();
        // When
        for (int n = 0; n < 600; n++) {
            all.add(Entries.result(1, n, Instant.EPOCH, result("job", "k" + n, SIX)));
        }
        filled.readAfresh(all);
        filled.add(0, result("job", "last", SIX));
        broadcaster.publish();
        // Then
        assertThat(broadcaster.now().epoch()).isEqualTo(begin.epoch());
        assertThat(broadcaster.now().place()).isEqualTo(place(2, 600));
        assertThat(read(broadcaster, begin, 0).frames())
                .extracting(frame -> frame.entry().key())
                .hasSize(602)
                .doesNotHaveDuplicates()
                .startsWith("seen", "k0")
                .endsWith("k599", "last");
    }

    @Test
    void shouldMakeFramesOnlyWhileThereAreReaders() {
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        filled.add(0, result("job", "a", SIX));
        broadcaster.publish();
        Broadcaster.FramePosition begin = broadcaster.join();
        assertThat(begin.place()).isEqualTo(place(1, 0));
        broadcaster.join();
        broadcaster.leave();
        filled.add(0, result("job", "b", SIX));
        broadcaster.publish();
        assertThat(broadcaster.now().number()).isEqualTo(begin.number() + 1);
        broadcaster.leave();
        filled.add(0, result("job", "c", SIX));
        broadcaster.publish();
        assertThat(broadcaster.read(begin.epoch(), begin.number(), 0, ALL)).isEmpty();
        assertThat(broadcaster.join().number()).as("none of c").isEqualTo(begin.number() + 1);
    }

    @Test
    void shouldShowWhatHasComeWhenItIsPublishedAndToWhoeverComesBeforeThat() {
        // Given
        FilledTail filled = new FilledTail(100);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 100, ALL);
        Broadcaster.FramePosition begin = broadcaster.join();
        // When
        filled.add(0, result("job", "a", SIX));
        // Then
        assertThat(broadcaster.now()).isEqualTo(begin);
        assertThat(broadcaster.read(begin.epoch(), begin.number(), 0, ALL)).isEmpty();
        // When: one comes, and is behind it
        Broadcaster.FramePosition behind = broadcaster.join();
        // Then
        assertThat(behind.place()).isEqualTo(place(1, 0));
        assertThat(read(broadcaster, begin, 0).next()).isEqualTo(behind.number());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldTakeInReadersThatResumeAnywhereWithoutGapOrDuplicate(long seed) {
        // Given: readers that resume from random places while results come
        Random random = new Random(seed);
        FilledTail filled = new FilledTail(1_000);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 50, ALL);
        broadcaster.join();
        List<TailEntry> all = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            int come = random.nextInt(5);
            for (int n = 0; n < come; n++) {
                all.add(filled.add(random.nextInt(2), result("job", "k" + random.nextInt(9), SIX.plusSeconds(round))));
            }
            if (random.nextBoolean()) {
                broadcaster.publish();
            }
            long[] seen = {random.nextInt(1 + (int) count(all, 0)), random.nextInt(1 + (int) count(all, 1))};
            Position from = new Position(List.of(new TopicPosition("window-results", FilledTail.ID, seen)));
            // When
            List<TailEntry> got = follow(filled.tail(), broadcaster, from, random);
            // Then
            assertThat(got.stream().map(BroadcasterTest::offset).toList())
                    .as("seed %d round %d from %s", seed, round, from)
                    .containsExactlyInAnyOrderElementsOf(all.stream()
                            .filter(e -> e.offset() >= seen[e.partition()])
                            .map(BroadcasterTest::offset)
                            .toList());
        }
    }

    /** As in the process: one thread appends, another one publishes, and streams come to the end and fall behind. */
    @Test
    void shouldGiveEachReaderEverythingOnceWhileOthersAppendAndPublish() throws Exception {
        // Given: fewer frames than are appended while a reader walks
        int count = 4_000;
        FilledTail filled = new FilledTail(count);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 50, ALL);
        String result = result("job", "k", SIX);
        AtomicBoolean appended = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            // When
            Future<?> publisher = threads.submit(() -> {
                while (!appended.get()) {
                    broadcaster.publish();
                }
            });
            List<Future<List<TailEntry>>> readers = IntStream.range(0, 3)
                    .mapToObj(
                            n -> threads.submit(() -> readTo(place(count / 2, count / 2), filled.tail(), broadcaster)))
                    .toList();
            List<String> all = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                all.add(offset(filled.add(n % 2, result)));
            }
            appended.set(true);
            publisher.get(60, TimeUnit.SECONDS);
            // Then
            for (Future<List<TailEntry>> reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS))
                        .extracting(BroadcasterTest::offset)
                        .isEqualTo(all);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Walks and follows until it is at {@code end}. */
    private static List<TailEntry> readTo(String end, Tail tail, Broadcaster broadcaster) {
        List<TailEntry> got = new ArrayList<>();
        PositionTracker tracker =
                new PositionTracker(Position.parse(place(0, 0)).orElseThrow());
        broadcaster.join();
        while (!tracker.toString().equals(end) && !Thread.interrupted()) {
            Tail.Slice slice = tail.read(tracker.position(), 20);
            slice.entries().stream().filter(tracker::advance).forEach(got::add);
            Optional<Broadcaster.Batch> batch = slice.now()
                    .flatMap(broadcaster::align)
                    .flatMap(at -> broadcaster.read(at.epoch(), at.number(), 0, ALL));
            while (batch.isPresent()) {
                batch.get().frames().stream().map(Frame::entry).forEach(entry -> {
                    got.add(entry);
                    tracker.advance(entry);
                });
                assertThat(batch.get().place()).isEqualTo(tracker.toString());
                batch = broadcaster.read(broadcaster.now().epoch(), batch.get().next(), 0, ALL);
            }
        }
        broadcaster.leave();
        return got;
    }

    /** Walks to the end, joins the broadcaster there, and reads what it has from then on. */
    private static List<TailEntry> follow(Tail tail, Broadcaster broadcaster, Position from, Random random) {
        List<TailEntry> got = new ArrayList<>();
        PositionTracker tracker = new PositionTracker(from);
        Tail.Slice slice;
        do {
            slice = tail.read(tracker.position(), 1 + random.nextInt(20));
            slice.entries().stream().filter(tracker::advance).forEach(got::add);
        } while (slice.now().isEmpty());
        Broadcaster.FramePosition spot = broadcaster.align(slice.now().get()).orElseThrow();
        broadcaster.read(spot.epoch(), spot.number(), 0, ALL).ifPresent(run -> run.frames()
                .forEach(frame -> got.add(frame.entry())));
        return got;
    }

    private static String offset(TailEntry entry) {
        return entry.partition() + "-" + entry.offset();
    }

    private static long count(List<TailEntry> all, int partition) {
        return all.stream().filter(entry -> entry.partition() == partition).count();
    }

    private static Broadcaster.Batch read(Broadcaster broadcaster, Broadcaster.FramePosition from, long conflatedTo) {
        return broadcaster.read(from.epoch(), from.number(), conflatedTo, ALL).orElseThrow();
    }

    private static List<String> versions(Broadcaster.Batch run) {
        return run.frames().stream()
                .map(Frame::entry)
                .map(entry -> entry.key() + " " + entry.generation() + "." + (entry.version() & 0xFFFF))
                .toList();
    }

    private static String place(long first, long second) {
        return "window-results~" + FilledTail.ID + "~" + first + "." + second;
    }
}
