// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.intake.ReplayPlan;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;

/**
 * One option of the jobs, and the table of all of them ({@link #ALL}): parsing, environment names, {@code
 * --help}, messages and the table in the module's README derive from here.
 *
 * @param name as an argument ({@code --name value} or {@code --name=value}) and as a key of the {@code
 *     --config} file
 * @param fallback the default, as text
 * @param fallbackOf defaults of single jobs, by job name
 * @param jobs those of our jobs that have the option; see {@link #isOf}
 * @param type what is allowed, and how it is read
 * @param help one sentence: unit, effect
 */
public record JobOption<T>(
        String name,
        String fallback,
        Map<String, String> fallbackOf,
        Set<String> jobs,
        OptionType<T> type,
        String help) {

    private static final String WEATHER = "weather-average";
    private static final String TRANSACTIONS = "transaction-total";
    private static final String INDEX = "index-results";
    private static final String WORDS = "word-count";
    private static final String FRAUD = "fraud-detection";
    private static final String ARCHIVE = "time-series-archive";
    private static final String SPEED = "time-series-speed";

    /** A job of the user's own: it has the options of those with windows, and reads the topic that it is told to. */
    private static final String OTHER = "others";

    private static final Set<String> EVERY = Set.of(WEATHER, TRANSACTIONS, INDEX, WORDS, FRAUD, ARCHIVE, SPEED);

    /** Those with an Intake and the one exactly-once sink. */
    private static final Set<String> COUNTING = Set.of(WEATHER, TRANSACTIONS, WORDS, FRAUD, ARCHIVE, SPEED);

    /** Those of them whose output asks for a checkpoint: the archive's files would be as many. */
    private static final Set<String> COMMITTING = Set.of(WEATHER, TRANSACTIONS, WORDS, FRAUD, SPEED);

    /** Those of them with event times. */
    private static final Set<String> TIMED = Set.of(WEATHER, TRANSACTIONS, FRAUD, ARCHIVE, SPEED);

    /** Those of them that wait for late records. */
    private static final Set<String> PATIENT = Set.of(WEATHER, TRANSACTIONS, ARCHIVE, SPEED);

    /** Those of them with windows. */
    private static final Set<String> WINDOWED = Set.of(WEATHER, TRANSACTIONS, SPEED);

    private static final Set<String> INDEXING = Set.of(INDEX);
    private static final OptionType<Duration> UP_TO_30_DAYS = OptionType.duration("0ms", "30d");
    private static final OptionType<Duration> UP_TO_A_DAY = OptionType.duration("1ms", "1d");

    /** The options in the order in which they stand here. */
    private static final List<JobOption<?>> DECLARED = new ArrayList<>();

    /** Kafka's brokers, for every client of the job. */
    public static final JobOption<String> BOOTSTRAP_SERVERS =
            every("bootstrap-servers", "127.0.0.1:9092", OptionType.brokers(), "Kafka brokers");

    /** What each record is counted in; one verdict and one line of the audit per specification. */
    public static final JobOption<List<WindowSpec>> WINDOWS =
            windowed("windows", "tumbling(1m)", OptionType.windows(), "Windows; each record is counted in each");

    /** How far a partition's clock stays behind its newest event time. */
    public static final JobOption<Duration> OUT_OF_ORDERNESS =
            of(TIMED, "out-of-orderness", "5s", UP_TO_30_DAYS, "Disorder to wait for in a partition");

    /** How long after its first firing a window takes readings in and is revised. */
    public static final JobOption<Duration> ALLOWED_LATENESS = of(
            "allowed-lateness",
            "1m",
            Map.of(ARCHIVE, "15m", SPEED, "15m"),
            PATIENT,
            UP_TO_30_DAYS,
            "How long a fired window still takes records and is revised");

    /** How far an event time may be ahead of its append time. */
    public static final JobOption<Duration> SKEW = of(
            TIMED,
            "skew",
            "5m",
            UP_TO_30_DAYS,
            "How far an event time may be ahead of its append time; beyond: rejected");

    /** After what silence a partition no longer holds time back; nothing is closed by guess by default. */
    public static final JobOption<Optional<Duration>> IDLE_AFTER = of(
            TIMED,
            "idle-after",
            "off",
            OptionType.offOr(OptionType.duration("1s", "30d")),
            "Silence after which a partition no longer holds time back (guesses)");

    /** How often panes that have not fired are looked into. */
    public static final JobOption<Optional<Duration>> PREVIEW = windowed(
            "preview",
            "off",
            OptionType.offOr(OptionType.duration("100ms", "1h")),
            "Time between looks into windows that are still open, to --previews-topic");

    /** How long state of a key is kept that no record comes to; without it for good. */
    public static final JobOption<Optional<Duration>> STATE_TTL = of(
            Set.of(WEATHER, TRANSACTIONS, SPEED, WORDS),
            "state-ttl",
            "off",
            OptionType.offOr(OptionType.duration("1s", "3650d")),
            "Time without a record after which a key's total is forgotten: event time in global(every=…), time of day in word-count");

    /** The zone of zone-less times in the input, and of the legacy fields of a result. */
    public static final JobOption<ZoneId> ZONE =
            of(TIMED, "zone", "UTC", OptionType.zone(), "Zone of times that are written without");

    /** Which tags have whole numbers. */
    public static final JobOption<Pattern> INTEGER_NAMES = of(
            Set.of(ARCHIVE, SPEED),
            "integer-names",
            ".*-ni-.*",
            OptionType.regex(),
            "Names of tags of whole numbers; of all not named here or next: numbers");

    /** Which tags have texts. */
    public static final JobOption<Pattern> STRING_NAMES = of(
            Set.of(ARCHIVE, SPEED),
            "string-names",
            ".*-ns-.*",
            OptionType.regex(),
            "Names of tags of texts (where --integer-names does not match)");

    /** The topic that the job reads. */
    public static final JobOption<String> INPUT_TOPIC = of(
            "input-topic",
            "device-readings",
            Map.of(
                    TRANSACTIONS,
                    "transactions",
                    FRAUD,
                    "transactions",
                    ARCHIVE,
                    "time-series",
                    SPEED,
                    "time-series",
                    INDEX,
                    "window-results",
                    OTHER,
                    ""),
            Set.of(WEATHER, TRANSACTIONS, FRAUD, ARCHIVE, SPEED, INDEX),
            OptionType.topic(),
            "Topic to read");

    /** Where word-count reads its text. */
    public static final JobOption<TextSource> SOURCE =
            wordCount("source", "datagen", TextSource.type(), "Text to count the words of");

    /** How fast {@code --source datagen} is. */
    public static final JobOption<Integer> WORDS_PER_SECOND = wordCount(
            "words-per-second",
            "5",
            OptionType.integer(1, 1_000_000),
            "Words that datagen makes per second, over all subtasks");

    /** How often {@code file:} and {@code dir:} look for new files. */
    public static final JobOption<Optional<Duration>> WATCH_INTERVAL = wordCount(
            "watch-interval",
            "off",
            OptionType.offOr(OptionType.duration("100ms", "1h")),
            "Time between looks for new files of file: and dir:; off: what is there is read, and the job ends");

    /** Which words are counted. */
    public static final JobOption<String> STARTS_WITH =
            wordCount("starts-with", "", OptionType.wordPrefix(), "How a word that is counted begins");

    /** Where the changelog goes. */
    public static final JobOption<ChangelogTargets> OUTPUT = wordCount(
            "output",
            "topic",
            ChangelogTargets.type(),
            "Where the changelog goes: --word-counts-topic, the TaskManager's standard output, files");

    /** The topic of the results. */
    public static final JobOption<String> RESULTS_TOPIC =
            windowed("results-topic", "window-results", OptionType.topic(), "Topic of results");

    /** The topic of early results. */
    public static final JobOption<String> PREVIEWS_TOPIC =
            windowed("previews-topic", "window-previews", OptionType.topic(), "Topic of previews");

    /** The topic of alerts. */
    public static final JobOption<String> ALERTS_TOPIC =
            of(Set.of(FRAUD, INDEX), "alerts-topic", "alerts", OptionType.topic(), "Topic of alerts");

    /** The topic of the changelog of counts. */
    public static final JobOption<String> WORD_COUNTS_TOPIC =
            of(Set.of(WORDS), "word-counts-topic", "word-counts", OptionType.topic(), "Topic of the changelog");

    /** The topic of line protocol. */
    public static final JobOption<String> TELEGRAF_TOPIC =
            of(Set.of(SPEED), "telegraf-topic", "telegraf", OptionType.topic(), "Topic of line protocol");

    /** The topic of records that came past the allowed lateness. */
    public static final JobOption<String> LATE_TOPIC =
            of(TIMED, "late-topic", "late-records", OptionType.topic(), "Topic of late records");

    /** The topic of records that could not be read or stored. */
    public static final JobOption<String> DEAD_LETTERS_TOPIC =
            every("dead-letters-topic", "dead-letters", OptionType.topic(), "Topic of rejects");

    /** The topic of audit lines. */
    public static final JobOption<String> AUDIT_TOPIC =
            of(COUNTING, "audit-topic", "audit", OptionType.topic(), "Topic of audit lines");

    /** The topic that says which generations there have been. */
    public static final JobOption<String> JOB_RUNS_TOPIC =
            every("job-runs-topic", "job-runs", OptionType.topic(), "Topic of generations");

    /** Where a start without state begins to read. */
    public static final JobOption<String> START_FROM = every(
            "start-from",
            "earliest",
            OptionType.oneOf("earliest", "latest"),
            "Where a start without state begins to read");

    /** How the job runs: for ever, or over what its input holds at the start. */
    public static final JobOption<String> MODE = of(
            COUNTING,
            "mode",
            "streaming",
            OptionType.oneOf("streaming", "batch"),
            "streaming: goes on; batch: computes what the input holds at the start, and ends");

    /** What to compute once more, to compare it with what was published. */
    public static final JobOption<Optional<ReplayPlan>> REPLAY = windowed(
            "replay",
            "off",
            OptionType.offOr(OptionType.replayPlan()),
            "Gives the plan's records their verdicts again; results, at least once, and audit go to --results-topic");

    /** The number of this run; a start that does not continue from state takes a new one. */
    public static final JobOption<Integer> GENERATION = every(
            "generation",
            "1",
            OptionType.integer(1, (1 << 28) - 1),
            "Number of the run; new for every start without state");

    /** Subtasks per operator; a source has at most one per partition. */
    public static final JobOption<Integer> PARALLELISM = of(
            "parallelism",
            "2",
            Map.of(WORDS, "1", FRAUD, "1", ARCHIVE, "1", SPEED, "1"),
            EVERY,
            OptionType.integer(1, 32768),
            "Subtasks per operator");

    /** The number of key groups, which state is written in and which cannot change with state. */
    public static final JobOption<Integer> MAX_PARALLELISM = every(
            "max-parallelism", "128", OptionType.integer(1, 32768), "Key groups; fixed for the life of the state");

    /** Time from checkpoint to checkpoint: what is written becomes visible with the next. Empty: as soon as something was written. */
    public static final JobOption<Optional<Duration>> CHECKPOINT_INTERVAL = of(
            "checkpoint-interval",
            "on-output",
            Map.of(INDEX, "10s", ARCHIVE, "60s"),
            EVERY,
            OptionType.wordOr("on-output", OptionType.duration("100ms", "1h")),
            "Time between checkpoints, with each of which results become visible; on-output: as soon as there are some, and each 5 s");

    /** From the end of a checkpoint to the next that output asks for. */
    public static final JobOption<Duration> COMMIT_PAUSE = of(
            "commit-pause",
            "100ms",
            Map.of(WORDS, "500ms"),
            COMMITTING,
            OptionType.duration("0ms", "1m"),
            "Least time from the end of a checkpoint to the next one that results ask for, with --checkpoint-interval on-output");

    /** After what time a checkpoint is given up. */
    public static final JobOption<Duration> CHECKPOINT_TIMEOUT = of(
            "checkpoint-timeout",
            "30s",
            Map.of(ARCHIVE, "5m"),
            EVERY,
            OptionType.duration("1s", "1h"),
            "Time after which a checkpoint is given up");

    /** The directory of checkpoints: they lie in {@code <state-dir>/<job>/<generation>}. */
    public static final JobOption<Optional<Path>> STATE_DIR = every(
            "state-dir",
            "off",
            OptionType.offOr(OptionType.directory()),
            "Directory of checkpoints and savepoints; off: the cluster's setting");

    /** The longest pause between a checkpoint and its commit that loses nothing. */
    public static final JobOption<Duration> TRANSACTION_TIMEOUT = of(
            COUNTING,
            "transaction-timeout",
            "7d",
            OptionType.duration("1s", "24d"),
            "Longest pause of the job that loses nothing; brokers have a maximum");

    /** Time from audit line to audit line of a partition. */
    public static final JobOption<Duration> AUDIT_INTERVAL = of(
            COUNTING,
            "audit-interval",
            "10s",
            OptionType.duration("100ms", "1h"),
            "Time between audit lines of a partition");

    /** Up to this a payment is small. */
    public static final JobOption<BigDecimal> SMALL_AMOUNT = fraud(
            "small-amount",
            "1",
            OptionType.decimal("0.01", "100000000", 4),
            "small-then-large: up to this amount a payment is small");

    /** From this on a payment is large. */
    public static final JobOption<BigDecimal> LARGE_AMOUNT = fraud(
            "large-amount",
            "500",
            OptionType.decimal("0.01", "100000000", 4),
            "small-then-large: from this amount on a payment is large");

    /** In less than this after the small payment the large one follows. */
    public static final JobOption<Duration> SMALL_LARGE_WINDOW = fraud(
            "small-large-window", "1m", UP_TO_A_DAY, "small-then-large: the large payment follows in less than this");

    /** More than so many payments are a burst. */
    public static final JobOption<Integer> BURST_COUNT = fraud(
            "burst-count",
            "10",
            OptionType.integer(1, 100),
            "many-transactions: more than so many payments are a burst");

    /** The payments of a burst come in less than this. */
    public static final JobOption<Duration> BURST_WINDOW = fraud(
            "burst-window", "1m", UP_TO_A_DAY, "many-transactions: the payments of a burst come in less than this");

    /** More than so many times the mean is unusual. */
    public static final JobOption<BigDecimal> MEAN_FACTOR = fraud(
            "mean-factor",
            "10",
            OptionType.decimal("1", "1000000", 2),
            "unusual-amount: more than so many times the client's mean is unusual");

    /** So many payments make a mean. */
    public static final JobOption<Integer> MEAN_MIN_COUNT = fraud(
            "mean-min-count",
            "10",
            OptionType.integer(1, 1_000_000),
            "unusual-amount: so many earlier payments make a mean");

    /** After such a silence a client's mean is forgotten. */
    public static final JobOption<Duration> MEAN_TTL = fraud(
            "mean-ttl",
            "30d",
            OptionType.duration("1s", "3650d"),
            "unusual-amount: after a longer silence a client's mean is forgotten");

    /** From this on a purchase counts for impossible travel. */
    public static final JobOption<BigDecimal> HIGH_VALUE = fraud(
            "high-value",
            "250",
            OptionType.decimal("0.01", "100000000", 4),
            "impossible-travel: from this amount on a purchase is of high value");

    /** Nobody travels faster. */
    public static final JobOption<Integer> MAX_SPEED_KMH = fraud(
            "max-speed-kmh",
            "900",
            OptionType.integer(1, 1_000_000),
            "impossible-travel: faster than this, in km/h, nobody travels");

    /** The second purchase follows in less than this. */
    public static final JobOption<Duration> TRAVEL_WINDOW = fraud(
            "travel-window", "1h", UP_TO_A_DAY, "impossible-travel: the second purchase follows in less than this");

    /** The directory of the archive's files. */
    public static final JobOption<Path> ARCHIVE_DIR = of(
            Set.of(ARCHIVE),
            "archive-dir",
            "/var/lib/streampane/archive",
            OptionType.directory(),
            "Directory of the archive's Parquet files");

    /** The age at which a day's unfinished files are joined into one that readers see. */
    public static final JobOption<Duration> COMPACT_AFTER = of(
            Set.of(ARCHIVE),
            "compact-after",
            "4h",
            OptionType.duration("1s", "7d"),
            "Age of rows at which their files are joined into one and shown");

    /** The base addresses of Elasticsearch's nodes. */
    public static final JobOption<List<URI>> ELASTICSEARCH_URL =
            indexing("elasticsearch-url", "http://127.0.0.1:9200", OptionType.httpUrls(), "Elasticsearch to write to");

    /** Whom to believe that it is Elasticsearch. */
    public static final JobOption<Optional<java.nio.file.Path>> ELASTICSEARCH_CA_FILE = indexing(
            "elasticsearch-ca-file",
            "off",
            OptionType.offOr(OptionType.file()),
            "Certificates in PEM that alone are believed for https; off: those of the JVM");

    /** As whom to come to Elasticsearch. */
    public static final JobOption<Optional<java.nio.file.Path>> ELASTICSEARCH_API_KEY_FILE = indexing(
            "elasticsearch-api-key-file",
            "off",
            OptionType.offOr(OptionType.file()),
            "API key for Elasticsearch, read again for each request; https only");

    /** How long a document waits for others to share a bulk request with. */
    public static final JobOption<Duration> FLUSH_INTERVAL = indexing(
            "flush-interval",
            "100ms",
            OptionType.duration("10ms", "1m"),
            "Longest wait of a document for its bulk request");

    /** The most documents in a bulk request. */
    public static final JobOption<Integer> BULK_ACTIONS =
            indexing("bulk-actions", "1000", OptionType.integer(1, 100_000), "Most documents in a bulk request");

    /** Whether Elasticsearch shows the audit, too. */
    public static final JobOption<Optional<String>> INDEX_AUDIT_TOPIC = indexing(
            "index-audit-topic",
            "off",
            OptionType.offOr(OptionType.topic()),
            "Topic of audit lines, to be indexed as well: what was counted, late and rejected");

    /** How long the newest revisions are kept. */
    public static final JobOption<Optional<Duration>> RESULTS_RETENTION =
            retention("results-retention", "window-results-<job>-<yyyy.MM>");

    /** How long all revisions are kept. */
    public static final JobOption<Optional<Duration>> HISTORY_RETENTION =
            retention("history-retention", "window-history-<job>-<yyyy.MM>");

    /** How long alerts are kept. */
    public static final JobOption<Optional<Duration>> ALERTS_RETENTION =
            retention("alerts-retention", "alerts-<yyyy.MM>");

    /** How long audit lines are kept. */
    public static final JobOption<Optional<Duration>> AUDIT_RETENTION = retention("audit-retention", "audit-<yyyy.MM>");

    /** Every option, in the order of {@code --help}. */
    public static final List<JobOption<?>> ALL = List.copyOf(DECLARED);

    private static JobOption<Optional<Duration>> retention(String name, String indices) {
        return indexing(
                name,
                "off",
                OptionType.offOr(OptionType.duration("1d", "36500d")),
                "Time after the end of its month at which an index " + indices + " is dropped");
    }

    /** Whether a job has the option; one that is not ours has those of our jobs with windows. */
    public boolean isOf(String job) {
        return jobs.contains(EVERY.contains(job) ? job : WEATHER);
    }

    /** The default in a job, as text. */
    public String fallbackIn(String job) {
        return fallbackOf.getOrDefault(EVERY.contains(job) ? job : OTHER, fallback);
    }

    /**
     * The value of a text.
     *
     * @throws BadOptionException naming the option, the text and what is allowed
     */
    T parse(String text) {
        try {
            return type.parser().apply(text);
        } catch (OptionType.NotAllowedThere e) {
            throw BadOptionException.notAllowedThere(name, text, e.getMessage());
        } catch (RuntimeException e) {
            throw BadOptionException.notAllowed(name, text, type.allowed());
        }
    }

    private static <T> JobOption<T> every(String name, String fallback, OptionType<T> type, String help) {
        return of(EVERY, name, fallback, type, help);
    }

    private static <T> JobOption<T> windowed(String name, String fallback, OptionType<T> type, String help) {
        return of(WINDOWED, name, fallback, type, help);
    }

    private static <T> JobOption<T> fraud(String name, String fallback, OptionType<T> type, String help) {
        return of(Set.of(FRAUD), name, fallback, type, help);
    }

    private static <T> JobOption<T> wordCount(String name, String fallback, OptionType<T> type, String help) {
        return of(Set.of(WORDS), name, fallback, type, help);
    }

    private static <T> JobOption<T> indexing(String name, String fallback, OptionType<T> type, String help) {
        return of(INDEXING, name, fallback, type, help);
    }

    private static <T> JobOption<T> of(
            Set<String> jobs, String name, String fallback, OptionType<T> type, String help) {
        return of(name, fallback, Map.of(), jobs, type, help);
    }

    private static <T> JobOption<T> of(
            String name,
            String fallback,
            Map<String, String> fallbackOf,
            Set<String> jobs,
            OptionType<T> type,
            String help) {
        var option = new JobOption<>(name, fallback, fallbackOf, jobs, type, help);
        DECLARED.add(option);
        return option;
    }
}
