// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.pipeline.intake.IntakeSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job was asked to do: the values of {@link JobOption}s and the {@code kafka.*} properties that pass
 * through to every Kafka client.
 *
 * <p>A value comes from the arguments, else from the environment ({@code STREAMPANE_…}), else from the file
 * of {@code --config}, else it is the default. Each text is checked, wherever it comes from, before anything
 * starts. The file and the environment may hold options of other jobs; arguments may not.
 */
public final class JobConfig {

    private static final Logger LOG = LoggerFactory.getLogger(JobConfig.class);
    private static final String ENVIRONMENT_PREFIX = "STREAMPANE_";
    private static final String CONFIG_FILE = "config";

    private final String job;
    private final Map<JobOption<?>, Object> values = new HashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, String> kafka = new TreeMap<>();

    private JobConfig(String job) {
        this.job = job;
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
        Map<String, String> fromArgs = arguments(job, args);
        Map<String, String> fromEnvironment = environment(environment);
        String file = fromArgs.getOrDefault(CONFIG_FILE, fromEnvironment.get(CONFIG_FILE));
        Map<String, String> asked = new LinkedHashMap<>();
        if (file != null) {
            asked.putAll(file(file));
        }
        asked.putAll(fromEnvironment);
        asked.putAll(fromArgs);
        asked.remove(CONFIG_FILE);
        JobConfig config = new JobConfig(job);
        config.read(asked);
        config.check();
        return config;
    }

    /** The job's name. */
    public String job() {
        return job;
    }

    /** The value of an option that the job has. */
    @SuppressWarnings("unchecked") // read() parses each value with the option's own type
    public <T> T get(JobOption<T> option) {
        Object value = values.get(option);
        if (value == null) {
            throw new IllegalStateException("--" + option.name() + " is no option of " + job);
        }
        return (T) value;
    }

    /** Every effective option by name, as text, and the {@code kafka.*} properties; secrets are left out. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(texts);
        kafka.forEach(
                (key, value) -> {
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
        properties.setProperty(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, get(JobOption.BOOTSTRAP_SERVERS));
        return properties;
    }

    /** The options of a window job that decide on a record's fate. */
    public IntakeSettings intake() {
        return new IntakeSettings(
                job,
                get(JobOption.GENERATION),
                jobVersion(),
                get(JobOption.WINDOWS),
                get(JobOption.OUT_OF_ORDERNESS),
                get(JobOption.ALLOWED_LATENESS),
                get(JobOption.SKEW),
                get(JobOption.IDLE_AFTER).orElse(Duration.ZERO),
                get(JobOption.AUDIT_INTERVAL),
                get(JobOption.ZONE),
                get(JobOption.START_FROM).equals("earliest"));
    }

    /** Whether the job has the option. */
    public boolean has(JobOption<?> option) {
        return values.containsKey(option);
    }

    /** The jar's version. */
    public String jobVersion() {
        return JobVersion.TEXT;
    }

    private void read(Map<String, String> asked) {
        for (JobOption<?> option : JobOption.ALL) {
            String text = asked.remove(option.name());
            if (option.jobs().contains(job)) {
                String effective = text == null ? option.fallbackIn(job) : text;
                values.put(option, option.parse(effective));
                texts.put(option.name(), effective);
            }
        }
        asked.forEach((name, text) -> kafka.put(KafkaProperties.checked(name, text), text));
    }

    private void check() {
        if (get(JobOption.PARALLELISM) > get(JobOption.MAX_PARALLELISM)) {
            throw BadOptionException.notAllowed(
                    JobOption.PARALLELISM.name(),
                    texts.get(JobOption.PARALLELISM.name()),
                    "at most --max-parallelism, which is " + get(JobOption.MAX_PARALLELISM));
        }
        if (has(JobOption.TRANSACTION_TIMEOUT)) {
            Duration least =
                    get(JobOption.CHECKPOINT_INTERVAL).plus(get(JobOption.CHECKPOINT_TIMEOUT));
            if (get(JobOption.TRANSACTION_TIMEOUT).compareTo(least) <= 0) {
                throw BadOptionException.notAllowed(
                        JobOption.TRANSACTION_TIMEOUT.name(),
                        texts.get(JobOption.TRANSACTION_TIMEOUT.name()),
                        "more than --checkpoint-interval and --checkpoint-timeout together ("
                                + least.toMillis()
                                + "ms), or the brokers abort what a checkpoint is about to promise");
            }
        }
    }

    private static Map<String, String> arguments(String job, List<String> args) {
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String argument = args.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                throw new BadOptionException(
                        "'%s' is not allowed here; allowed are options as --name value or --name=value"
                                .formatted(BadOptionException.shown(argument)));
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            Optional<JobOption<?>> option = option(name);
            if (!known(name) || option.isPresent() && !option.get().jobs().contains(job)) {
                throw unknown("--" + name, job);
            }
            if (equals < 0 && (i + 1 == args.size() || args.get(i + 1).startsWith("--"))) {
                throw new BadOptionException(
                        "--%s: the value is missing; allowed is %s"
                                .formatted(
                                        name,
                                        option.map(o -> o.type().allowed()).orElse("a text")));
            }
            String value = equals < 0 ? args.get(++i) : argument.substring(equals + 1);
            if (found.put(name, value) != null) {
                throw new BadOptionException("--" + name + ": given twice; allowed is once");
            }
        }
        return found;
    }

    private static Map<String, String> environment(Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>();
        environment.forEach(
                (variable, value) -> {
                    if (!variable.startsWith(ENVIRONMENT_PREFIX)) {
                        return;
                    }
                    String name =
                            variable.substring(ENVIRONMENT_PREFIX.length())
                                    .toLowerCase(Locale.ROOT);
                    String option = name.replace('_', '-');
                    String property = name.replace('_', '.');
                    if (known(option)) {
                        found.put(option, value);
                    } else if (property.startsWith(KafkaProperties.PREFIX)) {
                        found.put(property, value);
                    } else {
                        LOG.warn(
                                "Variable is no option of a job and is ignored, name={}", variable);
                    }
                });
        return found;
    }

    private static Map<String, String> file(String name) {
        Map<String, String> found = new TreeMap<>();
        Properties properties =
                new Properties() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public synchronized Object put(Object key, Object value) {
                        if (found.put((String) key, ((String) value).strip()) != null) {
                            throw new BadOptionException(
                                    "--config: '%s' holds '%s' twice; allowed is once"
                                            .formatted(BadOptionException.shown(name), key));
                        }
                        return null;
                    }
                };
        try (BufferedReader reader = Files.newBufferedReader(Path.of(name))) {
            properties.load(reader);
        } catch (IOException | InvalidPathException e) {
            throw new BadOptionException(
                    "--config: '%s' cannot be read (%s); allowed is a properties file in UTF-8"
                            .formatted(
                                    BadOptionException.shown(name), e.getClass().getSimpleName()));
        }
        for (String key : found.keySet()) {
            if (!known(key) || key.equals(CONFIG_FILE)) {
                throw unknown("'" + key + "' in " + BadOptionException.shown(name), "the jobs");
            }
        }
        return found;
    }

    private static boolean known(String name) {
        return name.equals(CONFIG_FILE)
                || option(name).isPresent()
                || name.startsWith(KafkaProperties.PREFIX);
    }

    private static Optional<JobOption<?>> option(String name) {
        return JobOption.ALL.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    private static BadOptionException unknown(String what, String job) {
        String names =
                JobOption.ALL.stream()
                        .filter(option -> !job.contains("-") || option.jobs().contains(job))
                        .map(JobOption::name)
                        .collect(Collectors.joining(" "));
        return new BadOptionException(
                "%s is no option of %s; allowed are %s %s %s*"
                        .formatted(
                                BadOptionException.shown(what),
                                job,
                                names,
                                CONFIG_FILE,
                                KafkaProperties.PREFIX));
    }
}
