// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.stack.Cluster;
import dev.streampane.local.stack.ClusterSettings;
import dev.streampane.local.stack.StackSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane submit}: submits jobs to a Flink cluster that {@code up} does not run. */
@Command(
        name = "submit",
        description = {"Submits jobs to an external Flink cluster and waits until they run.", """
            Running jobs are left alone. The others continue from the newest state of their
            generation below --state, or begin a new generation. A job that does not start
            does not stop the others. With --watch the command keeps running and resubmits
            jobs that the JobManager no longer has, as after its restart; ended jobs are
            left alone.
            For external clusters; 'up' does it by itself."""},
        customSynopsis = {
            "streampane submit --flink=URL --bootstrap-servers=HOST:PORT",
            "                         --state=DIR --jar=FILE [OPTIONS]"
        },
        sortOptions = false,
        footer = """

                Example:
                  streampane submit --flink http://jobmanager:8081 --state /state \\
                      --bootstrap-servers kafka:9092 --elasticsearch http://es:9200 \\
                      --jar job.jar""")
final class SubmitCommand extends Subcommand {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Map<String, String> OWN_OPTIONS = Map.of(
            "windows", "--windows",
            "generation", "--new-generation",
            "state-dir", "--state",
            "bootstrap-servers", "--bootstrap-servers",
            "elasticsearch-url", "--elasticsearch");

    @Option(names = "--flink", paramLabel = "URL", required = true, description = "Flink's REST interface.")
    private URI flink;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            required = true,
            description = "Brokers, comma-separated; they store the jobs' generations.")
    private String bootstrapServers;

    @Mixin
    private KafkaConfigOption kafka;

    @Option(
            names = "--elasticsearch",
            paramLabel = "URL",
            description = "Elasticsearch that index-results writes to; no other job needs it.")
    private String elasticsearch;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            required = true,
            description = "Folder of checkpoints and savepoints, under the same"
                    + " path here, for the JobManager and the TaskManagers.")
    private Path state;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            required = true,
            description = "The jobs' jar, flink-pipeline-1.0.0-job.jar.")
    private Path jar;

    @Option(
            names = "--jobs",
            paramLabel = "JOB",
            split = ",",
            description = "Jobs to submit, comma-separated, or all (default:"
                    + " weather-average, transaction-total, index-results).")
    private List<String> jobs;

    @Option(
            names = "--windows",
            paramLabel = "SPECS",
            description = "Windows of weather-average and transaction-total, with ;"
                    + " (default: as at the last run, at first tumbling(1m)).")
    private String windows;

    @Mixin
    private JobOptions jobOptions;

    @Option(
            names = "--watch",
            negatable = true,
            description = "Checks the jobs every five seconds, until it is stopped;"
                    + " not with --new-generation, which is for one start.")
    private boolean watch;

    @Override
    public Integer call() throws InterruptedException {
        List<String> wanted = jobs == null || jobs.equals(List.of(""))
                ? StackSettings.CORE_JOBS
                : JobOptions.jobs(commandLine(), "--jobs", jobs);
        List<String> newGenerations = jobOptions.newGenerations(wanted);
        if (watch && !newGenerations.isEmpty()) {
            throw wrongUse("--watch and --new-generation exclude each other");
        }
        if (elasticsearch == null && wanted.contains(StackSettings.INDEX)) {
            throw wrongUse("--elasticsearch is missing, which " + StackSettings.INDEX + " writes to");
        }
        Map<String, String> options = jobOptions.pairs(OWN_OPTIONS);
        JobOptions.check(options, wanted, jar, OWN_OPTIONS);
        ClusterSettings settings = new ClusterSettings(
                bootstrapServers,
                watch ? kafka.settings(bootstrapServers) : kafka.client(bootstrapServers),
                Optional.ofNullable(elasticsearch),
                state,
                Optional.ofNullable(windows)
                        .filter(text -> !text.isBlank())
                        .map(text -> specifications("--windows", text)),
                options,
                newGenerations);
        if (!Files.isRegularFile(jar)) {
            throw wrong("--jar", jar, "a file that is there");
        }
        PrintWriter out = out();
        BiConsumer<String, String> says = (job, what) -> {
            out.printf("%s: %s%n", job, what);
            out.flush();
        };
        Cluster cluster = new Cluster(new FlinkRest(flink), jar, settings, says);
        if (!watch) {
            cluster.submit(wanted);
            return 0;
        }
        Runnable look = cluster.watch(wanted);
        while (true) {
            look.run();
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }
}
