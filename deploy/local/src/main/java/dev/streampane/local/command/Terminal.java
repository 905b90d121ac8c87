// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.Console;

/** What standard output is; {@code deploy/streampane} looks and passes it on, for Java cannot tell. */
final class Terminal {

    private static final String COLUMNS = "streampane.columns";

    private Terminal() {}

    /** Whether a line can be written over. */
    static boolean isTerminal() {
        return System.getProperty(COLUMNS) != null;
    }

    /** What a command shows its progress on. */
    static Console console(boolean json) {
        Console.Style style = json ? Console.Style.JSON : isTerminal() ? Console.Style.TERMINAL : Console.Style.PLAIN;
        return new Console(System.out, style, columns());
    }

    private static int columns() {
        return Math.max(20, Integer.getInteger(COLUMNS, 80));
    }
}
