// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Json;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.EventStream;
import dev.streampane.local.server.ServerException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane watch}: shows the newest windows, live, from the stream of results-api. */
@Command(
        name = "watch",
        description = {"Shows the newest window of each key, live, until Ctrl-C.", """
            A lost connection is resumed after the last event. If standard output is not a
            terminal, each new window is printed as a line. NO_COLOR=1 disables colours."""},
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = """

                Example:
                  streampane watch --job weather-average --key device1,device2""")
final class WatchCommand extends StackCommand {

    private static final Duration BETWEEN_FRAMES = Duration.ofMillis(200);

    @Option(
            names = "--job",
            paramLabel = "JOB",
            split = ",",
            description = "Jobs to watch, comma-separated (default: all).")
    private List<String> jobs = List.of();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            split = ",",
            description = "Keys to watch, comma-separated (default: all).")
    private List<String> keys = List.of();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "20",
            description = "Maximum rows of the table, as far as the terminal has lines (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Mixin
    private ResultsOption results;

    @Override
    public Integer call() throws InterruptedException {
        if (rows < 1) {
            throw wrong("--rows", rows, "1 or more");
        }
        EventStream stream = new EventStream(stream(), results.key());
        try {
            stream.follow(Terminal.isTerminal() ? new Screen() : new Lines());
        } catch (ServerException refused) {
            throw StackException.notAllowed(refused.getMessage(), refused);
        }
        return 0;
    }

    private URI stream() {
        StringBuilder query = new StringBuilder("/api/v1/stream?snapshot=1");
        jobs.forEach(job -> query.append("&job=").append(ResultsOption.encoded(job)));
        keys.forEach(key -> query.append("&key=").append(ResultsOption.encoded(key)));
        return results.url(data()).resolve(query.toString());
    }

    private static JsonNode json(String data) {
        try {
            return Json.EXACT.readTree(data);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the stream sent " + data, e);
        }
    }

    /** Prints a line for each window. */
    private final class Lines implements EventStream.Handler {

        private boolean isLost;
        private boolean isEmpty = true;

        @Override
        public void connected() {
            isLost = false;
        }

        @Override
        public boolean event(String name, String data) {
            if (name.equals("window")) {
                isEmpty = false;
                out().println(WindowTable.Row.of(json(data)).line());
            } else if (name.equals("snapshot-end")
                    && isEmpty
                    && !json(data).path("partial").asBoolean()) {
                isEmpty = false; // the message is printed once
                commandLine().getErr().println("streampane: connected; there is no window of these yet");
            }
            return !Terminal.isGone();
        }

        @Override
        public boolean lost(String why) {
            if (!isLost && !why.equals(EventStream.ENDED)) {
                commandLine().getErr().println("streampane: connection lost (" + why + "), trying again");
                isLost = true;
            }
            return !Terminal.isGone();
        }
    }

    /** Shows a table that is repainted in place. */
    private final class Screen implements EventStream.Handler {

        /** The heading, the number of series not shown, the state, and the line of the cursor. */
        private static final int OTHER_LINES = 4;

        private final WindowTable table = new WindowTable(Terminal.hasColours());
        private String state = "connecting";
        private boolean changed = true;
        private int painted;

        Screen() {
            Thread painter = new Thread(this::paint, "screen");
            painter.setDaemon(true);
            painter.start();
        }

        @Override
        public void connected() {
            say("live");
        }

        @Override
        public synchronized boolean event(String name, String data) {
            switch (name) {
                case "window" -> table.take(json(data));
                case "reset" -> table.clear();
                default -> {
                    return true;
                }
            }
            changed = true;
            return !Terminal.isGone();
        }

        @Override
        public boolean lost(String why) {
            say("as of " + Instant.now().truncatedTo(ChronoUnit.SECONDS) + ", connection lost (" + why + ")");
            return !Terminal.isGone(); // a terminal that was closed
        }

        private synchronized void say(String text) {
            state = text;
            changed = true;
        }

        private void paint() {
            while (true) {
                frame();
                LockSupport.parkNanos(BETWEEN_FRAMES.toNanos());
            }
        }

        private synchronized void frame() {
            if (!changed) {
                return;
            }
            int columns = Terminal.columns() - 1;
            StringBuilder frame = new StringBuilder(painted == 0 ? "" : "\u001b[" + painted + "A\u001b[J");
            List<String> lines = table.lines(columns, Math.min(rows, Terminal.lines() - OTHER_LINES));
            lines.forEach(line -> frame.append(line).append('\n'));
            frame.append(WindowTable.cut(state, columns)).append('\n');
            out().print(frame);
            out().flush();
            painted = lines.size() + 1;
            changed = false;
        }
    }
}
