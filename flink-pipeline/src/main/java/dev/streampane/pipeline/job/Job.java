// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job of the catalogue; {@link JobCatalog} finds the implementations listed in {@code
 * META-INF/services}.
 */
public abstract class Job {

    /** Of a job that names none, and of one that is not in the catalogue. */
    static final JobOptions DEFAULT_OPTIONS = new JobOptions(JobKind.WINDOWED, JobOption.INPUT_TOPIC.withFallback(""));

    private final String name;
    private final String summary;
    private final JobOptions options;

    /** A job with the options of those with windows, whose {@code --input-topic} has no default. */
    protected Job(String name, String summary) {
        this(name, summary, DEFAULT_OPTIONS);
    }

    /**
     * @param name first argument of {@link JobCatalog}, name in Flink, {@code job} of every result; lower-case letters and digits, with single - between
     * @param summary one line for {@code --help}
     * @param options those that the job has
     */
    protected Job(String name, String summary, JobOptions options) {
        this.name = name;
        this.summary = summary;
        this.options = options;
    }

    public final String name() {
        return name;
    }

    public final String summary() {
        return summary;
    }

    /** The options that it has, in the order of {@code --help}, with its defaults. */
    public final List<JobOption<?>> options() {
        return options.all();
    }

    /**
     * Checks options of its own that depend on each other.
     *
     * @throws BadOptionException naming the first that is not allowed
     */
    protected void check(JobConfig config) {}

    /** Whether it passes over records of topics that its state still has and no option names any more; otherwise they end it. */
    protected boolean leavesTopicsOut(JobConfig config) {
        return false;
    }

    /**
     * The option of the directory whose files its state names, which it joins and deletes later: it goes on from its newest state alone, and
     * with the same directory.
     */
    protected Optional<JobOption<Path>> filesOfState() {
        return Optional.empty();
    }

    /** Whether it reads or writes a topic under these options. One that does not needs no brokers, and its generation stands nowhere. */
    public boolean usesKafka(JobConfig config) {
        return true;
    }

    /**
     * Adds sources, operators and sinks to {@code env}; looks at the brokers, starts nothing.
     *
     * @throws BadOptionException when what the options name is not there
     */
    public abstract void define(StreamExecutionEnvironment env, JobConfig config);
}
