// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.Screen;

/** What standard output is; {@code deploy/streampane} looks and passes it on, for Java cannot tell. */
final class Terminal {

    private static final String COLUMNS = "streampane.columns";

    private Terminal() {}

    /** Whether a line can be written over. */
    static boolean isTerminal() {
        return System.getProperty(COLUMNS) != null;
    }

    /** What a command shows its progress on. */
    static Screen screen(boolean json) {
        Screen.Style style = json ? Screen.Style.JSON : isTerminal() ? Screen.Style.TERMINAL : Screen.Style.PLAIN;
        return new Screen(System.out, style, columns());
    }

    private static int columns() {
        return Math.max(20, Integer.getInteger(COLUMNS, 80));
    }
}
