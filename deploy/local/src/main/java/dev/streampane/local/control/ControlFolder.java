// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Commands on their way to {@code up}: the folder {@code orders} in the stack's data. {@code ID.order} holds a command; its
 * progress is written to {@code ID.answer}, one JSON object per line; the last line has event {@code done} or {@code failed}.
 * Whoever may write to the folder may send commands.
 */
final class ControlFolder {

    static final String DONE = "done";
    static final String FAILED = "failed";

    private static final String COMMAND = ".order";
    private static final String ANSWER = ".answer";

    private final Path folder;

    ControlFolder(Path data) {
        this.folder = data.resolve("orders");
    }

    /** Creates the folder, and deletes the commands that an earlier {@code up} has not executed. */
    void open() throws IOException {
        Files.createDirectories(folder);
        for (Path file : files("")) {
            Files.deleteIfExists(file);
        }
    }

    /** An id for a command of this process. */
    static String newId() {
        return System.currentTimeMillis() + "-" + ProcessHandle.current().pid();
    }

    /** Adds a command. */
    void put(String id, JobCommand command) throws IOException {
        Path file = folder.resolve(id + ".new");
        Http.JSON.writeValue(file.toFile(), command);
        Files.move(file, folder.resolve(id + COMMAND), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a command that {@code up} has not taken; false when it has. */
    boolean takeBack(String id) throws IOException {
        return Files.deleteIfExists(folder.resolve(id + COMMAND));
    }

    /** Whether the command waits, is being executed or has an answer; false when {@code up} could not read or could not answer it. */
    boolean isThere(String id) {
        return Files.exists(folder.resolve(id + COMMAND)) || Files.exists(folder.resolve(id + ANSWER));
    }

    /** The lines of the answer so far. */
    List<JsonNode> answer(String id) throws IOException {
        try {
            String text = Files.readString(folder.resolve(id + ANSWER));
            return Http.JSON
                    .readerFor(JsonNode.class)
                    .<JsonNode>readValues(text.substring(0, text.lastIndexOf('\n') + 1))
                    .readAll();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** Whether another command is being executed. */
    boolean isBusyWithout(String id) throws IOException {
        for (Path file : files(ANSWER)) {
            String name = file.getFileName().toString();
            String other = name.substring(0, name.length() - ANSWER.length());
            boolean isOver = answer(other).stream()
                    .anyMatch(line -> line.path("event").asText().matches(DONE + "|" + FAILED));
            if (!other.equals(id) && !isOver && Files.exists(file)) {
                return true;
            }
        }
        return false;
    }

    /** Deletes the answer, which has been read. */
    void forget(String id) throws IOException {
        Files.deleteIfExists(folder.resolve(id + ANSWER));
    }

    /** A command that was taken, and where its progress is written. */
    record Request(JobCommand command, Answer answer) {}

    /**
     * Takes the oldest command; empty when there is none.
     *
     * @throws IOException when the command cannot be read; it is deleted then
     */
    Optional<Request> take() throws IOException {
        for (Path file : files(COMMAND)) {
            String name = file.getFileName().toString();
            JobCommand command;
            try {
                command = Http.JSON.readValue(file.toFile(), JobCommand.class);
            } catch (IOException e) {
                if (Files.deleteIfExists(file)) {
                    throw e;
                }
                continue; // taken back meanwhile
            }
            Path answer = folder.resolve(name.substring(0, name.length() - COMMAND.length()) + ANSWER);
            Files.writeString(answer, "");
            if (Files.deleteIfExists(file)) {
                return Optional.of(new Request(command, new Answer(answer)));
            }
            Files.deleteIfExists(answer); // taken back meanwhile
        }
        return Optional.empty();
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    /** Writes the progress of a command. */
    static final class Answer implements Progress {

        private final Path file;

        private Answer(Path file) {
            this.file = file;
        }

        @Override
        public void begin(String step) {
            write(event("begin").put("step", step));
        }

        @Override
        public void end(String step, String detail) {
            write(event("step").put("step", step).put("detail", detail));
        }

        @Override
        public void fail(String step) {
            write(event("stepFailed").put("step", step));
        }

        @Override
        public void say(String event, String subject, String text) {
            write(event(event).put("subject", subject).put("text", text));
        }

        /** The command was executed. */
        void done(String text) {
            write(event(DONE).put("text", text));
        }

        /** The command was not executed; {@code text} is the reason. */
        void failed(String text, int exitCode) {
            write(event(FAILED).put("text", text).put("exitCode", exitCode));
        }

        /** Deletes the answer, so that the process that waits for it stops waiting. */
        void withdraw() throws IOException {
            Files.deleteIfExists(file);
        }

        private static ObjectNode event(String name) {
            return Http.JSON.createObjectNode().put("event", name);
        }

        private synchronized void write(ObjectNode line) {
            try {
                Files.writeString(file, line + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
