// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.ContractFiles;
import dev.streampane.results.Fixtures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What contract time-series/v1 accepts is read row by row, and a row that it rejects is rejected. */
class CsvRowsContractTest {

    private static final Rows ROWS =
            new CsvRows(ZoneOffset.UTC, Pattern.compile(".*-ni-.*"), Pattern.compile(".*-ns-.*"));

    static Stream<Path> accepted() {
        return Stream.of("examples", "future")
                .flatMap(folder -> Fixtures.contractFiles("time-series", folder).stream())
                .filter(file -> file.toString().endsWith(".csv"));
    }

    static Stream<Path> rejected() {
        return Fixtures.contractFiles("time-series", "rejected").stream();
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void shouldReadWhatTheContractAccepts(Path file) {
        String name = Fixtures.contract("time-series").relativize(file).toString();
        List<String> decoded = new ArrayList<>();
        for (JsonNode row : ContractFiles.of("time-series").decoded().get(name)) {
            decoded.add("%d %s %d [%s] %s"
                    .formatted(
                            decoded.size(),
                            row.path("name").asText(),
                            Instant.parse(row.path("step").asText()).toEpochMilli(),
                            row.has("number") ? row.path("number").asText() : "",
                            row.has("text") ? row.path("text").textValue() : null));
        }
        assertThat(read(Fixtures.bytes(file))).isNotEmpty().isEqualTo(decoded);
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectWhatTheContractRejects(Path file) {
        assertThat(read(Fixtures.bytes(file))).contains("rejected");
    }

    @Test
    void shouldReadTheRowsOfAMessageAndGoOnAfterABadOne() {
        String message = "2026-11-20T06:00:00Z,a-nd-1,19.38\r\n"
                + "2026-11-20T06:00:00Z,a-nd-1,x\n"
                + "2026-11-20 06:00:01,\"a-ns-1\",\"on, \"\"warm\"\"\nor not\"\n"
                + "2026-11-20T06:00:02Z,a-ni-1,-7";
        assertThat(read(message.getBytes(StandardCharsets.UTF_8)))
                .containsExactly(
                        "0 a-nd-1 1795154400000 [19380000] null",
                        "rejected",
                        "2 a-ns-1 1795154401000 [] on, \"warm\"\nor not",
                        "3 a-ni-1 1795154402000 [-7000000] null");
    }

    private static List<String> read(byte[] message) {
        return ReadRows.of(ROWS, new ConsumerRecord<>("time-series", 0, 0, null, message));
    }
}
