// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.contract.ContractFiles;
import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.FetchedRecords;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReadingContractTest {

    private static final ContractFiles FILES = ContractFiles.of("device-reading");

    private final ReadingDecoder decoder = new ReadingDecoder(ZoneOffset.UTC);

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
        JsonNode expected = FILES.decoded().get(file);

        // When
        Decoded<DeviceReading> decoded = decoder.decode(FetchedRecords.of(FILES.bytes(file)));

        // Then
        assertThat(decoded.reason()).as(decoded.message()).isNull();
        assertThat(decoded.value())
                .isEqualTo(new DeviceReading(
                        expected.get("device").textValue(),
                        expected.get("temperature").longValue(),
                        expected.get("humidity").longValue()));
        assertThat(Instant.ofEpochMilli(decoded.eventTime()))
                .isEqualTo(expected.get("ts").textValue());
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectWithTheReasonInTheName(String file) {
        // When
        Decoded<DeviceReading> decoded = decoder.decode(FetchedRecords.of(FILES.bytes(file)));

        // Then
        assertThat(decoded.rejected()).isTrue();
        assertThat("rejected/" + decoded.reason().code()).isEqualTo(file.split("--")[0]);
        assertThat(decoded.message()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
    }
}
