// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static dev.streampane.pipeline.testing.CpuTime.assertTakes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Fetched;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogPositionsTest {

    private final LogPositions positions = new LogPositions();

    @Test
    void shouldStayAtTheLowestOpenOffset() {
        // Given
        seen(3, 4, 7);
        // When
        acknowledged(3, 7);
        // Then
        assertThat(position()).isEqualTo(4);
    }

    @Test
    void shouldBeTheLastOffsetPlusOneWhenNothingIsOpen() {
        // Given
        seen(3, 4, 7);
        // When
        acknowledged(7, 4, 3);
        // Then
        assertThat(position()).isEqualTo(8);
    }

    @Test
    void shouldTakeAnAcknowledgementTwice() {
        // Given
        seen(3, 4);
        // When
        acknowledged(3, 3);
        // Then
        assertThat(position()).isEqualTo(4);
    }

    @Test
    void shouldPublishOnlyWhatMoved() {
        // Given
        seen(3);
        positions.published(positions.documents());
        seen(4);
        List<IndexRequest.Document> movedByAnOpenOffset = positions.documents();
        // When
        acknowledged(3);
        // Then
        assertThat(movedByAnOpenOffset).isEmpty();
        assertThat(positions.documents()).isNotEmpty();
        positions.published(positions.documents());
        assertThat(positions.documents()).isEmpty();
    }

    @Test
    void shouldStayMovedWhenItMovesWhileItIsPublished() {
        // Given
        seen(3, 4);
        acknowledged(3);
        var published = positions.documents();
        acknowledged(4);
        // When
        positions.published(published);
        // Then
        assertThat(position()).isEqualTo(5);
    }

    @Test
    void shouldKeepPartitionsAndLivesOfATopicApart() {
        // Given
        positions.seen(record("one", 0, 5));
        positions.seen(record("two", 0, 6));
        positions.seen(record("two", 1, 7));
        // When
        positions.acknowledged(record("two", 0, 6));
        // Then
        assertThat(positions.documents())
                .extracting(IndexRequest.Document::id, IndexRequest.Document::version)
                .map(tuple -> tuple.toList().toString())
                .containsExactly("[position~one~0, 5]", "[position~two~0, 7]", "[position~two~1, 7]");
    }

    /** It comes after each bulk request. */
    @Test
    void shouldLookAtEachPartitionOnceWhenPositionsArePublished() {
        // Given
        for (int partition = 0; partition < 40_000; partition++) {
            positions.seen(record("one", partition, 5));
        }
        var documents = positions.documents();
        // When
        assertTakes(Duration.ofSeconds(10), () -> positions.published(documents));
        // Then
        assertThat(positions.documents()).isEmpty();
    }

    @Test
    void shouldWriteAPositionAsADocument() {
        // When
        positions.seen(record("one", 2, 5));
        // Then
        assertThat(positions.documents()).singleElement().satisfies(document -> assertThat(
                        new String(document.source(), StandardCharsets.UTF_8))
                .isEqualTo("{\"topic\":\"window-results\",\"epoch\":\"one\",\"partition\":2,\"offset\":5}"));
    }

    private void seen(long... offsets) {
        for (long offset : offsets) {
            positions.seen(record("one", 0, offset));
        }
    }

    private void acknowledged(long... offsets) {
        for (long offset : offsets) {
            positions.acknowledged(record("one", 0, offset));
        }
    }

    private long position() {
        return positions.documents().get(0).version();
    }

    private static Fetched record(String topicId, int partition, long offset) {
        return new Fetched("window-results", topicId, partition, offset, 0, null, new byte[0], null);
    }
}
