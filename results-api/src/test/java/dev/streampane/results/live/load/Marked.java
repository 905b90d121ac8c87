// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.results.Fixtures.SIX;

import dev.streampane.results.Fixtures;

/** Results that carry a number which is found in an event's bytes without a parser: eight hexadecimal digits behind a {@value #MARK}. */
final class Marked {

    /** Comes before a number, and nowhere else in an event. */
    static final byte MARK = '^';

    /** Digits of a number. */
    static final int DIGITS = 8;

    /** Windows of which all results of a run are revisions, in turn. */
    static final int WINDOWS = 10;

    static final String JOB = "load";

    private Marked() {}

    /** The key of a number's result. */
    static String key(int number) {
        return "device" + number % WINDOWS;
    }

    /** A result of window-result/v1 that is longer by {@code padding} bytes. */
    static String result(int number, int padding) {
        return Fixtures.result(JOB, key(number), SIX, 1, 1 + number / WINDOWS, true)
                .replace(
                        "\"jobVersion\":\"1.0.0\"",
                        "\"jobVersion\":\"1.0.0%c%08x%s\"".formatted((char) MARK, number, "-".repeat(padding)));
    }
}
