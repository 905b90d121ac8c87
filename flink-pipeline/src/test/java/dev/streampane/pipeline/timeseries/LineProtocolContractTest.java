// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.contract.LineProtocol;
import dev.streampane.pipeline.timeseries.LineProtocolParser.Malformed;
import dev.streampane.pipeline.timeseries.LineProtocolParser.Point;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LineProtocolContractTest {

    private static final ContractFiles FILES = ContractFiles.of("line-protocol");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-11-20T06:01:00Z");
    private static final long TIME = 1_795_154_460_000_000_000L;

    static Stream<String> examples() {
        return FILES.names("examples");
    }

    static Stream<String> valid() {
        return Stream.concat(examples(), FILES.names("future"));
    }

    static Stream<String> rejected() {
        return FILES.names("rejected");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void shouldParseToWhatTheContractSays(String file) {
        assertThat(json(LineProtocolParser.parse(FILES.bytes(file))))
                .isEqualTo(FILES.decoded().get(file));
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRefuseForThePartInTheName(String file) {
        // When
        Throwable refusal = catchThrowable(() -> checked(FILES.bytes(file)));

        // Then
        assertThat(refusal).isInstanceOf(Malformed.class);
        assertThat("rejected/" + ((Malformed) refusal).part()).isEqualTo(file.split("--")[0]);
    }

    private static void checked(byte[] message) {
        for (JsonNode point : json(LineProtocolParser.parse(message))) {
            List<String> violations = FILES.violations(point.toString().getBytes(StandardCharsets.UTF_8));
            if (!violations.isEmpty()) {
                throw new Malformed(
                        violations.get(0).replaceAll("[^a-z]*([a-z]+)(?s:.*)", "$1"), violations.toString());
            }
        }
    }

    /** What the contract shows is what is written, to the byte. */
    @ParameterizedTest
    @MethodSource("examples")
    void shouldWriteTheExamples(String file) {
        // Given
        String shown = new String(FILES.bytes(file), StandardCharsets.UTF_8);

        // When
        var written = new StringBuilder();
        for (JsonNode point : FILES.decoded().get(file)) {
            written.append(written(point));
        }

        // Then
        assertThat(LineProtocol.output(written.toString()).value())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(shown);
    }

    private static String written(JsonNode point) {
        String name = point.at("/tags/name").textValue();
        Instant time = Instant.ofEpochMilli(point.get("time").longValue() / 1_000_000);
        JsonNode value = point.at("/fields/value");
        return value.isMissingNode()
                ? LineProtocol.text(name, point.at("/fields/text").textValue(), time)
                : LineProtocol.number(
                        name, BigDecimal.valueOf(value.doubleValue()).setScale(6), time);
    }

    /** Any name and any text comes back; only what no line can hold comes back as the contract says. */
    @Test
    void shouldGiveBackAnyNameAndText() {
        long seed = 7;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            // Given
            String name = random(random, 1 + random.nextInt(8));
            String text = random(random, random.nextInt(12));
            BigDecimal number = BigDecimal.valueOf(random.nextLong(-1L << 40, 1L << 40), 6);
            String lines = LineProtocol.text(name, text, END) + LineProtocol.number(name, number, END);

            // When
            List<Point> points = LineProtocolParser.parse(lines.getBytes(StandardCharsets.UTF_8));

            // Then
            String shown =
                    broken(name).replace("\t", "\\t").replace("\u000b", "\\v").replaceAll("\\\\\\z", "%5C");
            assertThat(points)
                    .as("seed %d, case %d", seed, i)
                    .extracting(point -> point.tags().get("name"), Point::fields, Point::time)
                    .containsExactly(
                            tuple(shown, Map.of("text", broken(text)), TIME),
                            tuple(shown, Map.of("value", number), TIME));
        }
    }

    private static String broken(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\f", "\\f");
    }

    private static String random(Random random, int length) {
        String alphabet = "ab ,=\"\\#\n\r\t\u000b\fn%5C\u00e9\u0000\u2028'";
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static JsonNode json(List<Point> points) {
        try {
            return JSON.readTree(JSON.writeValueAsBytes(points));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
