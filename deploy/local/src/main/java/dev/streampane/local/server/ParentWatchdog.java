// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs a main class in a child process for as long as the parent lives: {@code ParentWatchdog MainClass arguments…}. The
 * parent holds the other end of standard input; when that end closes, for instance because the parent was killed, this
 * process ends at once, as if it had been killed, too.
 */
public final class ParentWatchdog {

    /** Exit code of a process whose parent has gone. */
    static final int PARENT_GONE = 86;

    private ParentWatchdog() {}

    public static void main(String[] args) throws Throwable {
        Thread watch = new Thread(ParentWatchdog::haltAtEndOfInput, "parent-watchdog");
        watch.setDaemon(true);
        watch.start();
        run(args[0], Arrays.copyOfRange(args, 1, args.length));
    }

    /** Runs a main class that is not on the compiler's class path. */
    static void run(String mainClass, String... args) throws Throwable {
        try {
            Class.forName(mainClass).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // only the end is of interest
            }
        } catch (IOException gone) {
            // the same as the end
        }
        Runtime.getRuntime().halt(PARENT_GONE);
    }
}
