// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client has read of a stream so far, as whole events: an HTTP/1.1 answer in chunks, of server-sent events. Safe for use by several threads. */
final class SlowReader {

    private enum Part {
        HEAD,
        SIZE,
        CHUNK,
        CHUNK_END
    }

    private static final Pattern LEFT_OUT = Pattern.compile("\"leftOut\":(\\d+)");

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final int[] newest = new int[Marked.WINDOWS];
    private Part part = Part.HEAD;
    private int chunk;
    private String name = "";
    private int results;
    private int outOfOrder;
    private int resets;
    private long leftOut;

    SlowReader() {
        Arrays.fill(newest, -1);
    }

    /** Takes the next bytes of the connection. */
    synchronized void take(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            switch (part) {
                case HEAD -> head(b);
                case SIZE -> size(b);
                case CHUNK -> body(b);
                case CHUNK_END -> part = b == '\n' ? Part.SIZE : part;
                default -> throw new IllegalStateException(part.name());
            }
        }
    }

    /** Results received. */
    synchronized int results() {
        return results;
    }

    /** Results that came after a newer one of the same window. */
    synchronized int outOfOrder() {
        return outOfOrder;
    }

    /** Results that {@code event: conflated} has said are left out. */
    synchronized long leftOut() {
        return leftOut;
    }

    synchronized int resets() {
        return resets;
    }

    /** Number of the newest result per window; -1 where there was none. */
    synchronized int[] newest() {
        return newest.clone();
    }

    private void head(byte b) {
        line.write(b);
        if (b == '\n') {
            String text = line.toString(StandardCharsets.US_ASCII);
            if (text.endsWith("\r\n\r\n")) {
                if (!text.startsWith("HTTP/1.1 200 ") || !text.contains("chunked")) {
                    throw new IllegalStateException(text);
                }
                line.reset();
                part = Part.SIZE;
            }
        }
    }

    private void size(byte b) {
        if (b != '\n') {
            chunk = b == '\r' ? chunk : chunk * 16 + Character.digit(b, 16);
        } else {
            part = chunk == 0 ? Part.CHUNK_END : Part.CHUNK;
        }
    }

    private void body(byte b) {
        if (b == '\n') {
            line(line.toString(StandardCharsets.UTF_8));
            line.reset();
        } else {
            line.write(b);
        }
        if (--chunk == 0) {
            part = Part.CHUNK_END;
        }
    }

    private void line(String text) {
        if (text.startsWith("event: ")) {
            name = text.substring("event: ".length());
        } else if (text.isEmpty()) {
            name = "";
        } else if (text.startsWith("data: ")) {
            switch (name) {
                case "window" -> result(text);
                case "reset" -> resets++;
                case "conflated" -> {
                    Matcher matcher = LEFT_OUT.matcher(text);
                    leftOut += matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
                }
                default -> {}
            }
        }
    }

    private void result(String data) {
        int mark = data.indexOf(Marked.MARK) + 1;
        int number = Integer.parseInt(data, mark, mark + Marked.DIGITS, 16);
        int window = number % Marked.WINDOWS;
        outOfOrder += number <= newest[window] ? 1 : 0;
        newest[window] = Math.max(newest[window], number);
        results++;
    }
}
