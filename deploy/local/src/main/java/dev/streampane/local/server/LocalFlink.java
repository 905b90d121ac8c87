// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A Flink session cluster from Maven jars: a JobManager and a TaskManager, each in a process of its own,
 * on the loopback address. It forgets its jobs when the JobManager ends. Not for use by several threads at once.
 *
 * <p>Has the file system {@code s3://} as a plugin. Its endpoint comes from the environment ({@code AWS_ENDPOINT_URL_S3} or {@code
 * AWS_ENDPOINT_URL}; none means Amazon's) and so do its credentials ({@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}), which are
 * in no file, command line or log.
 */
public final class LocalFlink implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int OFF_HEAP_MB = 192;

    /**
     * How large the TaskManager is. Each job has a class loader of its own there, which takes metaspace, and buffers.
     *
     * @param slots number of its slots
     * @param jobs how many jobs are to run at once
     */
    public record Size(int slots, int jobs) {

        /** For up to four jobs with two subtasks each. */
        public static final Size USUAL = new Size(8, 4);

        private int extra() {
            return Math.max(0, jobs - USUAL.jobs);
        }

        private int heapMb() {
            return 512 + 64 * extra();
        }

        private int metaspaceMb() {
            return 320 + 64 * extra();
        }

        private int networkMb() {
            return 64 + 16 * extra();
        }
    }

    /**
     * The ports that have a number; all others (blobs, data, the TaskManager's RPC) are any that is free. Both metrics ports speak
     * Prometheus.
     */
    public record Ports(int rest, int jobManagerRpc, int jobManagerMetrics, int taskManagerMetrics) {

        /** Ports on which nobody listens. */
        public static Ports free() {
            int[] ports = FreePorts.next(4);
            return new Ports(ports[0], ports[1], ports[2], ports[3]);
        }
    }

    private final Path data;
    private final Ports ports;
    private final Size size;
    private final Map<String, String> overrides;
    private ServerProcess jobManager;
    private ServerProcess taskManager;

    private LocalFlink(Path data, Ports ports, Size size, Map<String, String> overrides) {
        this.data = data.toAbsolutePath();
        this.ports = ports;
        this.size = size;
        this.overrides = Map.copyOf(overrides);
    }

    /** Starts a cluster on free ports. */
    public static LocalFlink start(Path data) {
        return start(data, Ports.free(), Map.of());
    }

    /** Starts a cluster with this REST port and other ports that are free. */
    public static LocalFlink start(Path data, int restPort) {
        Ports free = Ports.free();
        return start(
                data,
                new Ports(restPort, free.jobManagerRpc(), free.jobManagerMetrics(), free.taskManagerMetrics()),
                Map.of());
    }

    /**
     * Starts both processes and waits until the slots are there.
     *
     * @param data folder for configuration, uploaded jars, temporary files, {@code jobmanager.log} and
     *     {@code taskmanager.log}, and for the state of jobs that do not say where theirs goes
     * @param overrides Flink settings that win over the stack's
     * @throws ServerException with the log's last lines, when one ends or does not answer
     */
    public static LocalFlink start(Path data, Ports ports, Map<String, String> overrides) {
        LocalFlink flink = at(data, ports, Size.USUAL, overrides);
        flink.restart();
        return flink;
    }

    /** A cluster that the launching methods or {@link #restart()} start. */
    public static LocalFlink at(Path data, Ports ports, Size size, Map<String, String> overrides) {
        return new LocalFlink(data, ports, size, overrides);
    }

    /** {@code http://127.0.0.1:port} of the REST interface and the web page, without a slash at the end. */
    public URI restUrl() {
        return URI.create("http://127.0.0.1:" + ports.rest());
    }

    /** The JobManager's process, of the newest start. */
    public Process jobManager() {
        return jobManager.process();
    }

    /** The TaskManager's process, of the newest start. */
    public Process taskManager() {
        return taskManager.process();
    }

    /** Ends the JobManager by SIGKILL and waits until it has gone. */
    public void killJobManager() {
        jobManager.kill();
    }

    /** Ends the TaskManager by SIGKILL and waits until it has gone. */
    public void killTaskManager() {
        taskManager.kill();
    }

    /** Ends both processes by SIGKILL and waits until they have gone. */
    public void kill() {
        taskManager.kill();
        jobManager.kill();
    }

    /** Starts both processes again after {@link #kill()} or {@link #close()}; no job runs then. */
    public void restart() {
        launchJobManager();
        launchTaskManager();
        awaitReady();
    }

    /** Starts the killed TaskManager again and waits until its slots are there, and those of the killed one are not. */
    public void restartTaskManager() {
        try {
            Set<String> before = taskManagers();
            launchTaskManager();
            taskManager.await(PATIENCE, "register", () -> !before.containsAll(taskManagers()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    /** Starts the JobManager's process without waiting for it to answer. */
    public void launchJobManager() {
        jobManager = java(
                "jobmanager",
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                ports.jobManagerMetrics(),
                List.of(
                        "-Xms96m",
                        "-Xmx256m",
                        "-XX:MaxMetaspaceSize=" + size.metaspaceMb() + "m",
                        "-XX:TieredStopAtLevel=1"));
    }

    /** Starts the TaskManager's process without waiting for its slots. */
    public void launchTaskManager() {
        taskManager = java(
                "taskmanager",
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                ports.taskManagerMetrics(),
                List.of(
                        "-Xms320m",
                        "-Xmn192m",
                        "-Xmx" + size.heapMb() + "m",
                        "-XX:MaxDirectMemorySize=" + (OFF_HEAP_MB + size.networkMb()) + "m",
                        "-XX:MaxMetaspaceSize=" + size.metaspaceMb() + "m"));
    }

    /** Waits until the launched JobManager answers; when it does not, both processes are killed. */
    public void awaitJobManager() {
        try {
            jobManager.await(PATIENCE, "answer on " + restUrl(), () -> overview() != null);
        } catch (ServerException e) {
            kill();
            throw e;
        }
    }

    /** Waits until both launched processes answer and the slots are there; otherwise they are killed. */
    public void awaitReady() {
        awaitJobManager();
        try {
            taskManager.await(
                    PATIENCE,
                    "offer its slots",
                    () -> overview().path("slots-total").asInt() == size.slots());
        } catch (ServerException e) {
            kill();
            throw e;
        }
    }

    /** SIGTERM to both, and SIGKILL to what has not ended after five seconds. */
    @Override
    public void close() {
        taskManager.process().destroy();
        jobManager.close();
        taskManager.close();
    }

    /** Those that the JobManager knows, killed ones included until it misses them. */
    private Set<String> taskManagers() throws IOException {
        return Set.copyOf(Http.get(restUrl().resolve("/taskmanagers"))
                .path("taskmanagers")
                .findValuesAsText("id"));
    }

    private JsonNode overview() throws IOException {
        return Http.get(restUrl().resolve("/overview"));
    }

    private ServerProcess java(String name, String mainClass, int metricsPort, List<String> memory) {
        Path configuration = writeConfiguration();
        List<String> options = new ArrayList<>(memory);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:SharedArchiveFile=" + Checkout.server("flink").resolve("target/flink.jsa"),
                "-Dlog4j2.configurationFile=streampane-log4j2.properties",
                "-Djava.io.tmpdir=" + data.resolve("tmp"),
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/java.math=ALL-UNNAMED",
                "--add-opens=java.base/java.text=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
                "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
                "-cp",
                Checkout.server("flink").resolve("target/local-flink.jar")
                        + File.pathSeparator
                        + Checkout.joinedClassPath("flink")));
        return ServerProcess.start(
                name,
                data.resolve(name + ".log"),
                options,
                Map.of(
                        "FLINK_CONF_DIR",
                        configuration.toString(),
                        "FLINK_PLUGINS_DIR",
                        Checkout.server("flink").resolve("target/plugins").toString()),
                mainClass,
                List.of("--configDir", configuration.toString(), "-Dmetrics.reporter.prometheus.port=" + metricsPort));
    }

    private Path writeConfiguration() {
        Path folder = data.resolve("conf");
        Checkout.createDirectories(folder);
        Checkout.createDirectories(data.resolve("tmp"));
        Checkout.createDirectories(data.resolve("upload"));
        StringBuilder yaml = new StringBuilder();
        settings().forEach((key, value) -> {
            String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
            yaml.append(key).append(": \"").append(quoted).append("\"\n");
        });
        Path file = folder.resolve("config.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return folder;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("jobmanager.rpc.address", "127.0.0.1");
        settings.put("jobmanager.rpc.port", String.valueOf(ports.jobManagerRpc()));
        settings.put("jobmanager.bind-host", "127.0.0.1");
        settings.put("taskmanager.host", "127.0.0.1");
        settings.put("taskmanager.bind-host", "127.0.0.1");
        // Another each time: the JobManager does not listen, for a minute, to one that is back on
        // the port of its predecessor before that one is missed.
        settings.put("taskmanager.rpc.port", "0");
        settings.put("rest.address", "127.0.0.1");
        settings.put("rest.bind-address", "127.0.0.1");
        settings.put("rest.port", String.valueOf(ports.rest()));
        settings.put("rest.bind-port", String.valueOf(ports.rest()));
        settings.put("web.submit.enable", "true");
        settings.put("web.upload.dir", data.resolve("upload").toString());
        settings.put("web.tmpdir", data.resolve("tmp").toString());
        settings.put("io.tmp.dirs", data.resolve("tmp").toString());
        settings.put("jobmanager.io-pool.size", "4");
        settings.put("jobmanager.future-pool.size", "4");
        settings.put("taskmanager.numberOfTaskSlots", String.valueOf(size.slots()));
        settings.put("taskmanager.cpu.cores", "2");
        settings.put("taskmanager.memory.framework.heap.size", "64m");
        settings.put("taskmanager.memory.task.heap.size", (size.heapMb() - 64) + "m");
        settings.put("taskmanager.memory.framework.off-heap.size", "64m");
        settings.put("taskmanager.memory.task.off-heap.size", (OFF_HEAP_MB - 64) + "m");
        settings.put("taskmanager.memory.network.min", size.networkMb() + "m");
        settings.put("taskmanager.memory.network.max", size.networkMb() + "m");
        // a batch job has a result partition per subtask, and 512 buffers each by default
        settings.put("taskmanager.network.sort-shuffle.min-buffers", "64");
        settings.put("taskmanager.memory.managed.size", "32m");
        settings.put("taskmanager.memory.jvm-metaspace.size", size.metaspaceMb() + "m");
        settings.put("taskmanager.memory.jvm-overhead.min", "64m");
        settings.put("taskmanager.memory.jvm-overhead.max", "64m");
        // Seconds, not the default 10 s and 50 s: both ends are on one machine, and a dead one is
        // to be replaced soon.
        settings.put("heartbeat.interval", "1s");
        settings.put("heartbeat.timeout", "6s");
        // A JobManager older than that (5 min by default) fails a job without slots at once, which
        // then waits twice as long each time, and not for the next TaskManager. 200 days, for its
        // timer takes no 300.
        settings.put("resourcemanager.standalone.start-up-time", "17280000000");
        // REST metrics stand still that long (10 min by default) when a TaskManager dies while it
        // is asked for its own.
        settings.put("web.timeout", "10s");
        // Of one version on both sides; copies of each job's own take seconds of loading after a
        // failure.
        settings.put("classloader.parent-first-patterns.additional", "org.apache.kafka.;com.fasterxml.jackson.");
        settings.put("restart-strategy.type", "exponential-delay");
        settings.put("restart-strategy.exponential-delay.initial-backoff", "200ms");
        settings.put("restart-strategy.exponential-delay.max-backoff", "10s");
        settings.put("restart-strategy.exponential-delay.reset-backoff-threshold", "1min");
        settings.put(
                "metrics.reporter.prometheus.factory.class",
                "dev.streampane.local.flink.LoopbackPrometheusReporterFactory");
        // job and topic names as they are, not with _ for -
        settings.put("metrics.reporter.prometheus.filterLabelValueCharacters", "false");
        settings.put("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        settings.put(
                "execution.checkpointing.dir", data.resolve("state").toUri().toString());
        settings.put(
                "execution.checkpointing.savepoint-dir",
                data.resolve("state").toUri().toString());
        Stream.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                .map(System.getenv()::get)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(endpoint -> {
                    settings.put("s3.endpoint", endpoint);
                    settings.put("s3.path.style.access", "true");
                });
        settings.putAll(overrides);
        return settings;
    }
}
