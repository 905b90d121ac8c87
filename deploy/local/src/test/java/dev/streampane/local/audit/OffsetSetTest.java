// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffsetSetTest {

    private final OffsetSet set = new OffsetSet();

    @Test
    void shouldCountRecordsAndRowsOfRecords() {
        // When
        set.add(5);
        set.add(9_000, 0);
        set.add(9_000, 17);
        set.add(9_001);

        // Then
        assertThat(set.count(0, 10_000)).isEqualTo(4);
        assertThat(set.count(9_000, 9_000)).isEqualTo(2);
        assertThat(set.count(6, 8_999)).isZero();
    }

    @Test
    void shouldSayWhatIsThereTwice() {
        // Given
        set.add(5);
        set.add(7, 1);

        // When Then
        assertThat(set.add(5)).isFalse();
        assertThat(set.add(7, 1)).isFalse();
        assertThat(set.add(7, 2)).isTrue();
        assertThat(set.count(0, 9)).isEqualTo(3);
    }
}
