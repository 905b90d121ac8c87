// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordJsonTest {

    @Test
    void shouldKeepDecimalsAsTheyAreWritten() {
        // Given
        String json = "{\"a\":19.380000,\"b\":[-0.50]}";
        // Then
        assertThat(RecordJson.read(utf8(json))).hasToString(json);
    }

    @Test
    void shouldReadTheLargestMessages() {
        assertThat(RecordJson.read(utf8("{\"a\":\"" + "x".repeat(1 << 20) + "\"}"))
                        .isObject())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\":1,\"a\":2}",
                "{\"a\":{\"b\":1,\"b\":1}}",
                "{} {}",
                "{}x",
                "{'a':1}",
                "1e99999999999"
            })
    void shouldReadNothingOfWhatIsNoJson(String json) {
        assertThat(RecordJson.read(utf8(json)).isMissingNode()).isTrue();
    }

    @Test
    void shouldReadNothingOfWhatIsTooLargeOrTooDeep() {
        assertThat(RecordJson.read(null).isMissingNode()).isTrue();
        assertThat(RecordJson.read(utf8("\"" + "x".repeat(4 << 20) + "\"")).isMissingNode())
                .isTrue();
        assertThat(RecordJson.read(utf8("[".repeat(17) + "]".repeat(17))).isMissingNode())
                .isTrue();
        assertThat(RecordJson.read(utf8("1".repeat(65))).isMissingNode()).isTrue();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
