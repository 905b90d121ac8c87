// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jobs' options by the table in {@code flink-pipeline/README.md}, which {@code JobCatalogTest} holds to the code. */
public final class JobOptions {

    private static final String TABLE = "| Option | Default |";
    private static final String ALL_JOBS = "all";
    private static final String CONFIG = "config";
    private static final String DRY_RUN = "dry-run";
    private static final String ANY = "any.NAME";
    private static final String KAFKA = "kafka.";
    private static final String VARIABLE = "STREAMPANE_";
    private static final Pattern PROVIDERS =
            Pattern.compile("STREAMPANE_KAFKA_CONFIG_PROVIDERS_[A-Z]+_(?:CLASS|PARAM_[A-Z_]+)");
    private static final Map<String, Set<String>> JOBS_BY_OPTION = read();

    private static Method parser;

    private JobOptions() {}

    /** Names of the jobs. */
    public static Set<String> jobs() {
        Set<String> jobs = new TreeSet<>();
        JOBS_BY_OPTION.values().forEach(jobs::addAll);
        jobs.remove(ALL_JOBS);
        return jobs;
    }

    /** Names of a job's options, without {@code --}; {@code kafka.} and a Kafka client's setting is one, too. */
    public static Set<String> of(String job) {
        Set<String> options = new TreeSet<>(List.of(ANY, CONFIG, DRY_RUN));
        JOBS_BY_OPTION.forEach((option, jobs) -> {
            if (jobs.contains(ALL_JOBS) || jobs.contains(job)) {
                options.add(option);
            }
        });
        ServiceSettings.kafka().forEach(name -> options.add(KAFKA + name));
        return options;
    }

    /** Names of the options that any job has. */
    public static Set<String> all() {
        return jobs().stream().flatMap(job -> of(job).stream()).collect(Collectors.toSet());
    }

    /** Whether a job looks at this variable of its environment. */
    public static boolean readsVariable(String job, String name) {
        return PROVIDERS.matcher(name).matches()
                || of(job).stream()
                        .filter(option -> !option.equals(DRY_RUN))
                        .anyMatch(option -> name.equals(VARIABLE + SettingName.variable(option)));
    }

    /** An option's default where no job has another. */
    public static String fallback(String option) {
        return rows().filter(cells -> name(cells).equals(option))
                .map(cells -> cells[2].replaceAll("^ `|`.*", ""))
                .findFirst()
                .orElseThrow();
    }

    /** Why a job does not take these arguments, of which the first is its name, and its environment; by its own parser. */
    public static Optional<String> refusal(List<String> arguments, Map<String, String> environment) {
        try {
            parser().invoke(null, arguments.get(0), arguments.subList(1, arguments.size()), environment);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(e.getCause().getMessage());
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One for all tests of a JVM: it takes its time to load the jobs' classes. */
    private static synchronized Method parser() throws IOException, ReflectiveOperationException {
        if (parser == null) {
            parser = ClassPaths.openJobs()
                    .loadClass("dev.streampane.pipeline.job.JobConfig")
                    .getDeclaredMethod("of", String.class, List.class, Map.class);
            parser.setAccessible(true);
        }
        return parser;
    }

    private static Map<String, Set<String>> read() {
        Map<String, Set<String>> options = new TreeMap<>();
        rows().forEach(cells ->
                options.put(name(cells), Set.of(cells[cells.length - 1].strip().split(", "))));
        return options;
    }

    private static String name(String[] cells) {
        return cells[1].replaceAll("[` ]|--", "");
    }

    /** The table's rows, an empty cell before the first. */
    private static Stream<String[]> rows() {
        String page = Sources.text("flink-pipeline/README.md");
        return page.substring(page.indexOf(TABLE))
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| `--"))
                .map(line -> line.split("\\|"));
    }
}
