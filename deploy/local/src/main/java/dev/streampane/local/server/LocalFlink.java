// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * A Flink session cluster from Maven jars: a JobManager and a TaskManager, each in a process of its own, on the loopback address. It
 * forgets its jobs when the JobManager ends. Not thread-safe.
 *
 * <p>It has the file system {@code s3://} as a plugin. The environment gives its endpoint ({@code AWS_ENDPOINT_URL_S3} or
 * {@code AWS_ENDPOINT_URL}; none means Amazon's) and its credentials ({@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}), which
 * are in no file, command line or log.
 */
public final class LocalFlink implements AutoCloseable {

    /** Packages below {@code java} that Flink accesses by reflection. */
    private static final String OPENED =
            "util lang net io nio math text time lang.reflect util.concurrent util.concurrent.atomic util.concurrent.locks";

    /**
     * The size of the TaskManager. Each job there takes metaspace, for its own class loader, and network buffers.
     *
     * @param slots number of its slots
     * @param jobs how many jobs are to run at once
     */
    public record Size(int slots, int jobs) {

        /** For up to four jobs with two subtasks each; {@code up} has sizes of its own. */
        public static final Size USUAL = new Size(8, 4);

        private int extra() {
            return Math.max(0, jobs - USUAL.jobs);
        }

        int heapMb() {
            return 512 + 64 * extra();
        }

        int metaspaceMb() {
            return 320 + 64 * extra();
        }

        int networkMb() {
            return 64 + 16 * extra();
        }
    }

    /**
     * The ports with a fixed number; the others (blobs, data, the TaskManager's RPC) are any free ones. Both metrics ports serve
     * Prometheus' format.
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

    /** A cluster that the launching methods or {@link #restart()} start. */
    public LocalFlink(Path data, Ports ports, Size size, Map<String, String> overrides) {
        this.data = data.toAbsolutePath();
        this.ports = ports;
        this.size = size;
        this.overrides = Map.copyOf(overrides);
    }

    /** Starts a cluster on free ports. */
    public static LocalFlink start(Path data) {
        return start(data, Ports.free(), Map.of());
    }

    /**
     * Starts both processes and waits until the slots are there.
     *
     * @param data folder for configuration, uploaded jars, temporary files, {@code jobmanager.log} and {@code taskmanager.log}, and for
     *     the state of jobs that set no folder for it
     * @param overrides Flink settings that override the stack's
     * @throws ServerException with the log's last lines, when one ends or does not answer
     */
    public static LocalFlink start(Path data, Ports ports, Map<String, String> overrides) {
        LocalFlink flink = new LocalFlink(data, ports, Size.USUAL, overrides);
        flink.restart();
        return flink;
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

    /** Ends the TaskManager by SIGKILL and waits until it has gone. */
    public void killTaskManager() {
        taskManager.kill();
    }

    /** Ends both processes by SIGKILL and waits until they have gone. */
    public void kill() {
        taskManager.kill();
        jobManager.kill();
    }

    /** Starts both processes again after {@link #kill()}; no job runs then. */
    public void restart() {
        launchJobManager();
        launchTaskManager();
        awaitReady();
    }

    /** Starts the JobManager's process without waiting for it to answer. */
    public void launchJobManager() {
        launchJobManager("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", List.of());
    }

    /** The same with another main class, such as that of Flink's application mode, and its arguments. */
    public void launchJobManager(String mainClass, List<String> arguments) {
        if (jobManager == null) {
            deleteLeftovers();
        }
        jobManager = java(
                "jobmanager",
                mainClass,
                arguments,
                ports.jobManagerMetrics(),
                List.of(
                        "-Xms96m",
                        "-Xmx256m",
                        "-XX:MaxMetaspaceSize=" + size.metaspaceMb() + "m",
                        "-XX:TieredStopAtLevel=1"));
    }

    /** Deletes uploaded jars and the temporary files of killed processes: Flink deletes neither, and reads the jars at each submission. */
    private void deleteLeftovers() {
        try {
            Utils.delete(data.resolve("upload").toFile());
            Utils.delete(data.resolve("tmp").toFile());
        } catch (IOException e) {
            throw new ServerException("cannot delete what an earlier Flink has left in " + data, e);
        }
    }

    /** Starts the TaskManager's process without waiting for its slots. */
    public void launchTaskManager() {
        List<String> memory = new ArrayList<>(List.of(
                "-Xms320m",
                "-Xmn192m",
                "-Xmx" + size.heapMb() + "m",
                "-XX:MaxDirectMemorySize=" + (FlinkConfiguration.OFF_HEAP_MB + size.networkMb()) + "m",
                "-XX:MaxMetaspaceSize=" + size.metaspaceMb() + "m"));
        if (System.getProperty("os.name").equals("Linux")) { // other systems do not know the option
            memory.add("-XX:+UseTransparentHugePages");
        }
        taskManager = java(
                "taskmanager",
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                List.of(),
                ports.taskManagerMetrics(),
                memory);
    }

    /** Waits until the launched JobManager answers; kills both processes when it does not. */
    public void awaitJobManager() {
        await(jobManager, "answer on " + restUrl(), () -> slots() >= 0 && jobManager.mayListenOn(ports.rest()));
    }

    /** Waits until both launched processes answer and the slots are there; kills both otherwise. */
    public void awaitReady() {
        awaitJobManager();
        await(taskManager, "offer its slots", () -> slots() == size.slots());
    }

    private void await(ServerProcess process, String what, Callable<Boolean> condition) {
        try {
            process.await(LocalServer.READY_WITHIN, what, condition);
        } catch (ServerException e) {
            kill();
            throw e;
        }
    }

    private int slots() throws IOException {
        return new FlinkRest(restUrl()).slots();
    }

    /** The same as {@link #kill}. */
    @Override
    public void close() {
        kill();
    }

    private ServerProcess java(
            String name, String mainClass, List<String> arguments, int metricsPort, List<String> memory) {
        Path configuration = FlinkConfiguration.write(data, ports, size, overrides);
        List<String> all = new ArrayList<>(
                List.of("--configDir", configuration.toString(), "-Dmetrics.reporter.prometheus.port=" + metricsPort));
        all.addAll(arguments);
        List<String> options = new ArrayList<>(memory);
        Stream.of(OPENED.split(" "))
                .map(opened -> "--add-opens=java.base/java." + opened + "=ALL-UNNAMED")
                .forEach(options::add);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:SharedArchiveFile=" + Checkout.server("flink").resolve("target/flink.jsa"),
                "-Dlog4j2.configurationFile=streampane-log4j2.properties",
                "-Djava.io.tmpdir=" + data.resolve("tmp"),
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
                all);
    }
}
