// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static dev.streampane.pipeline.job.JobKind.COUNTING;
import static dev.streampane.pipeline.job.JobKind.READING;
import static dev.streampane.pipeline.job.JobKind.TIMED;
import static dev.streampane.pipeline.job.JobKind.WINDOWED;
import static dev.streampane.pipeline.job.OptionType.brokers;
import static dev.streampane.pipeline.job.OptionType.directory;
import static dev.streampane.pipeline.job.OptionType.duration;
import static dev.streampane.pipeline.job.OptionType.integer;
import static dev.streampane.pipeline.job.OptionType.offOr;
import static dev.streampane.pipeline.job.OptionType.oneOf;
import static dev.streampane.pipeline.job.OptionType.topic;
import static dev.streampane.pipeline.job.OptionType.windows;
import static dev.streampane.pipeline.job.OptionType.wordOr;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.intake.ReplayPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * One option of a job. Parsing, environment names, {@code --help}, messages and the table in the module's README are derived from it.
 *
 * <p>Options of several jobs, and those that sources and sinks read, are declared here, in the order of {@code --help}. A job declares its
 * own options in its package, and names those that it has in addition to the options of its kind: {@link JobOptions}.
 *
 * @param name as an argument ({@code --name value} or {@code --name=value}) and as a key of the {@code --config} file
 * @param fallback the default, as text
 * @param type what is allowed, and how it is parsed
 * @param help one sentence: unit, effect
 * @param kind jobs of this kind and of the later ones have the option; others have it if they name it. Null for no kind
 */
public record JobOption<T>(String name, String fallback, OptionType<T> type, String help, JobKind kind) {

    private static final OptionType<Duration> UP_TO_30_DAYS = duration("0ms", "30d");
    private static final OptionType<Duration> UP_TO_AN_HOUR = duration("100ms", "1h");
    private static final OptionType<String> TOPIC = topic();

    /** For options that no kind has; single jobs name them. */
    private static final JobKind NAMED = null;

    /** The options that are declared here. */
    static final List<JobOption<?>> COMMON = new ArrayList<>();

    public static final JobOption<String> BOOTSTRAP_SERVERS =
            of(READING, "bootstrap-servers", "127.0.0.1:9092", brokers(), "Kafka brokers");

    public static final JobOption<List<WindowSpec>> WINDOWS =
            of(WINDOWED, "windows", "tumbling(1m)", windows(), "Windows; each record is counted in each");

    public static final JobOption<Duration> OUT_OF_ORDERNESS =
            of(TIMED, "out-of-orderness", "5s", UP_TO_30_DAYS, "Maximum out-of-orderness of a partition");

    public static final JobOption<Duration> ALLOWED_LATENESS = of(
            WINDOWED,
            "allowed-lateness",
            "1m",
            UP_TO_30_DAYS,
            "How long a fired window still takes records and is revised");

    public static final JobOption<Duration> SKEW = of(
            TIMED,
            "skew",
            "5m",
            UP_TO_30_DAYS,
            "How far an event time may be ahead of its append time; beyond: rejected");

    public static final JobOption<Optional<Duration>> IDLE_AFTER =
            of(TIMED, "idle-after", "off", offOr(duration("1s", "30d")), "Idleness timeout of a partition (heuristic)");

    public static final JobOption<Optional<Duration>> PREVIEW = of(
            WINDOWED,
            "preview",
            "off",
            offOr(UP_TO_AN_HOUR),
            "Interval of previews of open windows, to --previews-topic");

    public static final JobOption<Optional<Duration>> STATE_TTL = of(
            WINDOWED,
            "state-ttl",
            "off",
            offOr(duration("1s", "3650d")),
            "Time without a record after which a key's total is dropped: event time in global(every=…), processing time in word-count");

    /** The zone of zone-less times in the input, and of the legacy fields of a result. */
    public static final JobOption<ZoneId> ZONE = of(
            TIMED,
            "zone",
            "UTC",
            new OptionType<>("a time zone such as UTC or Europe/Berlin", ZoneId::of),
            "Zone of times without a zone");

    public static final JobOption<String> INPUT_TOPIC =
            of(TIMED, "input-topic", "device-readings", TOPIC, "Topic to read");

    public static final JobOption<String> RESULTS_TOPIC =
            of(WINDOWED, "results-topic", "window-results", TOPIC, "Topic of results");

    public static final JobOption<String> PREVIEWS_TOPIC =
            of(WINDOWED, "previews-topic", "window-previews", TOPIC, "Topic of previews");

    public static final JobOption<String> ALERTS_TOPIC = of(NAMED, "alerts-topic", "alerts", TOPIC, "Topic of alerts");

    public static final JobOption<String> WORD_COUNTS_TOPIC =
            of(NAMED, "word-counts-topic", "word-counts", TOPIC, "Topic of the changelog");

    public static final JobOption<String> TELEGRAF_TOPIC =
            of(NAMED, "telegraf-topic", "telegraf", TOPIC, "Topic of line protocol");

    public static final JobOption<String> LATE_TOPIC =
            of(TIMED, "late-topic", "late-records", TOPIC, "Topic of late records");

    public static final JobOption<String> DEAD_LETTERS_TOPIC =
            of(READING, "dead-letters-topic", "dead-letters", TOPIC, "Topic of rejects");

    public static final JobOption<String> AUDIT_TOPIC =
            of(COUNTING, "audit-topic", "audit", TOPIC, "Topic of audit lines");

    public static final JobOption<String> JOB_RUNS_TOPIC =
            of(READING, "job-runs-topic", "job-runs", TOPIC, "Topic of generations; streampane reads only job-runs");

    public static final JobOption<String> START_FROM = of(
            READING,
            "start-from",
            "earliest",
            oneOf("earliest", "latest"),
            "Where a start without state begins to read");

    public static final JobOption<String> MODE = of(
            COUNTING,
            "mode",
            "streaming",
            oneOf("streaming", "batch"),
            "streaming: unbounded; batch: ends after the records that the input has at the start");

    public static final JobOption<Optional<ReplayPlan>> REPLAY = of(
            WINDOWED,
            "replay",
            "off",
            offOr(new OptionType<>("a plan as 'streampane replay' makes it", ReplayPlan::parse)),
            "Repeats the verdicts of the plan's records; results (at least once) and audit lines go to --results-topic");

    public static final JobOption<Integer> GENERATION = of(
            READING,
            "generation",
            "1",
            integer(1, (1 << 28) - 1),
            "Number of the run; new for every start without state");

    public static final JobOption<Integer> PARALLELISM =
            of(READING, "parallelism", "2", integer(1, 32768), "Subtasks per operator");

    public static final JobOption<Integer> MAX_PARALLELISM =
            of(READING, "max-parallelism", "128", integer(1, 32768), "Key groups; fixed for the life of the state");

    public static final JobOption<Optional<Duration>> CHECKPOINT_INTERVAL = of(
            READING,
            "checkpoint-interval",
            "on-output",
            wordOr("on-output", UP_TO_AN_HOUR),
            "Checkpoint interval; each checkpoint makes results visible; on-output: as soon as there are results, and every 5 s");

    public static final JobOption<Duration> COMMIT_PAUSE = of(
            WINDOWED,
            "commit-pause",
            "100ms",
            duration("0ms", "1m"),
            "Minimum pause between a checkpoint and the next one that results trigger, with --checkpoint-interval on-output");

    public static final JobOption<Duration> CHECKPOINT_TIMEOUT =
            of(READING, "checkpoint-timeout", "30s", duration("1s", "1h"), "Timeout of a checkpoint");

    /** The directory of checkpoints: they lie in {@code <state-dir>/<job>/<generation>}. */
    public static final JobOption<Optional<Path>> STATE_DIR = of(
            READING,
            "state-dir",
            "off",
            offOr(directory()),
            "Directory of checkpoints and savepoints; off: the cluster's setting");

    public static final JobOption<Duration> TRANSACTION_TIMEOUT = of(
            COUNTING,
            "transaction-timeout",
            "7d",
            duration("1s", "24d"),
            "Longest downtime of the job without data loss; brokers have a maximum");

    public static final JobOption<Duration> AUDIT_INTERVAL =
            of(COUNTING, "audit-interval", "10s", UP_TO_AN_HOUR, "Time between audit lines of a partition");

    /** An option that is not declared here. */
    public static <T> JobOption<T> of(String name, String fallback, OptionType<T> type, String help) {
        return new JobOption<>(name, fallback, type, help, NAMED);
    }

    /** The same with the default of one job. */
    public JobOption<T> withFallback(String text) {
        return new JobOption<>(name, text, type, help, kind);
    }

    /** Whether every job of that kind has the option. */
    boolean isOf(JobKind other) {
        return kind != null && kind.compareTo(other) <= 0;
    }

    /**
     * Parses the text of a value.
     *
     * @throws BadOptionException naming the option, the text and what is allowed
     */
    T parse(String text) {
        try {
            return type.parser().apply(text);
        } catch (OptionType.NotAllowedThere e) {
            throw BadOptionException.notAllowedThere(name, text, e.getMessage());
        } catch (RuntimeException e) {
            throw notAllowed(text, type.allowed());
        }
    }

    /** The exception that refuses a value. */
    public BadOptionException notAllowed(String text, String allowed) {
        return BadOptionException.notAllowed(name, text, allowed);
    }

    private static <T> JobOption<T> of(JobKind kind, String name, String fallback, OptionType<T> type, String help) {
        var option = new JobOption<>(name, fallback, type, help, kind);
        COMMON.add(option);
        return option;
    }

    /** The value that a run of a job had at {@code time}; empty if the run's record does not have it. */
    public Optional<T> at(JobRun run, Instant time) {
        return Optional.ofNullable(run.settingsAt(time).get(name)).map(type.parser());
    }
}
