// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static dev.streampane.results.Fixtures.SIX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Fixtures;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevisionsTest {

    private final List<TailEntry> entries =
            IntStream.rangeClosed(1, 100).mapToObj(RevisionsTest::revision).toList();

    @Test
    void shouldNotCopyManyForOneMoreNorToShowThem() {
        // Given: 50 of them
        Revisions many = Revisions.of(entries.get(0));
        for (TailEntry entry : entries.subList(1, 50)) {
            many = many.with(entry);
        }
        Collection<TailEntry> newer = many.after(entries.get(9).version());
        assertThat(newer).hasSize(40);
        for (TailEntry entry : entries.subList(50, 100)) {
            // When Then
            assertThat(many.with(entry)).isSameAs(many);
        }
        // Then: what was asked for before has them, too
        assertThat(newer).containsExactlyElementsOf(entries.subList(10, 100));
        for (TailEntry entry : entries.subList(0, 99)) {
            // When Then
            assertThat(many.without(entry)).containsSame(many);
        }
        assertThat(many.newest()).contains(entries.get(99));
        assertThat(many.without(entries.get(99))).isEmpty();
    }

    private static TailEntry revision(int rev) {
        return Entries.result(0, rev, SIX, Fixtures.result("job", "k", SIX, 1, rev, true));
    }
}
