// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordDecoderTest {

    @Test
    void shouldSplitAtWhiteSpace() {
        var rows = decode(" flink  window\tflink\r\n\n timer\u000bstate\f");

        assertThat(rows).extracting(Decoded::value).containsExactly("flink", "window", "flink", "timer", "state");
        assertThat(rows)
                .extracting(row -> row.fetched().row())
                .containsExactlyElementsOf(IntStream.range(0, 5).boxed().toList());
        assertThat(rows)
                .extracting(row -> new String(row.fetched().value(), UTF_8))
                .containsExactly("flink", "window", "flink", "timer", "state");
        assertThat(rows).extracting(Decoded::eventTime).containsOnly(Decoded.UNTIMED);
    }

    @Test
    void shouldSplitAtWhatUnicodeCallsWhiteSpace() {
        assertThat(decode("größe\u3000😀\u00a0größe\u2028a\u2009b\u0085c"))
                .extracting(Decoded::value)
                .containsExactly("größe", "😀", "größe", "a", "b", "c");
    }

    @Test
    void shouldTakeWordsAsTheyAre() {
        assertThat(decode("Flink flink, \"flink\" \u00e9 e\u0301 1.50 ${jndi:ldap://x} ../.. ,"))
                .extracting(Decoded::value)
                .containsExactly(
                        "Flink", "flink,", "\"flink\"", "\u00e9", "e\u0301", "1.50", "${jndi:ldap://x}", "../..", ",");
    }

    @Test
    void shouldRejectAWordAndNotItsText() {
        // Given
        byte[] text = "good b\u00e4d tab\u0001le goo\u007fd fine".getBytes(ISO_8859_1);

        // When
        var rows = decode(text);

        // Then
        assertThat(rows).extracting(Decoded::value).containsExactly("good", null, null, null, "fine");
        assertThat(rows)
                .extracting(Decoded::reason)
                .containsExactly(null, RejectReason.NOT_UTF8, RejectReason.TYPE, RejectReason.TYPE, null);
        assertThat(rows.get(1).fetched().value()).isEqualTo("b\u00e4d".getBytes(ISO_8859_1));
        assertThat(rows.get(2).message()).isEqualTo("a word with a control character: \"tab\\u0001le\"");
        assertThat(rows).extracting(row -> row.fetched().row()).containsExactly(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\u001b[31mred", "\u001cx", "\u009f"})
    void shouldRejectControlCharacters(String word) {
        assertThat(decode(word)).extracting(Decoded::reason).containsExactly(RejectReason.TYPE);
    }

    @Test
    void shouldTakeWordsOf256BytesAndNotOf257() {
        // Given
        String longest = "é".repeat(128);

        // When
        var rows = decode(longest + " " + longest + "x");

        // Then
        assertThat(rows.get(0).value()).isEqualTo(longest);
        assertThat(rows.get(1).reason()).isEqualTo(RejectReason.TOO_LONG);
        assertThat(rows.get(1).message()).startsWith("a word of 257 bytes, allowed are 256: \"éé");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\n", "\r\n\t \u3000"})
    void shouldRejectTextWithoutAWord(String text) {
        assertWhole(decode(text), RejectReason.EMPTY, "no word");
    }

    @Test
    void shouldRejectWhatIsNoText() {
        assertWhole(decode((byte[]) null), RejectReason.EMPTY, "no value");
        assertWhole(decode(new byte[0]), RejectReason.EMPTY, "no value");
        assertWhole(
                decode("a ".repeat(1 << 19).getBytes(UTF_8), "heartbeat"),
                RejectReason.UNKNOWN_TYPE,
                "header kind is \"heartbeat\"");
        assertThat(decode("a".getBytes(UTF_8), "text"))
                .extracting(Decoded::value)
                .containsExactly("a");
    }

    @Test
    void shouldReadTextsOfOneMebibyteAndNoneAbove() {
        assertThat(decode("a ".repeat(1 << 19))).hasSize(1 << 19);
        assertWhole(
                decode("a ".repeat(1 << 19) + "a"),
                RejectReason.TOO_BIG,
                "more than 1048576 bytes of text in one piece");
    }

    /** Control characters, with ASCII's white space between them, and with a wider one, at which no piece ends. */
    @ParameterizedTest
    @ValueSource(strings = {" ", "\u00a0"})
    void shouldRejectTheRestOfATextOnceVeryManyOfItsWordsAre(String space) {
        // Given
        String bad = "\u0001" + space;

        // When
        var rows = decode("good " + bad.repeat(65_536) + "fine" + space + bad.repeat(2) + "rest");

        // Then
        assertThat(rows).hasSize(65_539);
        assertThat(rows).extracting(row -> row.fetched().row()).isSorted().doesNotHaveDuplicates();
        assertThat(rows.get(65_537).value()).isEqualTo("fine");
        assertThat(rows.get(65_538).reason()).isEqualTo(RejectReason.TOO_BIG);
        assertThat(rows.get(65_538).message()).isEqualTo("more than 65536 words that are rejected");
        assertThat(rows.get(65_538).fetched().value()).asString(UTF_8).isEqualTo(bad.repeat(2) + "rest");
    }

    private static void assertWhole(List<Decoded<String>> rows, RejectReason reason, String message) {
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).reason()).isEqualTo(reason);
        assertThat(rows.get(0).message()).isEqualTo(message);
        assertThat(rows.get(0).fetched().row()).isEqualTo(Fetched.WHOLE);
    }

    private static List<Decoded<String>> decode(String text) {
        return decode(text.getBytes(UTF_8));
    }

    private static List<Decoded<String>> decode(byte[] text) {
        return decode(text, null);
    }

    private static List<Decoded<String>> decode(byte[] text, String kind) {
        List<Decoded<String>> rows = new ArrayList<>();
        new WordDecoder().decode(new Fetched("texts", "id", 0, 7, 1_000, null, text, kind), new ListCollector<>(rows));
        return rows;
    }
}
