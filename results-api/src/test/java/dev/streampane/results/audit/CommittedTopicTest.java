// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.TopicLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommittedTopicTest {

    private static final long[] SINCE = {};

    private final AtomicInteger resets = new AtomicInteger();
    private final CommittedTopic topic = new CommittedTopic(null, "window-audit", resets::incrementAndGet, json -> {});

    @Test
    void shouldBeLoadedAgainWhenATopicThatWasMadeAnewHasBeenRead() {
        // Given
        topic.start(layout("first"), SINCE);
        topic.caughtUp();
        // When
        topic.start(layout("second"), SINCE);
        // Then
        assertThat(topic.loaded()).isFalse();
        topic.caughtUp();
        assertThat(topic.loaded()).isTrue();
        assertThat(resets).hasValue(2);
    }

    @Test
    void shouldStayLoadedWhileTheSameTopicIsReadOn() {
        topic.start(layout("first"), SINCE);
        topic.caughtUp();
        topic.start(layout("first"), SINCE);
        assertThat(topic.loaded()).isTrue();
    }

    private static TopicLayout layout(String id) {
        return new TopicLayout("window-audit", id, new long[] {0}, new long[] {9});
    }
}
