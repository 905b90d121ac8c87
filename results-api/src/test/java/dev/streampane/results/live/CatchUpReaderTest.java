// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.TopicPosition;
import org.junit.jupiter.api.Test;

class CatchUpReaderTest {

    private final TopicPosition read = new TopicPosition("alerts", "id", new long[] {5, 7});

    @Test
    void shouldNotBeginBehindWhatWasRead() {
        assertThat(CatchUpReader.atMost(read, new long[] {4, 9}).offsets()).containsExactly(4, 7);
        assertThat(CatchUpReader.atMost(read, new long[] {4, 9, 3}).offsets()).containsExactly(4, 7);
    }

    @Test
    void shouldNotBeginAnewInATopicThatIsGone() {
        assertThat(CatchUpReader.atMost(read, new long[] {}).offsets()).containsExactly(5, 7);
        assertThat(CatchUpReader.atMost(read, new long[] {4}).offsets()).containsExactly(5, 7);
    }
}
