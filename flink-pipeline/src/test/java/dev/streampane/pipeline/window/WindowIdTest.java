// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.ContractFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WindowIdTest {

    private static final ContractFiles FILES = ContractFiles.of("window-result");
    private static final WindowSpec MINUTE = WindowSpecParser.parse("tumbling(1m)");
    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final Instant END = Instant.parse("2026-11-20T06:01:00Z");

    private static String id(String key) {
        return results("weather-average", MINUTE).id(key, START.toEpochMilli(), END.toEpochMilli());
    }

    private static SpecResults results(String job, WindowSpec spec) {
        return new SpecResults(new JobLabel(job, 1, "1.0.0", "UTC"), spec, new ResultShape(List.of(), List.of()));
    }

    static Stream<String> examples() {
        return FILES.names("examples");
    }

    private static JsonNode read(String file) {
        try {
            return new ObjectMapper().readTree(FILES.bytes(file));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldGiveTheIdOfTheContractsExample(String file) {
        // Given
        JsonNode result = read(file);

        String job = result.get("job").textValue();
        WindowSpec spec = WindowSpecParser.parse(result.get("spec").textValue());
        String key = result.get("key").textValue();
        JsonNode window = result.get("window");

        // When
        String id = spec instanceof WindowSpec.Global
                ? results(job, spec).id(key, window.get("number").longValue())
                : results(job, spec).id(key, millis(window.get("start")), millis(window.get("end")));

        // Then
        assertThat(id).isEqualTo(result.get("id").textValue());
    }

    private static long millis(JsonNode time) {
        return Instant.parse(time.textValue()).toEpochMilli();
    }

    @ParameterizedTest
    @CsvSource({
        "a~b, a%7Eb",
        "a/b, a%2Fb",
        "../.., ..%2F..",
        "a b, a%20b",
        "é, %C3%A9",
        "A-z_0.9, A-z_0.9",
        "a%2Fb, a%252Fb",
        "😀, %F0%9F%98%80"
    })
    void shouldEncodeWhatIsNotPlain(String key, String encoded) {
        assertThat(id(key).split("~")[2]).isEqualTo(encoded);
    }

    @Test
    void shouldHashKeyOnlyWhenItsEncodedFormIsLongerThan200() {
        assertThat(id("x".repeat(200)).split("~")[2]).isEqualTo("x".repeat(200));
        assertThat(id("x".repeat(201)).split("~")[2]).matches("[0-9a-f]{64}");
        assertThat(id("é".repeat(34)).split("~")[2]).matches("[0-9a-f]{64}");
        assertThat(id("é".repeat(33)).split("~")[2]).hasSize(198);
    }
}
