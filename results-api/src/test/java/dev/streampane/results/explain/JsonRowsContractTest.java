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
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contracts of the inputs accept is read, and what they reject is rejected. */
class JsonRowsContractTest {

    private static final Rows READINGS = new JsonRows(JsonRows.READING, ZoneOffset.UTC);
    private static final Rows TRANSACTIONS = new JsonRows(JsonRows.TRANSACTION, ZoneOffset.UTC);

    static Stream<Path> accepted() {
        return files("examples", "future");
    }

    static Stream<Path> rejected() {
        return files("rejected");
    }

    private static Stream<Path> files(String... folders) {
        return Stream.of("device-reading", "transaction", "heartbeat").flatMap(contract -> Stream.of(folders)
                .flatMap(folder -> Fixtures.contractFiles(contract, folder).stream()));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void shouldReadWhatTheContractAccepts(Path file) {
        assertThat(read(file)).isEqualTo(decoded(file));
    }

    private static String decoded(Path file) {
        String contract = contract(file);
        String name = Fixtures.contract(contract).relativize(file).toString();
        JsonNode values = ContractFiles.of(contract).decoded().get(name);
        long time = Instant.parse(values.path("ts").asText()).toEpochMilli();
        return switch (contract) {
            case "heartbeat" -> "heartbeat " + time;
            case "transaction" ->
                "0 %s %d [%d] null"
                        .formatted(
                                values.path("client").asText(),
                                time,
                                values.path("amount").asLong());
            default ->
                "0 %s %d [%d, %d] null"
                        .formatted(
                                values.path("device").asText(),
                                time,
                                values.path("temperature").asLong(),
                                values.path("humidity").asLong());
        };
    }

    private static String contract(Path file) {
        return file.getParent().getParent().getParent().getFileName().toString();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectWhatTheContractRejects(Path file) {
        assertThat(read(file)).isEqualTo("rejected");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"device":"d","ts":"2026-11-20T06:00:00.123999Z","temperature":19.38,"humidity":57.09} | 0 d 1795154400123 [19380000, 57090000] null
                    {"client":7,"ts":"2026-11-20 06:00:00","temperature":-0.0000005,"humidity":0.0000015} | 0 7 1795154400000 [0, 2] null
                    {"client":"c","ts":"2026-11-20T11:30:00+05:30","temperature":1e6,"humidity":1e-400} | 0 c 1795154400000 [1000000000000, 0] null
                    """)
    void shouldReadTheUnits(String json, String row) {
        assertThat(ReadRows.of(READINGS, new ConsumerRecord<>("t", 0, 0, null, json.getBytes(StandardCharsets.UTF_8))))
                .containsExactly(row);
    }

    @Test
    void shouldRejectNothingAndKindsThatItDoesNotKnow() {
        ConsumerRecord<byte[], byte[]> other = new ConsumerRecord<>("t", 0, 0, null, new byte[] {'{', '}'});
        other.headers().add("kind", "telegram".getBytes(StandardCharsets.UTF_8));
        assertThat(ReadRows.of(READINGS, other)).containsExactly("rejected");
        assertThat(ReadRows.of(READINGS, new ConsumerRecord<>("t", 0, 0, null, null)))
                .containsExactly("rejected");
    }

    private static String read(Path file) {
        String contract = contract(file);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(contract, 0, 0, null, Fixtures.bytes(file));
        if (contract.equals("heartbeat")) {
            record.headers().add("kind", "heartbeat".getBytes(StandardCharsets.UTF_8));
        }
        List<String> rows = ReadRows.of(contract.equals("transaction") ? TRANSACTIONS : READINGS, record);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
