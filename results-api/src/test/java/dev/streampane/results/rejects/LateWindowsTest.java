// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LateWindowsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tumbling(1m); 2026-11-20T06:00:30Z; 2026-11-20T06:00:00Z; 2026-11-20T06:00:00.001Z",
                "tumbling(1m); 2026-11-20T06:00:00Z; 2026-11-20T06:00:00Z; 2026-11-20T06:00:00.001Z",
                "all:tumbling(4s,offset=1s); 1970-01-01T00:00:00Z; 1969-12-31T23:59:57Z; 1969-12-31T23:59:57.001Z",
                "sliding(10m,1m); 2026-11-20T06:00:30Z; 2026-11-20T05:50:30.001Z; 2026-11-20T06:00:30.001Z",
                "session(30s); 2026-11-20T06:00:30Z; ; 2026-11-20T06:01:00.001Z",
                "calendar(day,Europe/Berlin); 2026-10-25T12:00:00Z; 2026-10-24T22:00:00Z; 2026-10-24T22:00:00.001Z",
                "calendar(week,UTC); 2026-11-20T06:00:00Z; 2026-11-16T00:00:00Z; 2026-11-16T00:00:00.001Z",
                "calendar(month,UTC); 2026-11-20T06:00:00Z; 2026-11-01T00:00:00Z; 2026-11-01T00:00:00.001Z"
            })
    void shouldSayWhereTheMissedWindowsBegin(String spec, Instant time, Instant from, Instant to) {
        assertThat(LateWindows.of(spec, time)).contains(new LateWindows(Optional.ofNullable(from), to));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global(count=2)", "none", "",
                "tumbling(0s)", "tumbling(1y)", "tumbling(367d)",
                "tumbling(999999999999d)", "calendar(day,Nowhere/There)", "tumbling(1m)x"
            })
    void shouldSayNothingOfWhatNoJobWrites(String spec) {
        assertThat(LateWindows.of(spec, Instant.EPOCH)).isEmpty();
    }
}
