// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Fixtures;
import dev.streampane.results.tail.TailEntry.Kind;
import io.restassured.path.json.JsonPath;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TailEntryContractTest {

    static Stream<Path> readable() {
        return Stream.of("examples", "future")
                .flatMap(folder -> Fixtures.contractFiles("window-result", folder).stream());
    }

    @ParameterizedTest
    @MethodSource("readable")
    void shouldReadEveryExampleAndFutureFile(Path file) {
        assertThat(Fixtures.text(file))
                .contains("\"job\":\"" + read(Kind.WINDOW, file).job() + "\"");
    }

    /** What is read of a file, held to what stands in it. */
    private static TailEntry read(Kind kind, Path file) {
        TailEntry entry = Entries.decode(kind, Fixtures.bytes(file)).orElseThrow();
        assertThat(entry.json()).isEqualTo(Fixtures.bytes(file));
        assertThat(Fixtures.text(file))
                .contains("\"id\":\"" + entry.id() + "\"")
                .contains("\"start\":\"" + entry.start() + "\"")
                .contains("\"end\":\"" + entry.end() + "\"");
        return entry;
    }

    @Test
    void shouldReadWhatTellsTheNewerRevision() {
        // Given
        TailEntry later = Entries.decode(Kind.WINDOW, result(2, 1, true)).orElseThrow();
        // Then
        assertThat(later.spec()).isEqualTo("tumbling(1m)");
        assertThat(later.windowKind()).isEqualTo("tumbling");
        assertThat(later.status()).isEqualTo("FINAL");
        assertThat(later.version()).isEqualTo((1L << 60) + (2L << 32) + 1);
        assertThat(Entries.decode(Kind.WINDOW, result(1, 7, true)).orElseThrow().version())
                .isLessThan(later.version())
                .isGreaterThan(Entries.decode(Kind.WINDOW, result(9, 9, false))
                        .orElseThrow()
                        .version());
    }

    @Test
    void shouldTakeOfAWindowItsTimesAndKindAloneAndThoseFromNowhereElse() {
        // Given
        String result = new String(result(2, 1, false), StandardCharsets.UTF_8);
        String stranger =
                "\"id\":\"x\",\"job\":\"x\",\"spec\":\"x\",\"key\":\"x\",\"status\":\"x\",\"complete\":true,\"generation\":7,\"rev\":7";
        String times = "\"kind\":\"x\",\"start\":\"2020-01-01T00:00:00Z\",\"end\":\"2020-01-01T00:00:00Z\"";
        List<String> others = List.of(
                result.replaceFirst("\"window\":\\{", "\"window\":{" + stranger + ","),
                result.replaceFirst("\\{", "{" + times + ","),
                result.replaceFirst("\\}$", "," + times + "}"));
        // Then
        TailEntry as = Entries.decode(Kind.WINDOW, result(2, 1, false)).orElseThrow();
        assertThat(others).doesNotContain(result).allSatisfy(other -> assertThat(
                        Entries.decode(Kind.WINDOW, other.getBytes(StandardCharsets.UTF_8))
                                .orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("json")
                .isEqualTo(as));
    }

    @Test
    void shouldTakeNothingFromOtherObjectsAndArrays() {
        // Given
        String result = new String(result(2, 1, false), StandardCharsets.UTF_8);
        String fields =
                "\"id\":\"x\",\"job\":\"x\",\"complete\":true,\"generation\":7,\"kind\":\"x\",\"start\":\"x\",\"end\":\"x\"";
        String other = "\"more\":[\"x\",7,{" + fields + ",\"window\":{" + fields + "}}],\"most\":{" + fields + "}";
        List<String> others = List.of(
                result.replaceFirst("\\{", "{" + other + ","),
                result.replaceFirst("\\}$", "," + other + "}"),
                result.replaceFirst("\"window\":\\{", "\"window\":{" + other + ","),
                result.replaceFirst("\"zone\":\"UTC\"", other));
        // Then
        TailEntry as = Entries.decode(Kind.WINDOW, result(2, 1, false)).orElseThrow();
        assertThat(others).doesNotContain(result).allSatisfy(with -> assertThat(
                        Entries.decode(Kind.WINDOW, with.getBytes(StandardCharsets.UTF_8))
                                .orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("json")
                .isEqualTo(as));
        for (String window : List.of("[{$1}]", "[\"tumbling\",{$1}]", "{\"window\":{$1}}")) {
            String nested = result.replaceFirst("\"window\":\\{([^}]*)\\}", "\"window\":" + window);
            assertThat(nested).contains("\"window\":" + window.charAt(0));
            assertThat(Entries.decode(Kind.WINDOW, nested.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+999999999-01-01T00:00:00Z",
                "-999999999-01-01T00:00:00Z",
                "+292278994-08-17T07:12:55.808Z",
                "six",
                ""
            })
    void shouldPassOverTimesThatAreNone(String time) {
        for (String field : List.of("start", "end")) {
            String result = new String(result(1, 1, true), StandardCharsets.UTF_8)
                    .replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"" + time + "\"");
            assertThat(result).contains(time);
            assertThat(Entries.decode(Kind.WINDOW, result.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        }
    }

    private static byte[] result(int generation, int rev, boolean complete) {
        return Fixtures.result("job", "key", Fixtures.SIX, generation, rev, complete)
                .getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Path> words() {
        return Fixtures.contractFiles("word-count", "examples").stream();
    }

    @ParameterizedTest
    @MethodSource("words")
    void shouldReadEveryExampleOfCounts(Path file) {
        // When
        TailEntry entry = Entries.decode(Kind.WORD, Fixtures.bytes(file)).orElseThrow();
        // Then
        assertThat(entry.key()).isEqualTo(JsonPath.from(Fixtures.text(file)).getString("word"));
    }

    static Stream<Path> alerts() {
        return Stream.of("examples", "future").flatMap(folder -> Fixtures.contractFiles("alert", folder).stream());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldReadEveryExampleAndFutureFileOfAlerts(Path file) {
        assertThat(Fixtures.text(file))
                .contains("\"client\":\"" + read(Kind.ALERT, file).key() + "\"");
        assertThat(Entries.decode(Kind.WINDOW, Fixtures.bytes(file))).isEmpty();
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
        assertThat(Entries.decode(Kind.WINDOW, value.getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void shouldPassOverNullHugeAndDeepValues() {
        assertThat(Entries.decode(Kind.WINDOW, null)).isEmpty();
        assertThat(Entries.decode(Kind.WINDOW, new byte[TailEntry.MAX_BYTES + 1]))
                .isEmpty();
        assertThat(Entries.decode(Kind.WINDOW, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE"})
    void shouldPassOverJsonInAnotherEncoding(String charset) {
        // Given
        String result = new String(result(1, 1, true), StandardCharsets.UTF_8);
        // Then
        assertThat(Entries.decode(Kind.WINDOW, result.getBytes(Charset.forName(charset))))
                .isEmpty();
        assertThat(Entries.decode(Kind.WINDOW, ("\uFEFF" + result).getBytes(Charset.forName(charset))))
                .isEmpty();
    }

    @Test
    void shouldPassOverByteOrderMarkAndMalformedText() {
        // Given
        String result = new String(result(1, 1, true), StandardCharsets.UTF_8);
        // Then
        assertThat(Entries.decode(Kind.WINDOW, ("\uFEFF" + result).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        for (String bytes : List.of("\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00c3")) {
            String malformed = result.replaceFirst("\\{", "{\"more\":\"" + bytes + "\",");
            assertThat(Entries.decode(Kind.WINDOW, malformed.getBytes(StandardCharsets.ISO_8859_1)))
                    .isEmpty();
        }
    }
}
