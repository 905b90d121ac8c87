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

/** A key or value as it is shown: always as base64, as text where it is UTF-8, the first {@link #SHOWN} bytes of it. */
final class RawBytes {

    /** So many bytes are shown at most. */
    static final int SHOWN = 4_096;

    private RawBytes() {}

    /** {@code {"bytes":…,"cut":…,"text":…,"base64":…}}, or null for null. {@code text} is null when the shown bytes are not UTF-8. */
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

    /** The text, or nothing when it is not UTF-8; with {@code cut} an incomplete character at the end is left out. */
    static Optional<String> text(byte[] bytes, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, !cut);
        return result.isError() ? Optional.empty() : Optional.of(chars.flip().toString());
    }
}
