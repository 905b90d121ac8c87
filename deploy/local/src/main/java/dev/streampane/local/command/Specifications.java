// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.util.regex.Pattern;

/** Window specifications as the command line takes them: passed on to the jobs, which check them. */
final class Specifications {

    private static final Pattern DURATION =
            Pattern.compile("(?<=[(,=])\\d{1,12}(ms|s|m|h|d)(?=[,)])");

    private Specifications() {}

    /** Without spaces, and each time in its largest whole unit, so that equal ones are the same text. */
    static String canonical(String text) {
        return DURATION.matcher(text.replaceAll("\\s+", ""))
                .replaceAll(time -> Durations.canonical(Durations.parse(time.group())));
    }
}
