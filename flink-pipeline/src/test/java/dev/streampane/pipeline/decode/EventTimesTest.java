// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a contract's files do not show: zones. */
class EventTimesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2026-11-20 07:00:00, 2026-11-20T06:00:00Z",
        "2026-07-20 08:00:00, 2026-07-20T06:00:00Z",
        // The hour that is there twice is the earlier one; the one that is not there moves on.
        "2026-10-25 02:30:00, 2026-10-25T00:30:00Z",
        "2026-03-29 02:30:00, 2026-03-29T01:30:00Z",
        "2026-11-20T06:00:00Z, 2026-11-20T06:00:00Z",
        "2026-11-20T06:00:00.1239+01:00, 2026-11-20T05:00:00.123Z"
    })
    void shouldReadZonelessTimesInTheJobsZone(String text, Instant time) throws Rejection {
        assertThat(Instant.ofEpochMilli(EventTimes.parse("ts", text, BERLIN))).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2026-11-20 07:00:00", "+02026-11-20T06:00Z", "+02026-11-20t06:00:00z", "+02026-11-20T06:00:00.Z"
            })
    void shouldReadNeitherTimesWithoutZoneNorYearsOfFourDigitsWithASign(String text) {
        assertThatExceptionOfType(Rejection.class)
                .isThrownBy(() -> EventTimes.parse("ts", text, null))
                .withMessage("ts: not a time: \"%s\"", text)
                .extracting(Rejection::reason)
                .isEqualTo(RejectReason.TYPE);
    }
}
