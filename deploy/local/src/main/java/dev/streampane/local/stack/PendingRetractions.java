// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.audit.GenerationRetraction;
import dev.streampane.local.control.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Retracts the windows of older generations that a job's new generation does not make, as soon as the new generation has passed the last of
 * them. This is checked after a second and then at intervals that grow to 15 minutes. Each generation that waits is noted in a file
 * {@code superseding/JOB} in the stack's data, so that a later {@code up} goes on waiting.
 */
final class PendingRetractions implements Runnable {

    private static final long FIRST_LOOK_S = 1;
    private static final long LONGEST_PAUSE_S = 900;
    /** A check after which a generation still has to wait is reported when the pause until the next check is longer than this. */
    private static final long LONG_PAUSE_S = 60;

    /** Suffix of a file that is being written. */
    private static final String UNFINISHED = ".new";

    private final Path folder;
    private final String bootstrapServers;
    private final Progress progress;

    /** Generations, by job, of which no file could be written yet. */
    private final Map<String, Integer> unnoted = new TreeMap<>();

    private volatile boolean ended;
    private volatile long pauseS = FIRST_LOOK_S;

    PendingRetractions(StackSettings settings, Progress progress) {
        this.folder = settings.data().resolve("superseding");
        this.bootstrapServers = settings.bootstrapServers();
        this.progress = progress;
    }

    /** Waits for this generation, and no longer for an earlier one of the job. */
    synchronized void expect(String job, int generation) {
        pauseS = FIRST_LOOK_S;
        unnoted.put(job, generation);
        note(job, generation)
                .ifPresent(failure -> progress.say(
                        "superseding",
                        job,
                        "generation %d cannot be recorded, tried again at each check; a later 'up' does not know it until then: %s"
                                .formatted(generation, failure)));
    }

    /** Writes the job's file; the result is the error when it cannot be written. */
    private Optional<IOException> note(String job, int generation) {
        try {
            Files.createDirectories(folder);
            Path file = Files.writeString(folder.resolve(job + UNFINISHED), Integer.toString(generation));
            Files.move(file, folder.resolve(job), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            unnoted.remove(job);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            for (long slept = 0; slept < pauseS && !ended; slept += FIRST_LOOK_S) { // expect() shortens the pause
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(FIRST_LOOK_S));
            }
            waitingNow().forEach(this::look);
        }
    }

    private synchronized Map<String, Integer> waitingNow() {
        Map<String, Integer> waiting = waiting();
        pauseS = waiting.isEmpty() ? FIRST_LOOK_S : Math.min(LONGEST_PAUSE_S, 2 * pauseS);
        return waiting;
    }

    /** The generation that each job waits for. */
    synchronized Map<String, Integer> waiting() {
        Map.copyOf(unnoted).forEach(this::note);
        Map<String, Integer> waiting = new TreeMap<>();
        for (Path file : files()) {
            String job = file.getFileName().toString();
            try {
                waiting.put(job, Integer.parseInt(Files.readString(file)));
            } catch (IOException | NumberFormatException e) {
                progress.say("superseding", job, "cannot be read: " + e.getMessage());
            }
        }
        waiting.putAll(unnoted);
        return waiting;
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.toString().endsWith(UNFINISHED)).toList();
        } catch (IOException e) {
            progress.say("superseding", "", "cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    private void look(String job, int generation) {
        try {
            GenerationRetraction retraction =
                    GenerationRetraction.of(bootstrapServers, job).orElseThrow();
            if (retraction.generation() == generation && !retraction.hasPassed()) {
                if (pauseS > LONG_PAUSE_S) {
                    progress.say(
                            "superseding",
                            job,
                            "generation %d is still behind the windows of older ones: a partition of its inputs has no newer records or heartbeats; next check in %d s"
                                    .formatted(generation, pauseS));
                }
                return;
            }
            GenerationRetraction.Outcome outcome = retraction.retract();
            done(job, generation);
            progress.say(
                    "superseded",
                    job,
                    "generation %d has passed what older ones published: %d windows that it did not make were retracted"
                            .formatted(outcome.generation(), outcome.retracted().size()));
        } catch (IOException | RuntimeException e) {
            if (!ended) {
                progress.say(
                        "superseding",
                        job,
                        "could not be checked, tried again in %d s: %s"
                                .formatted(pauseS, Failures.firstLine(e.getMessage())));
            }
        }
    }

    /** Waits no longer, unless a newer generation of the job has been started meanwhile. */
    private synchronized void done(String job, int generation) throws IOException {
        if (waiting().getOrDefault(job, 0) == generation && !unnoted.remove(job, generation)) {
            Files.deleteIfExists(folder.resolve(job));
        }
    }
}
