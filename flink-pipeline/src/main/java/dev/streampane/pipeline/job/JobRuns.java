// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.JobRun;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.core.fs.Path;

/**
 * The generations of a job, in the topic {@code job-runs}: one record per number. It is written before the run starts, and again before
 * each further start, with the state that this start continues from and the settings that it changes.
 *
 * <p>Results are ordered by generation, so a run that does not continue from state must not take a number that another run has: its
 * revisions would start at 1 again and lose against the older ones. A run that continues under a used number must do so from the newest
 * state of that number; otherwise it would publish different results under revisions that exist already.
 */
public final class JobRuns {

    private final JobRunsTopic topic;

    /**
     * @param kafka settings of a client that may read and write the topic
     */
    public JobRuns(String topic, Properties kafka) {
        this.topic = new JobRunsTopic(topic, kafka);
    }

    /**
     * Takes the run's generation: writes its record, unless the same Flink job starts again and nothing has changed. Of several starts at
     * the same time, the first in the topic goes on.
     *
     * @param files the option of the directory whose files the state refers to; empty if they are not to be checked
     * @throws BadOptionException if the number is not above all used ones and the run does not start from the newest state of that number;
     *     if newer state may have merged and deleted files of the state; or if the directory of the files is another one
     */
    void take(JobRun run, PriorState from, Optional<JobOption<Path>> files) {
        JobRunsTopic.Used before = topic.read(run.job());
        JobRun own = before.runs().get(run.generation());
        boolean isSame = own != null && own.latestJobId().equals(run.jobId());
        if (!isSame || from.isOfLaunch()) {
            check(run, from, files, before.runs(), isSame);
        }
        JobRun written = own == null ? run : own.startedAgain(run, from.checkpoint());
        if (!isSame) {
            writeFirst(written, before);
        } else if (!written.changes().equals(own.changes())) {
            topic.write(written, before, (mine, theirs) -> mine.withAborted(theirs.aborted()));
        }
    }

    private void check(
            JobRun run,
            PriorState from,
            Optional<JobOption<Path>> files,
            NavigableMap<Integer, JobRun> used,
            boolean isSame) {
        JobRun own = used.get(run.generation());
        if (from.isPresent() && files.isPresent()) {
            checkFiles(run, from, files.get(), used.headMap(run.generation(), true));
        }
        if (isSame || own != null && from.isPresent()) {
            checkNewest(
                    run,
                    own,
                    from,
                    "; allowed is the newest state of that generation (checkpoint %d, of job %s)",
                    "a number above all that were used");
        } else if (!used.isEmpty() && run.generation() <= used.lastKey()) {
            throw JobOption.GENERATION.notAllowed(
                    Integer.toString(run.generation()),
                    "a number above %d, the last that topic %s has of %s%s"
                            .formatted(
                                    used.lastKey(),
                                    topic.topic(),
                                    run.job(),
                                    own == null ? "" : ", or a start from state"));
        }
    }

    /** Writes the record of a start; takes it back if another start, which has read the same, was first. */
    private void writeFirst(JobRun run, JobRunsTopic.Used before) {
        String jobId = run.latestJobId();
        Optional<String> known =
                Optional.ofNullable(before.runs().get(run.generation())).map(JobRun::latestJobId);
        JobRun first = topic.write(run, before, (mine, theirs) -> {
            boolean isLater = !mine.latestJobId().equals(jobId) || known.equals(Optional.of(theirs.latestJobId()));
            return (isLater ? mine : theirs).withAborted(mine.aborted()).withAborted(theirs.aborted());
        });
        if (!first.latestJobId().equals(jobId)) {
            throw JobOption.GENERATION.notAllowed(
                    Integer.toString(run.generation()),
                    "a number above it, as job %s was started under it at the same time"
                            .formatted(first.latestJobId()));
        }
    }

    /**
     * Refuses state that is not the newest of a generation. A generation without a checkpoint may start again from the state that it was
     * to start from.
     *
     * @param newest what is allowed: a format for the number of the newest checkpoint and its job
     * @param otherwise what else is allowed
     */
    private static void checkNewest(JobRun run, JobRun before, PriorState from, String newest, String otherwise) {
        String refused = "--%s: '%d' is not allowed with state %s"
                .formatted(JobOption.GENERATION.name(), run.generation(), from);
        try {
            from.newerOf(before).ifPresent(number -> {
                throw new BadOptionException(
                        refused + newest.formatted(number, before.latestJobId()) + ", or " + otherwise);
            });
        } catch (IOException e) {
            throw new BadOptionException(refused
                            + " while the newest state cannot be determined (%s); allowed is %s"
                                    .formatted(BadOptionException.shown(e.toString()), otherwise))
                    .retriable();
        }
    }

    private static void checkFiles(
            JobRun run, PriorState from, JobOption<Path> directory, NavigableMap<Integer, JobRun> before) {
        if (before.isEmpty()) {
            return;
        }
        JobRun writer = before.descendingMap().values().stream()
                .filter(from::isOf)
                .findFirst()
                .orElse(before.lastEntry().getValue());
        Optional<Path> files = directory.at(writer, Instant.MAX);
        before.tailMap(writer.generation(), true).descendingMap().values().stream()
                .filter(other -> directory.at(other, Instant.MAX).equals(files))
                .forEach(other -> checkNewest(
                        run,
                        other,
                        from,
                        ", because newer state may have merged and deleted its files; allowed is the newest state of %s (checkpoint %%d of generation %d, of job %%s)"
                                .formatted(run.job(), other.generation()),
                        "a start without state"));
        files.filter(there -> !directory.at(run, Instant.MAX).equals(Optional.of(there)))
                .ifPresent(there -> {
                    throw directory.notAllowed(
                            run.latestSetting(directory.name(), ""),
                            "%s with state %s, which names files there, or a start without state"
                                    .formatted(there, from));
                });
    }

    /**
     * Adds to a run's record the transactions of other generations that it aborts. Once the brokers have forgotten these, only the record
     * distinguishes them from committed ones. Does nothing if the run has no record, because its generation was never taken.
     */
    public void addAborted(String job, int generation, Collection<String> transactionalIds) {
        JobRunsTopic.Used before = topic.read(job);
        JobRun own = before.runs().get(generation);
        if (own != null) {
            topic.write(
                    own.withAborted(transactionalIds), before, (mine, theirs) -> theirs.withAborted(mine.aborted()));
        }
    }

    public NavigableMap<Integer, JobRun> runs(String job) {
        return topic.read(job).runs();
    }
}
