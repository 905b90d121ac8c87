// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Properties of standard output. The script {@code deploy/streampane} finds them and passes them on, as Java cannot find them. */
final class Terminal {

    private static final String COLUMNS = "streampane.columns";
    private static final Path STANDARD_OUTPUT = Path.of("/dev/fd/1");
    private static final String LINES = "streampane.lines";

    private Terminal() {}

    /** Whether standard output is a terminal. */
    static boolean isTerminal() {
        return System.getProperty(COLUMNS) != null;
    }

    /** Whether colours are wanted: <a href="https://no-color.org">NO_COLOR</a>. */
    static boolean hasColours() {
        return isTerminal() && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** On a terminal, replaces the current line by what fits of {@code line}. */
    static void overwrite(PrintWriter out, String line) {
        if (isTerminal()) {
            out.print("\r" + WindowTable.cut(line, columns() - 1) + "\u001b[K");
            out.flush();
        }
    }

    /** The console on which a command shows its progress. */
    static Console console(boolean json) {
        Console.Style shown =
                hasColours() ? Console.Style.COLOURED : isTerminal() ? Console.Style.TERMINAL : Console.Style.PLAIN;
        return new Console(System.out, json ? Console.Style.JSON : shown, columns(), Terminal::isGone);
    }

    /** Whether nobody reads standard output any more, as after the end of a pipe; the command's own writer does not notice it. */
    static boolean isGone() {
        return isGone(System.out, STANDARD_OUTPUT);
    }

    /** Whether writing fails, and not to a regular file: such a file may be on a full disk, but has no reader to lose. */
    static boolean isGone(PrintStream out, Path file) {
        return out.checkError() && !Files.isRegularFile(file);
    }

    /** Width of the terminal. */
    static int columns() {
        return Math.max(20, Integer.getInteger(COLUMNS, 80));
    }

    /** Height of the terminal. */
    static int lines() {
        return Math.max(5, Integer.getInteger(LINES, 24));
    }
}
