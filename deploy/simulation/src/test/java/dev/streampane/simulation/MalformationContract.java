// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Each {@link Malformation} on a simulator's records. */
public abstract class MalformationContract {

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Spoils a record in every way.
     *
     * @param whole its value
     * @param missing field that is taken out
     * @param number field that holds a number
     */
    protected static void assertSpoiledAsNamed(byte[] whole, Malformation.Target target, String missing, String number)
            throws IOException {
        assertThat(Malformation.EMPTY.spoil(whole, target)).isEmpty();
        assertThatThrownBy(() -> UTF_8.newDecoder().decode(ByteBuffer.wrap(Malformation.NOT_UTF8.spoil(whole, target))))
                .isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.NOT_JSON.spoil(whole, target)))
                .hasMessageContaining("end-of-input");
        assertThat(STRICT.readTree(Malformation.NOT_OBJECT.spoil(whole, target)).isArray())
                .isTrue();
        assertThat(tree(Malformation.MISSING, whole, target).has(missing)).isFalse();
        assertThat(tree(Malformation.NULL, whole, target).get(number).isNull()).isTrue();
        assertThat(tree(Malformation.TYPE, whole, target).get(number).isTextual())
                .isTrue();
        assertThat(tree(Malformation.RANGE, whole, target).get(number).doubleValue())
                .isGreaterThan(1e6);
        assertThat(tree(Malformation.TOO_LONG, whole, target).path(0).isMissingNode())
                .isTrue();
        assertThat(new String(Malformation.TOO_LONG.spoil(whole, target), UTF_8))
                .contains("x".repeat(4097));
        assertThat(new String(Malformation.TOO_DEEP.spoil(whole, target), UTF_8))
                .contains("[".repeat(17));
        assertThat(Malformation.TOO_BIG.spoil(whole, target)).hasSizeGreaterThan(64 * 1024);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.DUPLICATE_KEY.spoil(whole, target)))
                .hasMessageContaining("Duplicate field 'ts'");
        assertThat(new String(Malformation.TRAILING.spoil(whole, target), UTF_8))
                .endsWith("}}");
        assertThat(Malformation.UNKNOWN_TYPE.spoil(whole, target)).isEqualTo(whole);
    }

    private static JsonNode tree(Malformation malformation, byte[] whole, Malformation.Target target)
            throws IOException {
        return STRICT.readTree(malformation.spoil(whole, target));
    }
}
