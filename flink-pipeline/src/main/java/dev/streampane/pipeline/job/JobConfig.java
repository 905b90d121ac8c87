// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.intake.ReplayPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The configuration of a job: the values of its {@link JobOption}s, and the {@code kafka.*} properties that are passed through to every
 * Kafka client.
 *
 * <p>A value comes from the arguments, else from the environment ({@code STREAMPANE_…}), else from the file of {@code --config}, else it is
 * the default. All values are checked, wherever they come from, before anything starts. The file and the environment may hold options of
 * other jobs, arguments only as {@code --any.NAME}.
 */
public final class JobConfig {

    /** Interval of the periodic checkpoints of a job whose output triggers further ones. */
    private static final Duration BESIDE_OUTPUT = Duration.ofSeconds(5);

    private static final Duration WITHOUT_TRIGGER = Duration.ofMillis(500);

    private static final String VERSION = version();

    /**
     * Names of jobs as in the contracts: they are part of ids and of names of indices and directories. The index templates of the two
     * excluded prefixes would match other jobs that begin so.
     */
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,100}$)(?!(weather-average|transaction-total)-)[a-z0-9]+(-[a-z0-9]+)*");

    /** Topics to which a job writes for single records. */
    private static final List<JobOption<String>> RECORD_OUTPUTS =
            List.of(JobOption.LATE_TOPIC, JobOption.DEAD_LETTERS_TOPIC, JobOption.AUDIT_TOPIC);

    private final String job;
    private final Optional<Job> listed;
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, String> kafka = new TreeMap<>();

    private JobConfig(String job) {
        if (!NAME.matcher(job).matches()) {
            throw new BadOptionException(
                    "a job's name '%s' is not allowed; allowed are at most 100 lower-case letters and digits, with single - between, such as meter-energy, that do not begin with weather-average- or transaction-total-"
                            .formatted(BadOptionException.shown(job)));
        }
        this.job = job;
        this.listed = JobCatalog.find(job);
    }

    /**
     * Reads arguments and the process's environment.
     *
     * @throws BadOptionException naming the first bad or unknown option, its value and what is allowed
     */
    public static JobConfig of(String job, String... args) {
        return of(job, List.of(args), System.getenv());
    }

    /** Reads arguments and the given environment; see {@link #of(String, String...)}. */
    static JobConfig of(String job, List<String> args, Map<String, String> environment) {
        JobConfig config = new JobConfig(job);
        config.read(args, environment);
        config.check();
        config.listed.ifPresent(known -> known.check(config));
        return config;
    }

    public String job() {
        return job;
    }

    @SuppressWarnings("unchecked") // read() parses each value with the option's own type
    public <T> T get(JobOption<T> option) {
        Object value = values.get(option.name());
        if (value == null) {
            throw new IllegalStateException("--" + option.name() + " is no option of " + job);
        }
        return (T) value;
    }

    /** Every effective option by name, as text, and the {@code kafka.*} properties; secrets are left out. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(texts);
        kafka.forEach((key, value) -> {
            if (!KafkaProperties.isSecret(key)) {
                settings.put(KafkaProperties.PREFIX + key, value);
            }
        });
        return settings;
    }

    /** Properties for a Kafka client: the brokers and what passed through. */
    public Properties kafka() {
        Properties properties = new Properties();
        kafka.forEach(properties::setProperty);
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, get(JobOption.BOOTSTRAP_SERVERS));
        return properties;
    }

    /**
     * The options that decide on a record's verdict. A job without windows has {@link WindowSpec.None}; an option that the job does not
     * have is zero.
     */
    public IntakeSettings intake() {
        return new IntakeSettings(
                job,
                get(JobOption.GENERATION),
                jobVersion(),
                getOr(JobOption.WINDOWS, List.of(new WindowSpec.None())),
                getOr(JobOption.OUT_OF_ORDERNESS, Duration.ZERO),
                getOr(JobOption.ALLOWED_LATENESS, Duration.ZERO),
                getOr(JobOption.SKEW, Duration.ZERO),
                ifAny(JobOption.IDLE_AFTER).orElse(Duration.ZERO),
                get(JobOption.AUDIT_INTERVAL),
                getOr(JobOption.ZONE, ZoneOffset.UTC),
                get(JobOption.START_FROM).equals("earliest"),
                ifAny(JobOption.PREVIEW).orElse(Duration.ZERO),
                ifAny(JobOption.STATE_TTL).orElse(Duration.ZERO),
                replay());
    }

    /** The plan of the replay; {@link ReplayPlan#NONE} if the job is not a replay. */
    public ReplayPlan replay() {
        return ifAny(JobOption.REPLAY).orElse(ReplayPlan.NONE);
    }

    /** Whether the job is a replay, which computes again what was computed before. */
    public boolean isReplay() {
        return !replay().ranges().isEmpty();
    }

    private <T> T getOr(JobOption<T> option, T otherwise) {
        return has(option) ? get(option) : otherwise;
    }

    /** The value of an option that can be off; empty also if the job does not have the option. */
    <T> Optional<T> ifAny(JobOption<Optional<T>> option) {
        return getOr(option, Optional.empty());
    }

    public boolean has(JobOption<?> option) {
        return values.containsKey(option.name());
    }

    public Duration checkpointInterval() {
        return get(JobOption.CHECKPOINT_INTERVAL)
                .orElse(JobEnvironment.canTriggerCheckpoints() ? BESIDE_OUTPUT : WITHOUT_TRIGGER);
    }

    /** Time from the end of a checkpoint to the next one that output triggers; empty if output triggers none. */
    public Optional<Duration> commitPause() {
        return get(JobOption.CHECKPOINT_INTERVAL).isEmpty()
                        && has(JobOption.COMMIT_PAUSE)
                        && JobEnvironment.canTriggerCheckpoints()
                ? Optional.of(get(JobOption.COMMIT_PAUSE))
                : Optional.empty();
    }

    /** The longest time from the end of a checkpoint to the end of the next: as long as output can wait for its commit. */
    Duration longestCheckpoint() {
        Duration interval = checkpointInterval();
        Duration pause = commitPause().orElse(Duration.ZERO); // not even a periodic one comes earlier
        return (pause.compareTo(interval) > 0 ? pause : interval).plus(get(JobOption.CHECKPOINT_TIMEOUT));
    }

    /** Whether the job computes what its input holds at the start, and then ends. */
    public boolean isBatch() {
        return has(JobOption.MODE) && get(JobOption.MODE).equals("batch");
    }

    /** Whether records of topics that no option names any more are skipped; see {@link Job#leavesTopicsOut}. */
    public boolean leavesTopicsOut() {
        return listed.map(known -> known.leavesTopicsOut(this)).orElse(false);
    }

    /**
     * Refuses an input topic to which the job itself writes for each record.
     *
     * @param option name of the option that names the topic
     * @throws BadOptionException if it is the topic of another option
     */
    public void checkInput(String option, String topic) {
        RECORD_OUTPUTS.stream().filter(this::has).forEach(output -> checkInput(option, topic, output));
    }

    /** The same for one output topic, that of option {@code written}. */
    public void checkInput(String option, String topic, JobOption<String> written) {
        if (get(written).equals(topic)) {
            throw BadOptionException.notAllowed(
                    option,
                    topic,
                    "a topic other than that of --" + written.name()
                            + ", or the job would read its own output in a loop");
        }
    }

    /** The jar's version, which is written into every result. */
    public String jobVersion() {
        return VERSION;
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = JobConfig.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private void read(List<String> args, Map<String, String> environment) {
        List<JobOption<?>> options = listed.map(Job::options).orElseGet(Job.DEFAULT_OPTIONS::all);
        List<JobOption<?>> all = JobCatalog.options();
        Map<String, String> asked = new OptionSources(job, options, all).asked(args, environment);
        for (JobOption<?> option : options) {
            String text = asked.getOrDefault(option.name(), option.fallback());
            values.put(option.name(), option.parse(text));
            texts.put(option.name(), text);
        }
        all.forEach(option -> asked.remove(option.name()));
        asked.forEach((name, text) -> kafka.put(KafkaProperties.checked(name, text), text));
        KafkaProperties.checkIdempotence(kafka);
        if (has(JobOption.TRANSACTION_TIMEOUT)) {
            KafkaProperties.checkProducer(kafka);
        }
    }

    private void check() {
        if (get(JobOption.PARALLELISM) > get(JobOption.MAX_PARALLELISM)) {
            throw notAllowed(
                    JobOption.PARALLELISM, "at most --max-parallelism, which is " + get(JobOption.MAX_PARALLELISM));
        }
        if (isBatch() && has(JobOption.WINDOWS)) {
            checkBatch();
        }
        if (has(JobOption.INPUT_TOPIC)) {
            checkInput(JobOption.INPUT_TOPIC.name(), get(JobOption.INPUT_TOPIC));
        }
        if (get(JobOption.CHECKPOINT_INTERVAL).isEmpty() && !has(JobOption.COMMIT_PAUSE)) {
            throw notAllowed(JobOption.CHECKPOINT_INTERVAL, "a duration, for this job has no output to wait for");
        }
        if (has(JobOption.TRANSACTION_TIMEOUT)) {
            Duration least = longestCheckpoint();
            if (get(JobOption.TRANSACTION_TIMEOUT).compareTo(least) <= 0) {
                throw notAllowed(
                        JobOption.TRANSACTION_TIMEOUT,
                        "more than --checkpoint-interval, or a longer --commit-pause, and --checkpoint-timeout together ("
                                + least.toMillis()
                                + "ms), or the brokers abort what a checkpoint is about to promise");
            }
        }
    }

    /** Refuses what a batch cannot have: windows that depend on the order of arrival, and previews of open windows. */
    private void checkBatch() {
        if (get(JobOption.WINDOWS).stream().anyMatch(WindowSpec::dependsOnArrival)) {
            throw notAllowed(
                    JobOption.MODE,
                    "streaming with "
                            + texts.get(JobOption.WINDOWS.name())
                            + ": what a global window holds depends on the order of arrival");
        }
        if (get(JobOption.PREVIEW).isPresent()) {
            throw notAllowed(JobOption.PREVIEW, "off with --mode batch");
        }
    }

    /** The exception that refuses the current value of an option. */
    public BadOptionException notAllowed(JobOption<?> option, String allowed) {
        return option.notAllowed(texts.get(option.name()), allowed);
    }
}
