// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.JobCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code streampane jobs rescale}: changes the parallelism of one job. */
@Command(
        name = "rescale",
        description = {
            "Stops a job with a savepoint and restarts it with N subtasks per operator.",
            "Its generation stays. If that fails, the job continues as before."
        },
        footer = """

                Example:
                  streampane jobs rescale weather-average 4""")
final class JobsRescaleCommand extends JobsSubcommand {

    /** Flink's largest parallelism. */
    static final int MOST_SUBTASKS = 32_768;

    @Parameters(
            paramLabel = "N",
            index = "1",
            description = "Subtasks per operator, at most the job's"
                    + " max-parallelism (128) and the free slots. The source"
                    + " has at most one per partition of its topic.")
    private int parallelism;

    @Override
    public Integer call() {
        checkRange("N", parallelism, 1, MOST_SUBTASKS);
        return execute(JobCommand.rescale(job(), parallelism));
    }
}
