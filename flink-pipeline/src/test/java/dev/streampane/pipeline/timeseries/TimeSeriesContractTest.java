// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.timeseries.TimeSeriesRow.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimeSeriesContractTest {

    private static final ContractFiles FILES = ContractFiles.of("time-series");

    static Stream<String> valid() {
        return Stream.concat(FILES.names("examples"), FILES.names("future"));
    }

    static Stream<String> rejected() {
        return FILES.names("rejected");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void shouldDecodeWhatTheContractAllows(String file) {
        // Given
        List<String> expected = new ArrayList<>();
        for (JsonNode row : FILES.decoded().get(file)) {
            expected.add(described(
                    Instant.parse(row.get("step").textValue()).toEpochMilli(),
                    new TimeSeriesRow(
                            row.get("name").textValue(),
                            Type.valueOf(row.get("type").textValue()),
                            row.path("number").longValue(),
                            row.path("text").asText(""))));
        }

        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(FILES.bytes(file));

        // Then
        assertThat(rows).allSatisfy(row -> assertThat(row.message()).isNull());
        assertThat(rows)
                .extracting(row -> described(row.eventTime(), row.value()))
                .containsExactlyElementsOf(expected);
        assertThat(rows).extracting(row -> row.fetched().row()).isEqualTo(Decoding.numbers(rows.size()));
    }

    private static String described(long eventTime, TimeSeriesRow row) {
        String text = row.type().isNumber() ? "" : row.text();
        return Instant.ofEpochMilli(eventTime) + " " + new TimeSeriesRow(row.name(), row.type(), row.number(), text);
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectOneRowWithTheReasonInTheName(String file) {
        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(FILES.bytes(file));

        // Then
        assertThat(rows.stream().filter(Decoded::rejected)).singleElement().satisfies(row -> {
            assertThat("rejected/" + row.reason().code()).isEqualTo(file.split("--")[0]);
            assertThat(row.message()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
        });
        assertThat(rows.stream().filter(row -> !row.rejected()))
                .extracting(row -> row.value().number())
                .containsOnly(expectedNeighbours(rows));
    }

    /** Every row beside the rejected one is {@code …,1}. */
    private static Long[] expectedNeighbours(List<Decoded<TimeSeriesRow>> rows) {
        return rows.size() == 1 ? new Long[0] : new Long[] {1_000_000L};
    }
}
