// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The lines of a stream of bytes, without the line feeds that end them. The rest of a line that is longer than the longest text is skipped, so
 * that input without line feeds needs no more memory than other input.
 */
final class Lines {

    /** Enough bytes to detect that a line is too long. */
    private static final int KEPT_BYTES = WordDecoder.MAX_TEXT_BYTES + 1;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);

    Lines(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 14);
    }

    /** The next line, or null at the end. If {@code in} throws in the middle of a line, the next call continues that line. */
    byte[] next() throws IOException {
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return take();
            }
            if (line.size() < KEPT_BYTES) {
                line.write(b);
            }
        }
        return line.size() > 0 ? take() : null;
    }

    private byte[] take() {
        byte[] bytes = line.toByteArray();
        line.reset();
        return bytes;
    }

    void close() throws IOException {
        in.close();
    }
}
