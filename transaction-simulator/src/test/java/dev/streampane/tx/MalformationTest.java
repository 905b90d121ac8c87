// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

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
    @EnumSource(TransactionFormat.class)
    void shouldSpoilInTheWayThatItIsNamedAfter(TransactionFormat format) throws IOException {
        byte[] whole = new TransactionWriter(format, ZoneOffset.UTC)
                .write(new Transaction(
                        "3", 1_795_154_400_000L, 12_000, "Bakery", new Transaction.Place(5_250_000, 1_340_000)));

        assertThat(Malformation.EMPTY.spoil(whole, TransactionGenerator.TARGET)).isEmpty();
        assertThatThrownBy(() -> UTF_8.newDecoder()
                        .decode(ByteBuffer.wrap(Malformation.NOT_UTF8.spoil(whole, TransactionGenerator.TARGET))))
                .isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.NOT_JSON.spoil(whole, TransactionGenerator.TARGET)))
                .hasMessageContaining("end-of-input");
        assertThat(STRICT.readTree(Malformation.NOT_OBJECT.spoil(whole, TransactionGenerator.TARGET))
                        .isArray())
                .isTrue();
        assertThat(tree(Malformation.MISSING, whole).has("client")).isFalse();
        assertThat(tree(Malformation.NULL, whole).get("amount").isNull()).isTrue();
        assertThat(tree(Malformation.TYPE, whole).get("amount").isTextual()).isTrue();
        assertThat(tree(Malformation.RANGE, whole).get("amount").doubleValue()).isGreaterThan(1e6);
        assertThat(tree(Malformation.TOO_LONG, whole).path(0).isMissingNode()).isTrue();
        assertThat(new String(Malformation.TOO_LONG.spoil(whole, TransactionGenerator.TARGET), UTF_8))
                .contains("x".repeat(4097));
        assertThat(new String(Malformation.TOO_DEEP.spoil(whole, TransactionGenerator.TARGET), UTF_8))
                .contains("[".repeat(17));
        assertThat(Malformation.TOO_BIG.spoil(whole, TransactionGenerator.TARGET))
                .hasSizeGreaterThan(64 * 1024);
        assertThatThrownBy(() -> STRICT.readTree(Malformation.DUPLICATE_KEY.spoil(whole, TransactionGenerator.TARGET)))
                .hasMessageContaining("Duplicate field 'ts'");
        assertThat(new String(Malformation.TRAILING.spoil(whole, TransactionGenerator.TARGET), UTF_8))
                .endsWith("}}");
        assertThat(Malformation.UNKNOWN_TYPE.spoil(whole, TransactionGenerator.TARGET))
                .isEqualTo(whole);
    }

    private static JsonNode tree(Malformation malformation, byte[] whole) throws IOException {
        return STRICT.readTree(malformation.spoil(whole, TransactionGenerator.TARGET));
    }
}
