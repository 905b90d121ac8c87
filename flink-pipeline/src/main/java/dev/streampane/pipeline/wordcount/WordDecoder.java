// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.JsonFields;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;

/**
 * Splits a text into its words, one row each, without event times.
 *
 * <p>{@code "flink  window\nflink"} gives the rows {@code 0 flink | 1 window | 2 flink}. White space is that of Unicode; words keep their
 * punctuation and case, and are not normalised. A word that is not UTF-8, has control characters or more than {@value #MAX_WORD_BYTES} bytes is
 * rejected by itself, and the other words of its text are not. After {@value #MAX_REJECTED} rejected words the next one is rejected together
 * with all the rest of the text. A text is rejected as a whole when it has no word or more than 1 MiB.
 */
final class WordDecoder implements Decoder<String> {

    static final int MAX_TEXT_BYTES = 1 << 20;
    static final int MAX_WORD_BYTES = 256;

    /** The most words of a text that are rejected one by one, so that a text of control characters does not become half a million dead letters. */
    static final int MAX_REJECTED = 65_536;

    /** The value of the header {@code kind}; texts without the header are allowed. */
    static final String KIND = "text";

    private static final Pattern WORD = Pattern.compile("\\P{IsWhite_Space}+");

    @Override
    public void decode(Fetched fetched, Collector<Decoded<String>> out) {
        try {
            byte[] text = text(fetched);
            var rows = new Rows(text, fetched.row(0, text), out); // cuts a long key once for all rows
            rows.emit();
            if (rows.emitted == 0) {
                throw new Rejection(RejectReason.EMPTY, "no word");
            }
        } catch (Rejection rejection) {
            out.collect(Decoded.rejected(fetched, rejection));
        }
    }

    @Override
    public TypeInformation<String> valueType() {
        return Types.STRING;
    }

    private static byte[] text(Fetched fetched) throws Rejection {
        byte[] text = fetched.valueOfKind(KIND);
        if (text.length > MAX_TEXT_BYTES) {
            throw new Rejection(RejectReason.TOO_BIG, "more than " + MAX_TEXT_BYTES + " bytes of text in one piece");
        }
        return text;
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

    private static final class Rows {

        private final byte[] text;
        private final Fetched fetched;
        private final Collector<Decoded<String>> out;
        private int emitted;
        private int rejected;

        /** The index at which the next word may begin; the text's length once there is none. */
        private int next;

        Rows(byte[] text, Fetched fetched, Collector<Decoded<String>> out) {
            this.text = text;
            this.fetched = fetched;
            this.out = out;
        }

        void emit() {
            while (next < text.length) {
                int to = next;
                while (to < text.length && !isAsciiSpace(text[to])) {
                    to++;
                }
                if (to > next) {
                    piece(Arrays.copyOfRange(text, next, to));
                }
                next = Math.max(next, to + 1);
            }
        }

        /** Decodes the bytes between ASCII white space: a word, or several words with other white space between them. */
        private void piece(byte[] bytes) {
            String piece;
            try {
                piece = JsonFields.utf8(bytes);
            } catch (Rejection notUtf8) {
                emit(
                        Decoded.rejected(
                                fetched.row(emitted, bytes), RejectReason.NOT_UTF8, "a word that is not UTF-8"),
                        "",
                        0);
                return;
            }
            Matcher words = WORD.matcher(piece);
            while (next < text.length && words.find()) {
                String word = words.group();
                emit(word(word, fetched.row(emitted, utf8(word))), piece, words.start());
            }
        }

        /** @param start where the word begins in the piece */
        private void emit(Decoded<String> row, String piece, int start) {
            if (row.rejected() && rejected++ == MAX_REJECTED) {
                int before = next + utf8(piece.substring(0, start)).length;
                byte[] rest = Arrays.copyOfRange(text, before, text.length);
                out.collect(Decoded.rejected(
                        fetched.row(emitted, rest),
                        RejectReason.TOO_BIG,
                        "more than " + MAX_REJECTED + " words that are rejected"));
                next = text.length;
            } else {
                out.collect(row);
            }
            emitted++;
        }

        private static byte[] utf8(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
