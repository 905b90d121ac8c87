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

    /** The options of a job that names none, and of one that is not in the catalogue. */
    static final JobOptions DEFAULT_OPTIONS = new JobOptions(JobKind.WINDOWED, JobOption.INPUT_TOPIC.withFallback(""));

    private final String name;
    private final String summary;
    private final JobOptions options;

    /** A job with the options of window jobs, where {@code --input-topic} has no default. */
    protected Job(String name, String summary) {
        this(name, summary, DEFAULT_OPTIONS);
    }

    /**
     * @param name first argument of {@link JobCatalog}, name in Flink, {@code job} of every result; lower-case letters and digits,
     *     separated by single hyphens
     * @param summary one line for {@code --help}
     * @param options the options of the job
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

    /** The options of the job with its defaults, in the order of {@code --help}. */
    public final List<JobOption<?>> options() {
        return options.all();
    }

    /**
     * Checks the job's own options that depend on each other.
     *
     * @throws BadOptionException naming the first that is not allowed
     */
    protected void check(JobConfig config) {}

    /** Whether the job skips records of topics that are in its state and that no option names any more; otherwise they make it fail. */
    protected boolean leavesTopicsOut(JobConfig config) {
        return false;
    }

    /**
     * The option that names a directory of files that the job's state refers to. The job merges and deletes these files later, so it can
     * only start from its newest state, and with the same directory.
     */
    protected Optional<JobOption<Path>> filesOfState() {
        return Optional.empty();
    }

    /** Whether the job reads or writes a topic with these options. If not, it needs no brokers, and its generation is not recorded. */
    public boolean usesKafka(JobConfig config) {
        return true;
    }

    /**
     * Adds sources, operators and sinks to {@code env}; may ask the brokers, but starts nothing.
     *
     * @throws BadOptionException if something that the options name does not exist
     */
    public abstract void define(StreamExecutionEnvironment env, JobConfig config);
}
