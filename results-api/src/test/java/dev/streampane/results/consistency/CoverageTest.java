// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {

    /** A later part may know less than the first one, and of other partitions. */
    @ParameterizedTest
    @CsvSource({
        "true, 5.5, true, 6.7, true, 5.5",
        "true, 5.5, false, 6.2, false, 5.2",
        "false, 5.2, true, 6.7, false, 5.2",
        "false, 5.2, false, 3.4, false, 3.2"
    })
    void shouldHoldWhatEachPartHolds(
            boolean complete, String first, boolean laterComplete, String later, boolean allComplete, String all) {
        // When
        ReadConsistency.Coverage shown = new ReadConsistency.Coverage(complete, topic(first))
                .and(new ReadConsistency.Coverage(laterComplete, topic(later)));
        // Then
        assertThat(shown.complete()).isEqualTo(allComplete);
        assertThat(shown.position()).hasToString(topic(all).toString());
    }

    private static TopicPosition topic(String offsets) {
        return Position.parse("window-results~life~" + offsets)
                .orElseThrow()
                .topics()
                .get(0);
    }
}
