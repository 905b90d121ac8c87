// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private static final TopicPartition ONE = new TopicPartition("readings", 0);
    private static final TopicPartition OTHER = new TopicPartition("readings", 1);

    private long now = Long.MAX_VALUE - Duration.ofSeconds(45).toNanos();
    private final Silence silence = new Silence(Duration.ofSeconds(30), () -> now);

    @Test
    void shouldLastFromTheEndsLastMoveOn() {
        // Given
        assertThat(silence.unseen(Map.of(ONE, "id"))).containsExactly(ONE);
        assertThat(silence.lasts(ONE, "id", 5, false)).isFalse();
        assertThat(silence.unseen(Map.of(ONE, "id"))).isEmpty();
        // Then: as long as it has to, over the number's own end
        pass(29);
        assertThat(silence.lasts(ONE, "id", 6, false)).isFalse();
        pass(29);
        assertThat(silence.lasts(ONE, "id", 6, false)).isFalse();
        pass(1);
        assertThat(silence.lasts(ONE, "id", 6, false)).isTrue();
        assertThat(silence.lasts(ONE, "id", 7, false)).isFalse();
    }

    @Test
    void shouldTakeTheHintOnceThePartitionHasNotMoved() {
        // Given
        silence.lasts(ONE, "id", 5, true);
        silence.lasts(OTHER, "id", 5, true);
        pass(1);
        // Then
        assertThat(silence.lasts(ONE, "id", 5, true)).isTrue();
        assertThat(silence.lasts(OTHER, "id", 6, true)).isFalse();
        assertThat(silence.lasts(OTHER, "id", 6, true)).isFalse();
    }

    @Test
    void shouldForgetPartitionsThatGoAndTopicsMadeAnew() {
        // Given
        silence.lasts(ONE, "id", 5, false);
        silence.lasts(OTHER, "id", 5, false);
        pass(31);
        // When Then
        assertThat(silence.unseen(Map.of(ONE, "id", OTHER, "another"))).containsExactly(OTHER);
        assertThat(silence.lasts(ONE, "id", 5, false)).isTrue();
        assertThat(silence.lasts(OTHER, "another", 5, false)).isFalse();
        // When: it is left out of a look, then of those of some time
        pass(30);
        assertThat(silence.unseen(Map.of())).isEmpty();
        assertThat(silence.unseen(Map.of(ONE, "id"))).isEmpty();
        pass(1);
        assertThat(silence.unseen(Map.of())).isEmpty();
        assertThat(silence.unseen(Map.of(ONE, "id"))).containsExactly(ONE);
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
