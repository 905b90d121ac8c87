// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks before a job starts, of options, brokers and file system. */
final class JobStart {

    private static final Logger LOG = LoggerFactory.getLogger(JobStart.class);

    private static final List<JobOption<String>> TOPICS = List.of(
            JobOption.INPUT_TOPIC,
            JobOption.RESULTS_TOPIC,
            JobOption.ALERTS_TOPIC,
            JobOption.WORD_COUNTS_TOPIC,
            JobOption.TELEGRAF_TOPIC,
            JobOption.LATE_TOPIC,
            JobOption.DEAD_LETTERS_TOPIC,
            JobOption.AUDIT_TOPIC,
            JobOption.JOB_RUNS_TOPIC);

    /** Maximum size of a late record or dead letter: key and value of up to 1 MiB each, and headers. */
    static final long LARGEST_OUTPUT_BYTES = (2 << 20) + (1 << 16);

    private JobStart() {}

    /**
     * Checks the directories for state, and that a batch starts without state, which Flink would silently ignore.
     *
     * @param files the option of a directory whose files the state refers to, if there is one
     * @throws BadOptionException if a directory cannot be written, or a batch has state
     */
    static void check(JobConfig config, StreamExecutionEnvironment env, Optional<JobOption<Path>> files) {
        if (config.isBatch() && JobEnvironment.state(env).isPresent()) {
            throw config.notAllowed(
                    JobOption.MODE,
                    "streaming with state; a batch starts without, under a --generation above all that were used");
        }
        if (!"remote".equals(env.getConfiguration().get(DeploymentOptions.TARGET))) {
            JobEnvironment.stateDirectory(config).ifPresent(state -> checkWritable(JobOption.STATE_DIR, state));
            files.filter(option -> JobEnvironment.state(env).isEmpty()) // else it is the one that the state names
                    .ifPresent(option -> checkWritable(option, config.get(option)));
        }
    }

    /**
     * Checks topics, transaction timeout and the age of the state to start from.
     *
     * @throws BadOptionException naming the first that is not allowed
     */
    static void checkBrokers(JobConfig config, StreamExecutionEnvironment env) {
        try (Brokers brokers = Brokers.connect(config.kafka())) {
            for (JobOption<String> topic : TOPICS) {
                if (config.has(topic)) {
                    brokers.topic(topic.name(), config.get(topic));
                }
            }
            if (config.ifAny(JobOption.PREVIEW).isPresent()) {
                brokers.topic(JobOption.PREVIEWS_TOPIC.name(), config.get(JobOption.PREVIEWS_TOPIC));
            }
            checkMessageSize(JobOption.LATE_TOPIC, config, brokers);
            checkMessageSize(JobOption.DEAD_LETTERS_TOPIC, config, brokers);
            if (config.has(JobOption.TRANSACTION_TIMEOUT)) {
                Duration timeout = config.get(JobOption.TRANSACTION_TIMEOUT);
                checkTransactionTimeout(timeout, brokers.transactionMaxTimeout());
                JobEnvironment.state(env)
                        .ifPresent(
                                state -> checkAge(state, timeout, time -> longestTimeout(config, time), Instant.now()));
            }
        }
    }

    /** Refuses a topic that does not accept the largest record, which would make the job fail again and again. */
    private static void checkMessageSize(JobOption<String> option, JobConfig config, Brokers brokers) {
        if (!config.has(option)) {
            return;
        }
        String topic = config.get(option);
        brokers.maxMessageBytes(topic)
                .filter(maximum -> maximum < LARGEST_OUTPUT_BYTES)
                .ifPresent(maximum -> {
                    throw option.notAllowed(
                            topic,
                            "a topic whose max.message.bytes is at least %d, for inputs that are passed on (it is %d)"
                                    .formatted(LARGEST_OUTPUT_BYTES, maximum));
                });
    }

    static void checkTransactionTimeout(Duration timeout, Optional<Duration> maximum) {
        if (maximum.isEmpty()) {
            LOG.warn("Brokers' transaction.max.timeout.ms is unknown until the first transaction, timeout={}", timeout);
        } else if (timeout.compareTo(maximum.get()) > 0) {
            throw JobOption.TRANSACTION_TIMEOUT.notAllowed(
                    timeout.toMillis() + "ms",
                    "at most transaction.max.timeout.ms of the brokers, which is %dms: then the job loses no data in a downtime of up to %dms"
                            .formatted(maximum.get().toMillis(), maximum.get().toMillis()));
        }
        LOG.info("Job loses no data in a downtime up to its transaction timeout, pause={}", timeout);
    }

    /** The longest transaction timeout that any run of the job had at {@code then}: the state may not tell which run wrote it. */
    private static Duration longestTimeout(JobConfig config, Instant then) {
        JobOption<Duration> option = JobOption.TRANSACTION_TIMEOUT;
        return new JobRuns(config.get(JobOption.JOB_RUNS_TOPIC), config.kafka())
                .runs(config.job()).values().stream()
                        .flatMap(run -> option.at(run, then).stream())
                        .max(Comparator.naturalOrder())
                        .orElse(config.get(option));
    }

    /**
     * Refuses state that is so old that the brokers have aborted the transactions that it promises.
     *
     * @param then gives the transaction timeout that was in force at a time; only called when the state is older than today's timeout
     */
    static void checkAge(Path state, Duration transactionTimeout, Function<Instant, Duration> then, Instant now) {
        Instant written;
        try {
            FileSystem files = state.getFileSystem();
            FileStatus status = files.getFileStatus(state);
            written = Instant.ofEpochMilli((status.isDir() ? files.getFileStatus(new Path(state, "_metadata")) : status)
                    .getModificationTime());
        } catch (IOException e) {
            LOG.debug("Cannot read the state; Flink reports the cause, path={}", state, e);
            return;
        }
        if (written.plus(transactionTimeout).isBefore(now)
                && written.plus(then.apply(written)).isBefore(now)) {
            throw new BadOptionException(
                    "state %s is of %s, older than --transaction-timeout (%s): the brokers have aborted its pre-committed transactions; allowed is a start without state under a new --generation"
                            .formatted(state, written, transactionTimeout));
        }
    }

    private static void checkWritable(JobOption<?> option, Path directory) {
        try {
            FileSystem files = directory.getFileSystem();
            if (option != JobOption.STATE_DIR && files.isDistributedFS()) {
                return; // a directory is an object there, which readers of files would meet
            }
            boolean made =
                    files.mkdirs(directory) && files.getFileStatus(directory).isDir();
            if (!made || !files.isDistributedFS() && !Files.isWritable(java.nio.file.Path.of(directory.getPath()))) {
                throw notWritable(option, directory, "it cannot be made or written")
                        .retriable();
            }
        } catch (UnsupportedFileSystemSchemeException e) {
            throw notWritable(option, directory, e.getMessage());
        } catch (IOException e) {
            throw notWritable(option, directory, e.getClass().getSimpleName() + ": " + e.getMessage())
                    .retriable();
        }
    }

    private static BadOptionException notWritable(JobOption<?> option, Path directory, String problem) {
        return option.notAllowed(
                directory.toString(), "a directory that can be written (" + BadOptionException.shown(problem) + ")");
    }
}
