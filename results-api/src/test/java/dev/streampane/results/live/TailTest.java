// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.TopicLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailTest {

    private static final String ID = "3wQ9gkVQTeS5FEOdKvs_-A";

    private static Tail.Start start(Tail tail, String position) {
        return tail.start(Position.parse(position).orElseThrow());
    }

    /** A log of three partitions; transaction markers take offsets, so that there are gaps. */
    private static List<List<ResultEntry>> log(Random random, int records) {
        List<List<ResultEntry>> log =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long[] next = new long[3];
        for (int n = 0; n < records; n++) {
            int partition = random.nextInt(3);
            next[partition] += random.nextInt(3) == 0 ? 1 : 0;
            log.get(partition).add(entry(partition, next[partition]++));
        }
        return log;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldSendEachResultOnceHoweverOftenAClientResumesAndWhereverItDoes(long seed) {
        // Given: two processes that read the same log in different orders
        Random random = new Random(seed);
        List<List<ResultEntry>> log = log(random, 300);
        Tail[] tails = {filled(log, random), filled(log, random)};
        List<ResultEntry> received = new ArrayList<>();
        Cursor cursor = start(tails[0], position(0, 0, 0)).cursor();
        Tail tail = tails[0];
        int resumes = 0;
        // When: the client is cut off now and then, and resumes at one of them
        for (List<ResultEntry> entries = tail.read(cursor.next(), 10);
                !entries.isEmpty();
                entries = tail.read(cursor.next(), 10)) {
            int before = received.size();
            for (ResultEntry entry : entries.subList(0, 1 + random.nextInt(entries.size()))) {
                if (cursor.pass(entry)) {
                    received.add(entry);
                }
            }
            if (received.size() > before && random.nextInt(3) == 0) {
                tail = tails[random.nextInt(2)];
                Tail.Start start = start(tail, cursor.position().toString());
                assertThat(start.reset()).isEmpty();
                cursor = start.cursor();
            }
        }
        // Then
        assertThat(received)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(log.stream().flatMap(List::stream).toList());
        for (int partition = 0; partition < 3; partition++) {
            int p = partition;
            assertThat(received.stream().filter(entry -> entry.partition() == p))
                    .containsExactlyElementsOf(log.get(p));
        }
        assertThat(cursor.position()).hasToString(tail.position().toString());
    }

    @Test
    void shouldResetWithTheReasonWhenThePlaceIsNotThere() {
        // Given: offsets 0 to 4 of partition 0 in a tail of three
        Tail tail = tail(3, 1 << 20);
        for (int offset = 0; offset < 5; offset++) {
            tail.append(entry(0, offset));
        }
        // Then
        assertThat(start(tail, position(2, 0, 0)).reset()).isEmpty();
        assertThat(start(tail, position(5, 0, 0)).reset()).isEmpty();
        assertThat(start(tail, position(1, 0, 0)).reset()).contains(ResetReason.TOO_OLD);
        assertThat(start(tail, position(6, 0, 0)).reset()).contains(ResetReason.FUTURE);
        assertThat(start(tail, "window-results~" + ID + "~2").reset()).isEmpty();
        assertThat(start(tail, "window-results~" + ID + "~2.0.0.0").reset())
                .contains(ResetReason.FOREIGN);
        assertThat(start(tail, "alerts~" + ID + "~2.0.0").reset()).contains(ResetReason.FOREIGN);
        assertThat(start(tail, "window-results~other~2.0.0").reset())
                .contains(ResetReason.RECREATED);
        assertThat(start(tail, "alerts~" + ID + "~2.0.0").cursor().position())
                .hasToString(position(5, 0, 0));
    }

    @Test
    void shouldStayWithinItsBytesAndItsNumber() {
        // Given
        long one = entry(0, 0).bytes();
        Tail tail = tail(10, 4 * one);
        // When
        for (int offset = 0; offset < 100; offset++) {
            tail.append(entry(0, offset));
        }
        // Then
        assertThat(tail.size()).isBetween(3, 4);
        assertThat(tail.bytes()).isLessThanOrEqualTo(4 * one);
        assertThat(start(tail, position(97, 0, 0)).reset()).isEmpty();
        assertThat(start(tail, position(95, 0, 0)).reset()).contains(ResetReason.TOO_OLD);
    }

    @Test
    void shouldTellACursorThatFellBehindOrWhoseTopicIsGone() {
        // Given
        Tail tail = tail(3, 1 << 20);
        Cursor slow = tail.now();
        // When
        for (int offset = 0; offset < 3; offset++) {
            tail.append(entry(0, offset));
        }
        // Then
        assertThat(tail.lost(slow)).isEmpty();
        tail.append(entry(0, 3));
        assertThat(tail.lost(slow)).contains(ResetReason.TOO_SLOW);
        Cursor current = tail.now();
        tail.open("another", new long[3], new long[3], List.of());
        assertThat(tail.lost(current)).contains(ResetReason.RECREATED);
        assertThat(tail.size()).isZero();
    }

    @Test
    void shouldGoPastRecordsThatAreNoResults() {
        // Given
        Tail tail = tail(3, 1 << 20);
        // When
        tail.skip(1, 7);
        // Then
        assertThat(tail.position()).hasToString(position(0, 8, 0));
        assertThat(start(tail, position(0, 8, 0)).reset()).isEmpty();
        assertThat(start(tail, position(0, 3, 0)).reset()).isEmpty();
    }

    @Test
    void shouldReadOnInTheSameTopicAndAfreshInAnother() {
        // Given
        Tail tail = tail(3, 1 << 20);
        tail.append(entry(0, 4));
        // Then: same place, with a partition more
        assertThat(tail.resume(ID, new long[4], new long[] {9, 9, 9, 9}))
                .hasValueSatisfying(next -> assertThat(next).containsExactly(5, 0, 0, 0));
        assertThat(tail.resume("another", new long[4], new long[] {9, 9, 9, 9})).isEmpty();
        // cut off before the place, or behind it
        assertThat(tail.resume(ID, new long[4], new long[] {4, 9, 9, 9})).isEmpty();
        assertThat(tail.resume(ID, new long[] {6, 0, 0, 0}, new long[] {9, 9, 9, 9})).isEmpty();
    }

    @Test
    void shouldLoadAnEqualShareOfEachPartitionInTheOrderOfAppending() {
        // Given: 100 records in partition 0, two in partition 1
        TopicLayout topic =
                new TopicLayout("window-results", ID, new long[] {20, 0}, new long[] {100, 2});
        TailLoad load = new TailLoad(topic, 10, 1 << 20);
        assertThat(load.starts()).containsExactly(95, 0);
        for (int offset = 95; offset < 100; offset++) {
            load.append(1_000 + offset, entry(0, offset));
        }
        load.append(1_096, entry(1, 0));
        load.append(1, entry(1, 1));
        Tail tail = new Tail("window-results", 10, 1 << 20);
        // When
        load.openInto(tail);
        // Then: a clock that went back does not turn a partition's order around
        assertThat(
                        tail.read(0, 100).stream()
                                .map(entry -> entry.partition() + ":" + entry.offset()))
                .containsExactlyInAnyOrder("0:95", "0:96", "1:0", "1:1", "0:97", "0:98", "0:99")
                .containsSubsequence("0:95", "1:0", "0:97", "0:99")
                .containsSubsequence("1:0", "1:1");
        assertThat(tail.position()).hasToString("window-results~" + ID + "~100.2");
        assertThat(start(tail, "window-results~" + ID + "~94.2").reset())
                .contains(ResetReason.TOO_OLD);
    }

    @Test
    void shouldBoundTheLoadByBytes() {
        // Given
        long one = entry(0, 0).bytes();
        TopicLayout topic =
                new TopicLayout("window-results", ID, new long[] {0, 0}, new long[] {100, 1});
        TailLoad load = new TailLoad(topic, 1_000, 6 * one + 5);
        Tail tail = new Tail("window-results", 1_000, 6 * one + 5);
        load.append(0, entry(1, 0));
        // When
        for (int offset = 0; offset < 100; offset++) {
            load.append(offset, entry(0, offset));
        }
        load.openInto(tail);
        // Then
        assertThat(tail.size()).isEqualTo(4);
        assertThat(start(tail, "window-results~" + ID + "~97.0").reset()).isEmpty();
        assertThat(start(tail, "window-results~" + ID + "~96.0").reset())
                .contains(ResetReason.TOO_OLD);
    }

    private static Tail filled(List<List<ResultEntry>> log, Random random) {
        Tail tail = tail(1_000, 1 << 20);
        int[] read = new int[3];
        long left = log.stream().mapToLong(List::size).sum();
        while (left > 0) {
            int partition = random.nextInt(3);
            List<ResultEntry> entries = log.get(partition);
            int batch = Math.min(random.nextInt(20), entries.size() - read[partition]);
            for (int n = 0; n < batch; n++) {
                tail.append(entries.get(read[partition]++));
            }
            left -= batch;
        }
        return tail;
    }

    private static Tail tail(int entries, long bytes) {
        Tail tail = new Tail("window-results", entries, bytes);
        tail.open(ID, new long[3], new long[3], List.of());
        return tail;
    }

    private static ResultEntry entry(int partition, long offset) {
        return new ResultEntry(
                partition,
                offset,
                "job",
                "key",
                partition + "-" + offset % 10,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                new byte[100]);
    }

    private static String position(long... offsets) {
        return "window-results~"
                + ID
                + "~"
                + String.join(".", Arrays.stream(offsets).mapToObj(Long::toString).toList());
    }
}
