// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.stack.DataFolder;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code streampane down}: ends the stack as Ctrl-C in its terminal does. */
@Command(
        name = "down",
        description = {
            "Stops the jobs with a savepoint and ends everything, as Ctrl-C does.",
            "Exit code 0 also when nothing runs."
        })
final class DownCommand extends StackCommand {

    private static final int PATIENCE_SECONDS = 20;

    @Override
    public Integer call() {
        PrintWriter out = out();
        Optional<ProcessHandle> up = DataFolder.holder(data().folder());
        if (up.isEmpty()) {
            out.println("nothing runs on " + data().folder());
            return 0;
        }
        ProcessHandle process = up.get();
        long begin = System.nanoTime();
        if (!process.destroy() && process.isAlive()) {
            throw StackException.notAllowed("pid " + process.pid() + " is another user's: end it as that user");
        }
        for (int waited = 1;
                !endsWithinASecond(process)
                        && DataFolder.holder(data().folder()).equals(up);
                waited++) {
            if (waited == PATIENCE_SECONDS) {
                throw StackException.startFailed(
                        "pid " + process.pid() + " has not ended after " + PATIENCE_SECONDS + " s");
            }
        }
        out.printf(Locale.ROOT, "stopped in %.1f s%n", (System.nanoTime() - begin) / 1e9);
        return 0;
    }

    /** False also for a process that has ended and that its parent does not reap; such a process no longer holds the folder. */
    private static boolean endsWithinASecond(ProcessHandle up) {
        return up.onExit().completeOnTimeout(null, 1, TimeUnit.SECONDS).join() != null;
    }
}
