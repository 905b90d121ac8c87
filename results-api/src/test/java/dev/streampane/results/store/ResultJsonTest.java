// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultJsonTest {

    @ParameterizedTest
    @CsvSource({
        "'\"2026-11-20T06:00:30Z\"',             2026-11-20T06:00:30Z",
        "'\"2026-11-20T06:00:30.123456Z\"',      2026-11-20T06:00:30.123Z",
        "'\"2026-11-20T07:00:30+01:00\"',        2026-11-20T06:00:30Z",
        "'\"2026-11-20T07:00:30.5+01\"',         2026-11-20T06:00:30.500Z",
        "'\"2026-11-20 06:00:30\"',              2026-11-20T06:00:30Z",
        "'\"2026-11-20T06:00:30.25\"',           2026-11-20T06:00:30.250Z",
        "'\"2026-11-20T06:01\"',                 2026-11-20T06:01:00Z",
        "'\"2026-11-20T06\"',                    2026-11-20T06:00:00Z",
        "'\"2026-11-20\"',                       2026-11-20T00:00:00Z",
        "'\"2026-11\"',                          2026-11-01T00:00:00Z",
        "2026,                                   2026-01-01T00:00:00Z",
        "0,                                      1970-01-01T00:00:00Z",
        "-1500,                                  1969-12-31T23:59:58.500Z",
        "1795154430000,                          2026-11-20T06:00:30Z",
        "'\"1795154430000\"',                    2026-11-20T06:00:30Z"
    })
    void shouldReadTimesAsTheMappingsDo(String json, Instant expected) {
        // When Then
        assertThat(ResultJson.time(ResultJson.read(json))).isEqualTo(expected);
    }
}
