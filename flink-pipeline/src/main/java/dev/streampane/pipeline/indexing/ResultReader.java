// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.intake.RejectReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one JSON object of at most 64 KiB, with every number exactly as it is written; duplicate fields, anything behind the object and
 * sizes beyond the contracts' limits are errors.
 */
final class ResultReader {

    private static final int LARGEST_BYTES = 65_536;
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            new JsonFactoryBuilder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(16)
                                                    .maxStringLength(4096)
                                                    .maxNameLength(4096)
                                                    .maxNumberLength(64)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private ResultReader() {}

    static ObjectNode read(byte[] value) throws UnreadableResultException {
        String text = text(value);
        try (JsonParser parser = JSON.createParser(text)) {
            JsonNode node = parser.readValueAsTree();
            if (node == null) {
                throw new UnreadableResultException(RejectReason.NOT_JSON, "only whitespace");
            }
            if (!(node instanceof ObjectNode object)) {
                throw new UnreadableResultException(
                        RejectReason.NOT_OBJECT, "a " + node.getNodeType() + ", not an object");
            }
            requireEnd(parser);
            return object;
        } catch (StreamConstraintsException e) {
            boolean deep = e.getOriginalMessage().contains("nesting depth");
            throw new UnreadableResultException(
                    deep ? RejectReason.TOO_DEEP : RejectReason.TOO_LONG, e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            boolean twice = e.getOriginalMessage().startsWith("Duplicate field");
            throw new UnreadableResultException(
                    twice ? RejectReason.DUPLICATE_KEY : RejectReason.NOT_JSON,
                    e.getOriginalMessage());
        } catch (IOException e) {
            throw new UnreadableResultException(RejectReason.NOT_JSON, e.toString());
        }
    }

    private static String text(byte[] value) throws UnreadableResultException {
        if (value == null || value.length == 0) {
            throw new UnreadableResultException(RejectReason.EMPTY, "no value");
        }
        if (value.length > LARGEST_BYTES) {
            throw new UnreadableResultException(
                    RejectReason.TOO_BIG, value.length + " bytes, allowed are " + LARGEST_BYTES);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableResultException(RejectReason.NOT_UTF8, "not UTF-8");
        }
    }

    private static void requireEnd(JsonParser parser)
            throws IOException, UnreadableResultException {
        boolean more;
        try {
            more = parser.nextToken() != null;
        } catch (JsonProcessingException e) {
            more = true;
        }
        if (more) {
            throw new UnreadableResultException(
                    RejectReason.TRAILING, "something follows the object");
        }
    }
}
