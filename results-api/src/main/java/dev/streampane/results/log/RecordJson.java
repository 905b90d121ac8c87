// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;

/** Parses JSON values of records. The log is not trusted. */
public final class RecordJson {

    /** More than a topic accepts as one message, so that no message of a job is left out. */
    private static final int MAX_BYTES = 4 << 20;

    /** The longest number, in characters. */
    public static final int MAX_NUMBER_LENGTH = 64;

    /** Makes parsers that refuse duplicate fields, deep nesting and long numbers. */
    public static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .build();

    /** Keeps decimals as they are written. */
    private static final JsonMapper JSON = JsonMapper.builder(STRICT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private RecordJson() {}

    /**
     * A record's value as JSON; a missing node when it is null or not valid JSON, has a duplicate field, a number that no
     * {@link java.math.BigDecimal} holds, or is too large or nested too deeply.
     */
    public static JsonNode read(byte[] value) {
        try {
            return value == null || value.length > MAX_BYTES ? MissingNode.getInstance() : JSON.readTree(value);
        } catch (IOException | NumberFormatException e) { // the latter of an exponent of many digits
            return MissingNode.getInstance();
        }
    }
}
