// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.contract.ContractFiles;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeartbeatContractTest {

    private static final ContractFiles FILES = ContractFiles.of("heartbeat");

    private final JsonRecords<String> records =
            new JsonRecords<>("reading", List.of(), (fetched, fields) -> Decoded.value(fetched, "a reading", 0));

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
        Decoded<String> decoded = records.decode(FetchedRecords.of(FILES.bytes(file), Fetched.HEARTBEAT));

        // Then
        assertThat(decoded.reason()).as(decoded.message()).isNull();
        assertThat(decoded.heartbeat()).isTrue();
        assertThat(Instant.ofEpochMilli(decoded.eventTime()))
                .isEqualTo(expected.get("ts").textValue());
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectWithTheReasonInTheName(String file) {
        // When
        Decoded<String> decoded = records.decode(FetchedRecords.of(FILES.bytes(file), Fetched.HEARTBEAT));

        // Then
        assertThat(decoded.rejected()).isTrue();
        assertThat("rejected/" + decoded.reason().code()).isEqualTo(file.split("--")[0]);
    }
}
