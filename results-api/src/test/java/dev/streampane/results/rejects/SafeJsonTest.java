// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeJsonTest {

    @ParameterizedTest
    @CsvSource({
        "0000, \\u0000", "001B, \\u001b", "007F, \\u007f", "0085, \\u0085", "061C, \\u061c",
        "200B, \\u200b", "200F, \\u200f", "2028, \\u2028", "2029, \\u2029", "202A, \\u202a",
        "202E, \\u202e", "2066, \\u2066", "2069, \\u2069", "FEFF, \\ufeff", "FFFF, \\uffff",
        "E000, \\ue000", "E0041, \\udb40\\udc41", "3C, \\u003c", "3E, \\u003e", "26, \\u0026"
    })
    void shouldEscape(String point, String escape) {
        String text = Character.toString(Integer.parseInt(point, 16));
        assertThat(SafeJson.of(TextNode.valueOf(text).toString())).isEqualToIgnoringCase("\"" + escape + "\"");
    }

    @Test
    void shouldKeepWhatShows() {
        assertThat(SafeJson.of("{\"a\":[\"é😀 שלום \\\" \\\\ \\n\",1.5,null]}"))
                .isEqualTo("{\"a\":[\"é😀 שלום \\\" \\\\ \\n\",1.5,null]}");
    }

    @Test
    void shouldGiveReadersTheSameText() throws IOException {
        StringBuilder every = new StringBuilder();
        // all of the first two planes and of that of tags; the others are like the ends of these
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            int plane = point >> 16;
            if ((plane < 2 || plane == 14) && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)) {
                every.appendCodePoint(point);
            }
        }
        String json = SafeJson.of(TextNode.valueOf(every.toString()).toString());
        assertThat(new JsonMapper().readTree(json).asText()).isEqualTo(every.toString());
    }

    @Test
    void shouldTellTextFromOtherBytesAlsoWhereItIsCut() {
        byte[] text = "aé😀".getBytes(StandardCharsets.UTF_8);
        assertThat(RawBytes.text(text, false)).contains("aé😀");
        assertThat(RawBytes.text(Arrays.copyOf(text, 6), true)).contains("aé");
        assertThat(RawBytes.text(Arrays.copyOf(text, 6), false)).isEmpty();
        assertThat(RawBytes.text(Arrays.copyOf(text, 2), true)).contains("a");
        for (int[] broken : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {'a', 0x80}, {0xc3, 'a'}}) {
            byte[] bytes = new byte[broken.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) broken[i];
            }
            assertThat(RawBytes.text(bytes, false)).as(Arrays.toString(broken)).isEmpty();
            assertThat(RawBytes.text(bytes, true)).as(Arrays.toString(broken)).isEmpty();
        }
    }
}
