// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** JSON of a key or value: always as base64, also as text if it is UTF-8; only the first {@link #SHOWN} bytes. */
final class RawBytes {

    /** Most bytes that are shown. */
    static final int SHOWN = 4_096;

    private RawBytes() {}

    /** {@code {"bytes":…,"cut":…,"text":…,"base64":…}}; JSON null for null. {@code text} is null if the shown bytes are not UTF-8. */
    static JsonNode json(byte[] bytes) {
        if (bytes == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        byte[] shown = bytes.length > SHOWN ? Arrays.copyOf(bytes, SHOWN) : bytes;
        boolean cut = shown.length < bytes.length;
        return JsonNodeFactory.instance
                .objectNode()
                .put("bytes", bytes.length)
                .put("cut", cut)
                .put("text", text(shown, cut).orElse(null))
                .put("base64", Base64.getEncoder().encodeToString(shown));
    }

    /** The text; empty if the bytes are not UTF-8. With {@code cut}, an incomplete character at the end is dropped. */
    static Optional<String> text(byte[] bytes, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, !cut);
        return result.isError() ? Optional.empty() : Optional.of(chars.flip().toString());
    }
}
