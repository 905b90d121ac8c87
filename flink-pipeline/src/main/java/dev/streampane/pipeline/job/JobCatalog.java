// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.job.JobEnvironment.Kept;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jar's main class: {@code JobCatalog JOB --name value …} starts a job, {@code JobCatalog --help} lists the jobs,
 * {@code JobCatalog JOB --help} its options, {@code JobCatalog JOB … --dry-run} prints what would run.
 *
 * <p>An error that prevents a start is one line: on stderr with exit code 2 from a shell; as the exception's message in a submission to a
 * cluster, whose JVM must not exit.
 */
public final class JobCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(JobCatalog.class);
    private static final int EXIT_USAGE = 2;

    private JobCatalog() {}

    public static void main(String[] args) throws Exception {
        try {
            run(args, System.out);
        } catch (BadOptionException e) {
            if (StreamExecutionEnvironment.getExecutionEnvironment() instanceof StreamContextEnvironment) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(EXIT_USAGE);
        }
    }

    static void run(String[] args, PrintStream out) throws Exception {
        if (args.length == 0) {
            throw new BadOptionException("the job's name is missing; allowed are " + names() + " (or --help)");
        }
        if (isHelp(args[0])) {
            out.print(help());
            return;
        }
        Job job = job(args[0]);
        List<String> options = new ArrayList<>(List.of(args).subList(1, args.length));
        if (options.stream().anyMatch(JobCatalog::isHelp)) {
            out.print(help(job));
            return;
        }
        boolean dryRun = options.removeIf("--dry-run"::equals);
        JobConfig config = JobConfig.of(job.name(), options, System.getenv());
        if (dryRun) {
            StreamExecutionEnvironment env = JobEnvironment.create(config);
            job.define(env, config);
            config.settings().forEach((name, value) -> out.println(name + "=" + value));
            out.println(env.getExecutionPlan());
            return;
        }
        start(job, config);
    }

    /**
     * Starts the job. The entry point of an application with high availability waits while something required is missing, because nobody
     * would start it again. When it recovers a job, it waits whatever is wrong, because a failure would end the job: Flink continues a job
     * only when its entry point executes it.
     */
    private static void start(Job job, JobConfig config) throws Exception {
        StreamExecutionEnvironment env = JobEnvironment.create(config);
        Kept kept = kept(job, env);
        boolean recovered = kept.checkpoint().isPresent();
        if (!recovered) {
            LOG.info("Starting job, name={} settings={}", config.job(), config.settings());
        }
        while (true) {
            StreamGraph graph;
            try {
                graph = graph(job, config, env, kept);
            } catch (BadOptionException e) {
                if (!recovered && !(e.isRetriable() && JobEnvironment.isApplication(env))) {
                    throw e;
                }
                LOG.warn(
                        "Job does not run, its entry point waits, name={} checkpoint={} cause={}",
                        job.name(),
                        kept.checkpoint().orElse(null),
                        e.getMessage());
                TimeUnit.SECONDS.sleep(1);
                env = JobEnvironment.create(config);
                continue;
            }
            env.execute(graph);
            return;
        }
    }

    /** Waits until it can be determined what is kept, because a recovered job must not be taken for a new start. */
    private static Kept kept(Job job, StreamExecutionEnvironment env) throws InterruptedException {
        while (true) {
            try {
                return JobEnvironment.kept(env);
            } catch (IOException e) {
                LOG.warn("Job does not run, its entry point waits, name={} cause={}", job.name(), e.getMessage());
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /**
     * The graph to execute, after its generation has been taken. The checks of a start are not repeated for a recovered job: it continues
     * from a checkpoint of its own, whatever it was started from.
     */
    private static StreamGraph graph(Job job, JobConfig config, StreamExecutionEnvironment env, Kept kept) {
        boolean kafka = job.usesKafka(config);
        if (kept.checkpoint().isEmpty()) {
            JobStart.check(config, env, job.filesOfState());
            if (kafka) {
                JobStart.checkBrokers(config, env);
            }
        }
        job.define(env, config);
        StreamGraph graph = env.getStreamGraph();
        if (config.isReplay()) {
            graph.setJobName("replay of " + job.name());
            return graph;
        }
        graph.setJobName(job.name());
        JobID id = JobEnvironment.fixedJobId(env).orElseGet(JobID::generate);
        graph.setJobId(id);
        if (kafka && !kept.hasPlan()) {
            take(
                    job,
                    config,
                    id,
                    PriorState.of(env, kept.checkpoint()),
                    kept.checkpoint().isPresent());
        }
        return graph;
    }

    /** Takes the job's generation. A recovered job has it already, and runs even if its record cannot be written. */
    private static void take(Job job, JobConfig config, JobID id, PriorState from, boolean recovered) {
        var runs = new JobRuns(config.get(JobOption.JOB_RUNS_TOPIC), config.kafka());
        JobRun run = runOf(config, id);
        try {
            runs.take(run, from, recovered ? Optional.empty() : job.filesOfState());
        } catch (BadOptionException e) {
            if (!recovered) {
                throw e;
            }
            LOG.error("Run is not written down, name={} id={} cause={}", config.job(), id, e.getMessage());
        }
    }

    static Job job(String name) {
        return find(name)
                .orElseThrow(() -> new BadOptionException("'%s' is no job; allowed are %s (or --help)"
                        .formatted(BadOptionException.shown(name), names())));
    }

    static Optional<Job> find(String name) {
        return loaded().filter(job -> job.name().equals(name)).findFirst();
    }

    static List<Job> jobs() {
        return loaded().sorted(Comparator.comparing(Job::name)).toList();
    }

    /** The options of all jobs, with the common defaults; options of single jobs follow in the order of the jobs. */
    static List<JobOption<?>> options() {
        Map<String, JobOption<?>> options = new LinkedHashMap<>();
        Stream.concat(JobOption.COMMON.stream(), loaded().flatMap(job -> job.options().stream()))
                .forEach(option -> options.putIfAbsent(option.name(), option));
        return List.copyOf(options.values());
    }

    private static Stream<Job> loaded() {
        return ServiceLoader.load(Job.class, JobCatalog.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get);
    }

    private static JobRun runOf(JobConfig config, JobID id) {
        return new JobRun(
                config.job(),
                config.get(JobOption.GENERATION),
                id.toHexString(),
                config.has(JobOption.WINDOWS)
                        ? config.get(JobOption.WINDOWS).stream()
                                .map(WindowSpec::canonical)
                                .toList()
                        : List.of(),
                config.settings(),
                Instant.now(),
                config.jobVersion());
    }

    private static String help() {
        StringBuilder text = new StringBuilder("Usage: JobCatalog JOB [--name value]...\n\nJobs:\n");
        for (Job job : jobs()) {
            entry(text, 22, job.name(), job.summary());
        }
        return text.append("\nJobCatalog JOB --help lists the job's options with their defaults.\n")
                .toString();
    }

    private static String help(Job job) {
        StringBuilder text = new StringBuilder(
                "Usage: JobCatalog %s [--name value]...%n%n%s%n%nOptions (an argument, else STREAMPANE_NAME, else the file's line, else the%ndefault):%n"
                        .formatted(job.name(), lines(job.summary(), 0)));
        for (JobOption<?> option : job.options()) {
            line(text, option.name(), option.help() + " [" + option.fallback() + "]");
            line(text, "", option.type().allowed());
        }
        line(text, "kafka.PROPERTY", "Property of every Kafka client of the job");
        line(text, "any.NAME", "The option of that name, where the job has it");
        line(text, "config", "Properties file in UTF-8 with these names as keys");
        line(text, "dry-run", "Prints the options in force and the execution plan; starts nothing");
        return line(text, "help", "Prints this").toString();
    }

    private static StringBuilder line(StringBuilder text, String name, String what) {
        return entry(text, 32, name.isEmpty() ? "" : "--" + name, what);
    }

    /** A name, and its description from {@code column} on. */
    private static StringBuilder entry(StringBuilder text, int column, String name, String what) {
        return text.append(("  %-" + (column - 2) + "s%s%n").formatted(name, lines(what, column)));
    }

    /** The text, wrapped to the space after {@code column} in a terminal of 80 columns. */
    private static String lines(String what, int column) {
        return what.replaceAll("(.{1," + (80 - column) + "})(?: |$)", "$1\n" + " ".repeat(column))
                .stripTrailing();
    }

    private static boolean isHelp(String argument) {
        return argument.equals("--help") || argument.equals("-h");
    }

    private static String names() {
        return jobs().stream().map(Job::name).collect(Collectors.joining(", "));
    }
}
