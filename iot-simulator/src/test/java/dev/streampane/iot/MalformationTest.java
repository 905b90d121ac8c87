// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.simulation.Malformation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MalformationTest {

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @EnumSource(ReadingFormat.class)
    void shouldSpoilInTheWayThatItIsNamedAfter(ReadingFormat format) throws IOException {
        byte[] whole = new ReadingWriter(format, ZoneOffset.UTC)
                .write(new DeviceReading("device1", 1_795_154_400_000L, 1938, 5709));

        assertThat(Malformation.EMPTY.spoil(whole, ReadingGenerator.TARGET)).isEmpty();
        assertThatThrownBy(() -> UTF_8.newDecoder()
                        .decode(ByteBuffer.wrap(Malformation.NOT_UTF8.spoil(whole, ReadingGenerator.TARGET))))
                .isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.NOT_JSON.spoil(whole, ReadingGenerator.TARGET)))
                .hasMessageContaining("end-of-input");
        assertThat(STRICT.readTree(Malformation.NOT_OBJECT.spoil(whole, ReadingGenerator.TARGET))
                        .isArray())
                .isTrue();
        assertThat(tree(Malformation.MISSING, whole).has("ts")).isFalse();
        assertThat(tree(Malformation.NULL, whole).get("humidity").isNull()).isTrue();
        assertThat(tree(Malformation.TYPE, whole).get("humidity").isTextual()).isTrue();
        assertThat(tree(Malformation.RANGE, whole).get("humidity").doubleValue())
                .isGreaterThan(1e6);
        assertThat(tree(Malformation.TOO_LONG, whole).path(0).isMissingNode()).isTrue();
        assertThat(new String(Malformation.TOO_LONG.spoil(whole, ReadingGenerator.TARGET), UTF_8))
                .contains("x".repeat(4097));
        assertThat(new String(Malformation.TOO_DEEP.spoil(whole, ReadingGenerator.TARGET), UTF_8))
                .contains("[".repeat(17));
        assertThat(Malformation.TOO_BIG.spoil(whole, ReadingGenerator.TARGET)).hasSizeGreaterThan(64 * 1024);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.DUPLICATE_KEY.spoil(whole, ReadingGenerator.TARGET)))
                .hasMessageContaining("Duplicate field 'ts'");
        assertThat(new String(Malformation.TRAILING.spoil(whole, ReadingGenerator.TARGET), UTF_8))
                .endsWith("}}");
        assertThat(Malformation.UNKNOWN_TYPE.spoil(whole, ReadingGenerator.TARGET))
                .isEqualTo(whole);
    }

    private static JsonNode tree(Malformation malformation, byte[] whole) throws IOException {
        return STRICT.readTree(malformation.spoil(whole, ReadingGenerator.TARGET));
    }
}
