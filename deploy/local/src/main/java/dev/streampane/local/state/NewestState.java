// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The state that a job goes on from: the one with the highest checkpoint id among all completed checkpoints and savepoints of its
 * generation. An older one would be wrong, because the transactions of the later ones are committed.
 *
 * <p>Flink writes {@code _metadata} last and renames it into place, so a folder that has one is complete. The file begins with
 * the int 0x4960672d, the version of the format as an int, and the checkpoint id as a long (in versions 2 to 6; Flink 2.3 writes
 * 6).
 */
public final class NewestState {

    private static final int MAGIC = 0x4960672d;
    private static final int FIRST_VERSION = 2;

    private NewestState() {}

    /**
     * A completed checkpoint or savepoint.
     *
     * @param checkpointId number of the checkpoint; transactions up to it are promised
     * @param path folder that Flink restores from
     */
    public record State(long checkpointId, Path path) {}

    /** The newest state below {@code <stateDir>/<job>/<generation>}; empty when nothing there is complete. */
    public static Optional<State> find(Path stateDir, String job, int generation) {
        return all(stateDir, job, generation).stream().max(Comparator.comparingLong(State::checkpointId));
    }

    /** All completed checkpoints and savepoints below {@code <stateDir>/<job>/<generation>}. */
    public static List<State> all(Path stateDir, String job, int generation) {
        Path folder = stateDir.resolve(job).resolve(Integer.toString(generation));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .flatMap(file -> read(file.getParent()).stream())
                    .toList();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return all(stateDir, job, generation); // a checkpoint was removed meanwhile
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkpoint id of {@link #find}; 0 when it finds nothing. */
    public static long id(Path stateDir, String job, int generation) {
        return find(stateDir, job, generation).map(State::checkpointId).orElse(0L);
    }

    /** The checkpoint or savepoint in a folder; empty when there is none, or it is not complete. */
    public static Optional<State> read(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Path absolute = folder.toAbsolutePath().normalize();
        try (var in = new DataInputStream(Files.newInputStream(absolute.resolve("_metadata")))) {
            if (in.readInt() != MAGIC || in.readInt() < FIRST_VERSION) {
                return Optional.empty();
            }
            return Optional.of(new State(in.readLong(), absolute));
        } catch (NoSuchFileException | EOFException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
