// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.streampane.local.state.NewestState.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The savepoints in a stack's state folder. A savepoint that {@code up} makes at its end belongs to the job, which deletes it
 * when it has newer state. A savepoint that a command asked for is kept, in a separate folder {@code savepoints}.
 */
public final class Savepoints {

    private static final String KEPT = "savepoints";

    private Savepoints() {}

    /**
     * One savepoint.
     *
     * @param checkpoint its number among the checkpoints of the generation
     * @param kept whether only the user deletes it
     * @param newest whether it is the newest state of its generation
     */
    public record Savepoint(
            String job,
            int generation,
            long checkpoint,
            Instant made,
            boolean kept,
            boolean newest,
            @JsonSerialize(using = ToStringSerializer.class) Path path) {}

    /** The folder, below that of a generation, of the savepoints that commands asked for. */
    public static Path kept(Path generation) {
        return generation.resolve(KEPT);
    }

    public static boolean isKept(Path savepoint) {
        return savepoint.getParent() != null && savepoint.getParent().endsWith(KEPT);
    }

    /** All savepoints, or those of one job, in the order of job, generation and checkpoint id. */
    public static List<Savepoint> list(Path data, Optional<String> only) {
        Path states = data.resolve("state");
        return folders(states)
                .filter(job -> only.isEmpty() || only.get().equals(name(job)))
                .flatMap(job -> folders(job)
                        .map(Savepoints::name)
                        .filter(generation -> generation.matches("[0-9]{1,9}"))
                        .flatMap(generation -> list(states, name(job), Integer.parseInt(generation))))
                .sorted(Comparator.comparing(Savepoint::job)
                        .thenComparing(Savepoint::generation)
                        .thenComparing(Savepoint::checkpoint))
                .toList();
    }

    private static Stream<Savepoint> list(Path states, String job, int generation) {
        long newest = NewestState.id(states, job, generation);
        return NewestState.all(states, job, generation).stream()
                .filter(state -> name(state.path()).startsWith("savepoint-"))
                .map(state -> new Savepoint(
                        job,
                        generation,
                        state.checkpointId(),
                        made(state),
                        isKept(state.path()),
                        state.checkpointId() == newest,
                        state.path()));
    }

    private static Instant made(State state) {
        try {
            return Files.getLastModifiedTime(state.path().resolve("_metadata")).toInstant();
        } catch (IOException deletedMeanwhile) {
            return Instant.EPOCH;
        }
    }

    private static Stream<Path> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
