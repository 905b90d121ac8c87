// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Orders on their way to {@code up}: the folder {@code orders} in the stack's data. {@code ID.order} is an order, and what
 * becomes of it is written to {@code ID.answer}, one JSON object per line, of which the last has event {@code done} or
 * {@code failed}. Whoever may write to the folder may give orders.
 */
final class OrderBox {

    static final String DONE = "done";
    static final String FAILED = "failed";

    private static final String ORDER = ".order";
    private static final String ANSWER = ".answer";

    private final Path folder;

    OrderBox(Path data) {
        this.folder = data.resolve("orders");
    }

    /** Makes the folder, and forgets what an earlier {@code up} has not carried out. */
    void open() {
        try {
            Files.createDirectories(folder);
            for (Path file : files("")) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives an order; the result is its id. */
    String put(JobOrder order) {
        String id = System.currentTimeMillis() + "-" + ProcessHandle.current().pid();
        try {
            Path file = folder.resolve(id + ".new");
            Http.JSON.writeValue(file.toFile(), order);
            Files.move(file, folder.resolve(id + ORDER), StandardCopyOption.ATOMIC_MOVE);
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes an order back that nobody has begun with; false when somebody has. */
    boolean takeBack(String id) {
        try {
            return Files.deleteIfExists(folder.resolve(id + ORDER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of the answer so far. */
    List<JsonNode> answer(String id) {
        Path file = folder.resolve(id + ANSWER);
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            String text = Files.readString(file);
            List<JsonNode> lines = new java.util.ArrayList<>();
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                lines.add(Http.JSON.readTree(line));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer has been read. */
    void forget(String id) {
        try {
            Files.deleteIfExists(folder.resolve(id + ANSWER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An order that was taken, with a place for what becomes of it. */
    record Taken(JobOrder order, Answer answer) {}

    /** Takes the oldest order out. */
    Optional<Taken> take() throws IOException {
        for (Path file : files(ORDER)) {
            String name = file.getFileName().toString();
            JobOrder order = read(file);
            Path answer = folder.resolve(name.substring(0, name.length() - ORDER.length()) + ANSWER);
            Files.writeString(answer, "");
            if (Files.deleteIfExists(file)) {
                return Optional.of(new Taken(order, new Answer(answer)));
            }
            Files.deleteIfExists(answer); // taken back meanwhile
        }
        return Optional.empty();
    }

    private static JobOrder read(Path file) throws IOException {
        try {
            return Http.JSON.readValue(file.toFile(), JobOrder.class);
        } catch (JsonProcessingException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    /** Writes what becomes of an order. */
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

        /** The order is carried out. */
        void done(String text) {
            write(event(DONE).put("text", text));
        }

        /** It is not, and why. */
        void failed(String text, int exitCode) {
            write(event(FAILED).put("text", text).put("exitCode", exitCode));
        }

        private static ObjectNode event(String name) {
            return Http.JSON.createObjectNode().put("event", name);
        }

        private synchronized void write(ObjectNode line) {
            try {
                Files.writeString(
                        file,
                        Http.JSON.writeValueAsString(line) + "\n",
                        StandardCharsets.UTF_8,
                        StandardOpenOption.APPEND,
                        StandardOpenOption.CREATE);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
