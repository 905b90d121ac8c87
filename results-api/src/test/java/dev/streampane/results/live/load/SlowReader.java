// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import dev.streampane.results.EventParser;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client has read of a stream so far, as whole events: an HTTP/1.0 answer of server-sent events. Safe for use by several threads. */
final class SlowReader {

    private static final Pattern LEFT_OUT = Pattern.compile("\"leftOut\":(\\d+)");

    private final StringBuilder head = new StringBuilder();
    private final EventParser events = new EventParser();
    private final int[] newest = new int[Marked.WINDOWS];
    private boolean begun;
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
            if (!begun) {
                head((char) bytes[i]);
            } else if (events.take(bytes[i] & 0xff)) {
                events.event().ifPresent(this::take);
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

    private void head(char next) {
        begun = head.append(next).indexOf("\r\n\r\n") >= 0;
        if (begun && head.indexOf("HTTP/1.0 200 ") != 0) {
            throw new IllegalStateException(head.toString());
        }
    }

    private void take(EventParser.Event event) {
        switch (event.name()) {
            case "window" -> result(event.data());
            case "reset" -> resets++;
            case "conflated" -> {
                Matcher matcher = LEFT_OUT.matcher(event.data());
                leftOut += matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
            }
            default -> {
                // has no result
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
