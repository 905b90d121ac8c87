// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    void shouldReadLines() throws IOException {
        assertThat(lines("one\n\ntwo\r\nthree")).containsExactly("one", "", "two\r", "three");
        assertThat(lines("one\n")).containsExactly("one");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void shouldSkipTheRestOfALineThatIsTooLong() throws IOException {
        List<String> lines = lines("a".repeat(3 << 20) + "\nshort\n");

        assertThat(lines.get(0)).hasSize(WordDecoder.MAX_TEXT_BYTES + 1);
        assertThat(lines).element(1).isEqualTo("short");
    }

    @Test
    void shouldGoOnWithALineAfterASilence() throws IOException {
        // Given
        var silence = new InputStream() {
            private boolean over;

            @Override
            public int read() throws IOException {
                if (over) {
                    return -1;
                }
                over = true;
                throw new SocketTimeoutException("nothing came");
            }
        };
        var lines = new Lines(new SequenceInputStream(new SequenceInputStream(in("fli"), silence), in("nk\n")));

        // When
        assertThatThrownBy(lines::next).isInstanceOf(SocketTimeoutException.class);

        // Then
        assertThat(lines.next()).asString(UTF_8).isEqualTo("flink");
    }

    private static List<String> lines(String text) throws IOException {
        var lines = new Lines(in(text));
        List<String> read = new ArrayList<>();
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            read.add(new String(line, UTF_8));
        }
        return read;
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
