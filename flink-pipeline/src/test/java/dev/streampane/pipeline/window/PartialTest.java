// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class PartialTest {

    @Test
    void shouldRefuseStateThatHasOtherMetrics() {
        // Given
        Partial kept = Partial.of("a");
        kept.add(0, "t", 0, 0, 5_000);
        Partial added = Partial.of("a");
        added.add(1, "t", 0, 1, 1, 2);

        // When Then
        assertThatThrownBy(() -> kept.add(added))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage(
                        "sums of 1 and of 2 metrics make no window: their number may not change with state; start a new generation without state");
    }
}
