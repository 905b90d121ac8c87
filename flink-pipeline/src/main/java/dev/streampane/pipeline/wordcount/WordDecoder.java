// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;

/**
 * Splits a text into its words, one row each; they have no times.
 *
 * <p>{@code "flink  window\nflink"} gives the rows {@code 0 flink | 1 window | 2 flink}. White space is what Unicode calls so; nothing is
 * trimmed of punctuation, folded or normalised. A word that is not UTF-8, has control characters or more than {@value #MAX_WORD_BYTES}
 * bytes is rejected by itself, and the others of its text are not. As a whole a text is rejected when it has no word or more than 1 MiB.
 */
final class WordDecoder implements Decoder<String> {

    static final int MAX_TEXT_BYTES = 1 << 20;
    static final int MAX_WORD_BYTES = 256;

    /** Header {@code kind} that the texts may have; they may have none. */
    static final String KIND = "text";

    private static final long serialVersionUID = 1L;
    private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    @Override
    public void decode(Fetched fetched, Collector<Decoded<String>> out) {
        try {
            byte[] text = text(fetched);
            if (words(text, fetched.row(0, text), out) == 0) { // cuts the key once
                throw new Rejection(RejectReason.EMPTY, "no word");
            }
        } catch (Rejection rejection) {
            out.collect(Decoded.rejected(fetched, rejection.reason(), rejection.getMessage()));
        }
    }

    @Override
    public TypeInformation<String> valueType() {
        return Types.STRING;
    }

    private static byte[] text(Fetched fetched) throws Rejection {
        byte[] text = fetched.value();
        if (text == null || text.length == 0) {
            throw new Rejection(RejectReason.EMPTY, "no value");
        }
        if (fetched.kind() != null && !fetched.kind().equals(KIND)) {
            throw new Rejection(RejectReason.UNKNOWN_TYPE, "header kind is " + Rejection.show(fetched.kind()));
        }
        if (text.length > MAX_TEXT_BYTES) {
            throw new Rejection(RejectReason.TOO_BIG, "more than " + MAX_TEXT_BYTES + " bytes of text in one piece");
        }
        return text;
    }

    /** Tells the rows of a text; how many there are. */
    private static int words(byte[] text, Fetched fetched, Collector<Decoded<String>> out) {
        int rows = 0;
        int from = 0;
        while (from < text.length) {
            int to = from;
            while (to < text.length && !isAsciiSpace(text[to])) {
                to++;
            }
            if (to > from) {
                rows = piece(Arrays.copyOfRange(text, from, to), rows, fetched, out);
            }
            from = to + 1;
        }
        return rows;
    }

    /** What lies between ASCII's white space: a word, or several with other white space between them; the number of the next row. */
    private static int piece(byte[] bytes, int firstRow, Fetched fetched, Collector<Decoded<String>> out) {
        String piece;
        try {
            piece = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            out.collect(
                    Decoded.rejected(fetched.row(firstRow, bytes), RejectReason.NOT_UTF8, "a word that is not UTF-8"));
            return firstRow + 1;
        }
        int row = firstRow;
        for (String word : WHITE_SPACE.split(piece)) {
            if (!word.isEmpty()) {
                out.collect(word(word, fetched.row(row++, word.getBytes(StandardCharsets.UTF_8))));
            }
        }
        return row;
    }

    private static Decoded<String> word(String word, Fetched row) {
        if (row.value().length > MAX_WORD_BYTES) {
            return Decoded.rejected(
                    row,
                    RejectReason.TOO_LONG,
                    "a word of "
                            + row.value().length
                            + " bytes, allowed are "
                            + MAX_WORD_BYTES
                            + ": "
                            + Rejection.show(word));
        }
        if (word.codePoints().anyMatch(Character::isISOControl)) {
            return Decoded.rejected(row, RejectReason.TYPE, "a word with a control character: " + Rejection.show(word));
        }
        return Decoded.value(row, word, Decoded.UNTIMED);
    }

    private static boolean isAsciiSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
