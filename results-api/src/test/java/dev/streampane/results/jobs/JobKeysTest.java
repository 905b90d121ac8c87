// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.tail.Entries;
import dev.streampane.results.tail.TailEntry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobKeysTest {

    private static final int WINDOWS = 5;

    @Test
    void shouldOrderKeysAsTheirBytes() {
        List<String> keys = List.of("", "a", "aa", "b", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\ud83d\ude00");
        for (int one = 0; one < keys.size(); one++) {
            for (int other = 0; other < keys.size(); other++) {
                assertThat(Integer.signum(KeyQuery.ORDER.compare(keys.get(one), keys.get(other))))
                        .as("%s %s", keys.get(one), keys.get(other))
                        .isEqualTo(Integer.signum(Arrays.compareUnsigned(
                                keys.get(one).getBytes(UTF_8), keys.get(other).getBytes(UTF_8))));
            }
        }
    }

    /** The tail has some 100,000 windows, each of which is compared with some keys. */
    @Test
    void shouldCompareKeysWithoutCopiesOfThem() {
        // Given
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        String one = "k".repeat(1_000) + "1";
        String other = "k".repeat(1_000) + "2";
        // When
        long before = threads.getThreadAllocatedBytes(thread);
        int order = 0;
        for (int n = 0; n < 1_000; n++) {
            order += KeyQuery.ORDER.compare(one, other);
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        // Then
        assertThat(order).isNegative();
        assertThat(allocated).isLessThan(1_000L * one.length());
    }

    @Test
    void shouldKeepEveryWindowOfTheKeysThatItKeeps() {
        // Given: windows of keys a to d in turn, as they start
        List<TailEntry> entries = new ArrayList<>();
        for (int n = 0; n < 4 * WINDOWS; n++) {
            String json = result("job", "" + (char) ('a' + n % 4), SIX.plusSeconds(60L * (n / 4)));
            entries.add(Entries.result(0, n, SIX, json));
        }
        KeyQuery query = new KeyQuery(
                "job",
                Optional.empty(),
                10,
                Optional.empty(),
                Optional.empty(),
                new ReadConsistency.Requirement(Optional.empty(), 0));
        for (int most = 1; most <= 4 * WINDOWS; most++) {
            // When
            JobKeys.InTail tail = JobKeys.inTail(entries, query, most);
            // Then
            assertThat(tail.windows().values())
                    .as("at most %d windows", most)
                    .isNotEmpty()
                    .allMatch(windows -> windows.size() == WINDOWS);
            int keys = Math.max(1, most / WINDOWS);
            assertThat(tail.windows()).hasSize(keys);
            assertThat(tail.end()).isEqualTo(keys == 4 ? Optional.empty() : Optional.of("" + (char) ('a' + keys)));
        }
    }
}
