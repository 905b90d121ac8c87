// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Settings;
import dev.streampane.results.log.TopicPosition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

    /** Without anybody to ask, so that each question fails before it is asked. */
    private final Snapshots snapshots = new Snapshots(null, null, Settings.defaults());

    @Test
    void shouldGoOnWithoutWhatCannotBeAskedHoweverOften() {
        // Given
        OlderWindowsQuery wanted =
                new OlderWindowsQuery(new TopicPosition("window-results", "id", new long[] {1}), null, List.of(), 1);
        for (int n = 0; n < 10; n++) {
            // When
            OlderWindowsQuery.Page older =
                    snapshots.page(wanted, Optional.empty()).await().atMost(Duration.ofSeconds(30));
            // Then
            assertThat(older.partial()).contains(Snapshots.Partial.STORE_UNAVAILABLE);
            assertThat(older.series()).isEmpty();
        }
    }

    @Test
    void shouldKnowThatSomebodyWaitsForMemory() {
        // Given
        assertThat(snapshots.reserve(2 * snapshots.maxRows(), "one")).isTrue();
        assertThat(snapshots.reserve(2 * snapshots.maxRows(), "other")).isTrue();
        assertThat(snapshots.wanted("one")).isFalse();
        // When
        assertThat(snapshots.reserve(1, "third")).isFalse();
        // Then
        assertThat(snapshots.wanted("one")).isTrue();
        snapshots.release(1, "one");
        assertThat(snapshots.reserve(1, "third")).isTrue();
    }

    @Test
    void shouldLeaveHalfOfTheMemoryToOthers() {
        // Given
        assertThat(snapshots.reserve(2 * snapshots.maxRows(), "one")).isTrue();
        // Then
        assertThat(snapshots.reserve(1, "one")).isFalse();
        assertThat(snapshots.reserve(snapshots.maxRows(), "other")).isTrue();
        assertThat(snapshots.wanted("one")).isTrue();
        assertThat(snapshots.wanted("other")).isFalse();
        snapshots.release(1, "one");
        assertThat(snapshots.reserve(1, "one")).isTrue();
    }
}
