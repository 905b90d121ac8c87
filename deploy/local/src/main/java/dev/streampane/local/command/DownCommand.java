// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.stack.DataFolder;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;

/** {@code streampane down}: ends the stack as Ctrl-C in its terminal does. */
@Command(
        name = "down",
        description = {
            "Stops the jobs with a savepoint and ends everything, as Ctrl-C does.",
            "Nothing is wrong when nothing runs."
        })
final class DownCommand extends StackCommand {

    private static final int PATIENCE_SECONDS = 20;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        PrintWriter out = out();
        Optional<ProcessHandle> up = DataFolder.holder(data().folder());
        if (up.isEmpty()) {
            out.println("nothing runs on " + data().folder());
            return 0;
        }
        long begin = System.nanoTime();
        if (!up.get().destroy() && up.get().isAlive()) {
            throw StackException.notAllowed("pid " + up.get().pid() + " is another user's: end it as that user");
        }
        for (int waited = 1;
                !endsWithinASecond(up.get())
                        && DataFolder.holder(data().folder()).equals(up);
                waited++) {
            if (waited == PATIENCE_SECONDS) {
                throw StackException.startFailed(
                        "pid " + up.get().pid() + " has not ended after " + PATIENCE_SECONDS + " s");
            }
        }
        out.printf(java.util.Locale.ROOT, "stopped in %.1f s%n", (System.nanoTime() - begin) / 1e9);
        return 0;
    }

    /** False also for a process that has ended and that its parent does not reap; such a process no longer holds the folder. */
    private static boolean endsWithinASecond(ProcessHandle up) throws InterruptedException, ExecutionException {
        try {
            up.onExit().get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
