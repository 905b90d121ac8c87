// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.ServerProcess;
import dev.streampane.local.stack.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streampane logs}: prints the log of one process, also after its end, or the rows that job word-count has printed. */
@Command(
        name = "logs",
        description = {
            "Prints the log of one process, also after it has ended.",
            "word-count: only the rows that the job of this name has printed",
            "(--output console)."
        },
        footer = """

                Examples:
                  streampane logs taskmanager -f
                  streampane logs word-count -f""")
final class LogsCommand extends StackCommand {

    private static final String WORD_COUNT = "word-count";

    /** The process that prints the rows of word-count. */
    private static final String PRINTER = "taskmanager";

    /** What has a log. */
    static final class Names extends ArrayList<String> {
        Names() {
            super(Servers.NAMES);
            add(WORD_COUNT);
        }
    }

    @Parameters(
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Follows the log until Ctrl-C.")
    private boolean follow;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Names names = new Names();
        if (!names.contains(name)) {
            throw wrongUse("'%s' is no process; allowed are %s".formatted(name, String.join(", ", names)));
        }
        boolean rows = name.equals(WORD_COUNT);
        Path log = Servers.log(data().folder(), rows ? PRINTER : name);
        if (!Files.exists(log)) {
            throw StackException.notRunning("there is no log " + log + ": it has never run");
        }
        PrintStream out = System.out;
        OutputStream shown = rows ? new PrintedRows(out) : out;
        if (Files.exists(ServerProcess.previousLog(log))) {
            Files.copy(ServerProcess.previousLog(log), shown);
        }
        do {
            print(log, shown);
        } while (follow && !Terminal.isGone());
        return 0;
    }

    /** Prints a log; when it is followed, also what is added to it, until another file takes its place, as with {@code up --fresh}. */
    private void print(Path log, OutputStream shown) throws IOException, InterruptedException {
        Object file = key(log).orElse("");
        try (FileChannel channel = FileChannel.open(log)) {
            InputStream in = Channels.newInputStream(channel);
            boolean replaced;
            do {
                // checked first, so that the end of a replaced file is still read below
                replaced = key(log).filter(now -> !now.equals(file)).isPresent();
                if (channel.position() > channel.size()) {
                    channel.position(0); // the log was rolled
                }
                in.transferTo(shown);
                System.out.flush();
                if (follow) {
                    TimeUnit.MILLISECONDS.sleep(250);
                }
            } while (follow && !replaced && !Terminal.isGone());
        }
    }

    /** A key that differs when another file has taken the place of this one; empty when there is none. */
    private static Optional<Object> key(Path file) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
