// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.ContractFiles;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of an input's contract is read as the contract says, or rejected for the reason in its name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class InputContract<T> {

    private final ContractFiles files;
    private final Function<byte[], Decoded<T>> decoder;

    protected InputContract(String contract, Function<byte[], Decoded<T>> decoder) {
        this.files = ContractFiles.of(contract);
        this.decoder = decoder;
    }

    /** Holds what was read against the contract's {@code decoded.json}; its time is looked at already. */
    protected abstract void assertValue(Decoded<T> decoded, JsonNode expected);

    Stream<String> valid() {
        return Stream.concat(files.names("examples"), files.names("future"));
    }

    Stream<String> rejected() {
        return files.names("rejected");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void shouldDecodeWhatTheContractAllows(String file) {
        // Given
        JsonNode expected = files.decoded().get(file);

        // When
        Decoded<T> decoded = decoder.apply(files.bytes(file));

        // Then
        assertThat(decoded.reason()).as(decoded.message()).isNull();
        assertThat(Instant.ofEpochMilli(decoded.eventTime()))
                .isEqualTo(expected.get("ts").textValue());
        assertValue(decoded, expected);
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectWithTheReasonInTheName(String file) {
        // When
        Decoded<T> decoded = decoder.apply(files.bytes(file));

        // Then
        assertThat(decoded.rejected()).isTrue();
        assertThat("rejected/" + decoded.reason().code()).isEqualTo(file.split("--")[0]);
        assertThat(decoded.message()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
    }
}
