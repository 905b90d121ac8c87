// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.results.Fixtures.SIX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Fixtures;
import dev.streampane.results.tail.Entries;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowFilterTest {

    @ParameterizedTest
    @CsvSource({"a, x1, true", "b, x1, false", "a, y1, false", "a, x2, false"})
    void shouldTakeNoRevisionOfAnotherJobOrKey(String job, String key, boolean takes) {
        // Given
        WindowFilter filter = new WindowFilter(
                "a",
                Set.of("x1", "y1"),
                Set.of(),
                Set.of(),
                Set.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of("x")));
        // Then
        assertThat(filter.takes(Entries.result(0, 0, SIX, Fixtures.result(job, key, SIX))))
                .isEqualTo(takes);
    }
}
