// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** What standard output is; {@code deploy/streampane} looks and passes it on, for Java cannot tell. */
final class Terminal {

    private static final String COLUMNS = "streampane.columns";
    private static final Path STANDARD_OUTPUT = Path.of("/dev/fd/1");
    private static final String LINES = "streampane.lines";

    private Terminal() {}

    /** Whether a person looks at it. */
    static boolean isTerminal() {
        return System.getProperty(COLUMNS) != null;
    }

    /** Whether colours are wanted: <a href="https://no-color.org">NO_COLOR</a>. */
    static boolean hasColours() {
        return isTerminal() && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Shows what fits of a line in place of the one before, where that can be done. */
    static void overwrite(PrintWriter out, String line) {
        if (isTerminal()) {
            out.print("\r" + WindowTable.cut(line, columns() - 1) + "\u001b[K");
            out.flush();
        }
    }

    /** What a command shows its progress on. */
    static Console console(boolean json) {
        Console.Style shown =
                hasColours() ? Console.Style.COLOURED : isTerminal() ? Console.Style.TERMINAL : Console.Style.PLAIN;
        return new Console(System.out, json ? Console.Style.JSON : shown, columns(), Terminal::isGone);
    }

    /** Whether nobody reads any more what is printed; a writer of the command does not hear of it. */
    static boolean isGone() {
        return isGone(System.out, STANDARD_OUTPUT);
    }

    /** A regular file does not lose its reader when it cannot be written, as on a full disk. */
    static boolean isGone(PrintStream out, Path file) {
        return out.checkError() && !Files.isRegularFile(file);
    }

    /** Its width. */
    static int columns() {
        return Math.max(20, Integer.getInteger(COLUMNS, 80));
    }

    /** Its height. */
    static int lines() {
        return Math.max(5, Integer.getInteger(LINES, 24));
    }
}
