// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Fixtures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultEntryContractTest {

    static Stream<Path> readable() {
        return Stream.of("examples", "future")
                .flatMap(folder -> Fixtures.contractFiles("window-result", folder).stream());
    }

    @ParameterizedTest
    @MethodSource("readable")
    void shouldReadEveryExampleAndFutureFile(Path file) {
        // When
        ResultEntry entry = ResultEntry.decode(1, 2, Fixtures.bytes(file)).orElseThrow();
        // Then
        String json = Fixtures.text(file);
        assertThat(entry.json()).isEqualTo(Fixtures.bytes(file));
        assertThat(json).contains("\"id\":\"" + entry.id() + "\"");
        assertThat(json).contains("\"job\":\"" + entry.job() + "\"");
        assertThat(json).contains("\"start\":\"" + entry.start() + "\"");
        assertThat(json).contains("\"end\":\"" + entry.end() + "\"");
    }

    static Stream<Path> alerts() {
        return Stream.of("examples", "future")
                .flatMap(folder -> Fixtures.contractFiles("alert", folder).stream());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldReadEveryExampleAndFutureFileOfAlerts(Path file) {
        // When
        ResultEntry entry = ResultEntry.decodeAlert(1, 2, Fixtures.bytes(file)).orElseThrow();
        // Then
        String json = Fixtures.text(file);
        assertThat(entry.json()).isEqualTo(Fixtures.bytes(file));
        assertThat(json).contains("\"id\":\"" + entry.id() + "\"");
        assertThat(json).contains("\"client\":\"" + entry.key() + "\"");
        assertThat(json).contains("\"start\":\"" + entry.start() + "\"");
        assertThat(json).contains("\"end\":\"" + entry.end() + "\"");
        assertThat(ResultEntry.decode(1, 2, Fixtures.bytes(file))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "42",
                "[]",
                "{",
                "{}",
                "{\"id\":\"a\",\"job\":\"b\",\"key\":\"c\"}",
                "{\"id\":\"a\",\"job\":\"b\",\"key\":\"c\",\"window\":{\"start\":\"2026-11-20T06:00:00Z\"}}",
                "{\"id\":\"a\",\"job\":\"b\",\"key\":\"c\",\"window\":{\"start\":\"six\",\"end\":\"seven\"}}",
                "{\"id\":1,\"job\":\"b\",\"key\":\"c\",\"window\":{\"start\":\"2026-11-20T06:00:00Z\",\"end\":\"2026-11-20T06:01:00Z\"}}",
                "{\"id\":\"a\",\"id\":\"a\",\"job\":\"b\",\"key\":\"c\",\"window\":{\"start\":\"2026-11-20T06:00:00Z\",\"end\":\"2026-11-20T06:01:00Z\"}}",
                "{\"id\":\"a\",\"job\":\"b\",\"key\":\"c\",\"window\":{\"start\":\"2026-11-20T06:00:00Z\",\"end\":\"2026-11-20T06:01:00Z\"}} {}"
            })
    void shouldPassOverWhatIsNoResult(String value) {
        assertThat(ResultEntry.decode(0, 0, value.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void shouldPassOverNullHugeAndDeepValues() {
        assertThat(ResultEntry.decode(0, 0, null)).isEmpty();
        assertThat(ResultEntry.decode(0, 0, new byte[ResultEntry.MAX_BYTES + 1])).isEmpty();
        assertThat(ResultEntry.decode(0, 0, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
