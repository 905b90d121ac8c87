// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.JobCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane jobs stop}: stops one job, which stays stopped. */
@Command(
        name = "stop",
        description = {"Stops a job; nothing is lost or duplicated when it is started again.", """
            It stays stopped until 'jobs start' or the next 'up'. Its open transactions are
            aborted; pre-committed transactions are listed, because they block readers of
            its topics until it is started again."""},
        footer = """

                Example:
                  streampane jobs stop weather-average --savepoint""")
final class JobsStopCommand extends JobsSubcommand {

    @Option(
            names = "--savepoint",
            description = "Makes a savepoint that is kept, and prints its folder."
                    + " Without it the job continues from its newest checkpoint.")
    private boolean savepoint;

    @Override
    public Integer call() {
        return execute(JobCommand.stop(job(), savepoint));
    }
}
