// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.FolderFile;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one stack, locked for as long as the stack runs. The file {@code streampane.data} marks it: a folder without that file is
 * neither used nor cleared, unless it is empty.
 */
public final class DataFolder implements AutoCloseable {

    private static final String MARK = "streampane.data";
    private static final String LOCK = "lock";

    /** Exists while the folder is being cleared, so that a half-cleared folder is not taken for a complete one. */
    private static final String CLEARING = "clearing";

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Locks the folder for this process, and creates it if it is missing. Where an earlier {@link #clear} was interrupted, it is completed.
     *
     * @throws StackException when another process has locked the folder (with its pid), when the folder holds other things, or when it
     *     cannot be written
     */
    public static DataFolder take(Path path) {
        try {
            if (Files.exists(path)
                    && !Files.exists(path.resolve(MARK))
                    && !(Files.isDirectory(path) && isUnused(path))) {
                throw StackException.notAllowed(
                        path + " is not a data folder of streampane and not empty: name another" + " one with --data");
            }
            Files.createDirectories(path);
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                String holder =
                        holder(path).map(up -> " (pid " + up.pid() + ")").orElse("");
                throw StackException.notAllowed("a stack already runs on "
                        + path
                        + holder
                        + ": see 'streampane status', end it with 'streampane down', or"
                        + " start another one with --data and --port-offset");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Http.JSON.writeValueAsBytes(
                    FolderFile.content(path, RunningStack.Child.of(ProcessHandle.current())))));
            Files.writeString(path.resolve(MARK), "Data of the streampane command; --fresh deletes it.\n");
            DataFolder folder = new DataFolder(path, channel);
            if (Files.exists(path.resolve(CLEARING))) {
                folder.clear();
            }
            return folder;
        } catch (NotDirectoryException e) {
            throw StackException.notAllowed(path + " is not a folder: name one with --data");
        } catch (IOException e) {
            throw StackException.notAllowed("cannot write to "
                    + path
                    + " ("
                    + e.getClass().getSimpleName()
                    + "): name a folder that can be written with --data");
        }
    }

    /** The process of the {@code up} that has locked the folder, from its first moment to its last. */
    public static Optional<ProcessHandle> holder(Path path) {
        try {
            return FolderFile.read(path, LOCK, RunningStack.Child.class).flatMap(RunningStack.Child::process);
        } catch (IOException noneOrEmpty) { // earlier versions leave the lock file empty
            return RunningStack.read(path).flatMap(stack -> stack.up().process());
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }

    /** Deletes everything in the folder; the folder stays locked. */
    public void clear() {
        try {
            Path top = path.toRealPath();
            Path clearing = Files.write(top.resolve(CLEARING), new byte[0]);
            Set<Path> kept = Set.of(top, top.resolve(LOCK), top.resolve(MARK), clearing);
            try (Stream<Path> files = Files.walk(top)) { // a File would lose a name that is not in the locale's charset
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    if (!kept.contains(file)) {
                        Files.delete(file);
                    }
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            Files.delete(clearing);
        } catch (IOException e) {
            throw StackException.notAllowed("cannot delete what is in " + path + ": " + e.getMessage());
        }
    }

    /**
     * Refuses a Kafka log with file names in other digits than 0 to 9, which a broker writes in some locales. The broker now would not see
     * those files and would begin each topic anew.
     */
    public void checkDigits() {
        try (Stream<Path> segments = Files.find(
                path.resolve("kafka/log"), 2, (file, is) -> file.toString().endsWith(".log"))) {
            segments.filter(file -> !file.getFileName().toString().matches("\\d{20}\\.log"))
                    .findFirst()
                    .ifPresent(file -> {
                        throw StackException.notAllowed(
                                file
                                        + " is named in other digits than 0 to 9, so that Kafka would not see it: rename or delete all such files, or start with --fresh");
                    });
        } catch (IOException | UncheckedIOException e) {
            // there is no log yet, or the broker will report why it cannot be read
        }
    }

    /** Releases the lock of the folder. */
    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException stays) {
            // holder() ignores a process that has ended
        }
    }

    /** Whether the folder is empty, or has only the empty lock file of an {@code up} that could write nothing into it. */
    private static boolean isUnused(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.allMatch(file -> file.endsWith(LOCK)
                    && file.toFile().isFile()
                    && file.toFile().length() == 0);
        }
    }
}
