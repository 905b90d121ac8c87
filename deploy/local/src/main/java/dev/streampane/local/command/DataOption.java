// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.stack.DataFolder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option {@code --data}, which says by its folder which stack a subcommand is about. */
final class DataOption extends OptionGroup {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the stack's data (default: .streampane in the checkout).")
    private String data;

    /** The folder as an absolute path; a relative path is resolved against the working directory. */
    Path folder() {
        String named = Optional.ofNullable(data)
                .or(this::inFrontOfTheCommand)
                .orElseGet(() -> Checkout.root().resolve(".streampane").toString());
        if (named.isBlank()) {
            throw new ParameterException(commandLine(), "--data: '" + named + "' is no folder's name");
        }
        if (named.matches(".*[,:].*")) { // servers would read it as a list of folders
            throw wrong("--data", named, "a folder without , and :");
        }
        try {
            Path folder = Path.of(named).toAbsolutePath().normalize();
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw wrong("--data", named, "a folder");
            }
            return folder;
        } catch (InvalidPathException e) {
            throw new ParameterException(commandLine(), "--data: not a valid path: " + e.getReason());
        }
    }

    /** The value in front of the subcommand, as in {@code jobs --data DIR list}. */
    private Optional<String> inFrontOfTheCommand() {
        return Optional.ofNullable(commandLine().getParent())
                .map(before -> before.getParseResult().matchedOptionValue("--data", null));
    }

    /**
     * The stack that runs on the folder.
     *
     * @throws StackException with {@link StackException#NOT_RUNNING} when none does
     */
    RunningStack running() {
        return RunningStack.read(folder())
                .orElseThrow(() -> StackException.notRunning(DataFolder.holder(folder())
                        .map(up -> "'up' (pid %d) starts or stops on %s: try again".formatted(up.pid(), folder()))
                        .orElse("no stack runs on " + folder() + ": start it with 'streampane up'")));
    }

    /**
     * The stack that runs on the folder, once its broker answers.
     *
     * @throws StackException with {@link StackException#NOT_RUNNING} when no stack runs or its broker does not answer
     */
    RunningStack answering() {
        RunningStack stack = running();
        KafkaConfigOption.awaitAnswer(
                Topics.client(stack.bootstrapServers()), ": see 'streampane status' and 'streampane logs kafka'");
        return stack;
    }
}
