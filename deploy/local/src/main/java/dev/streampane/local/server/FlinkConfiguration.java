// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The settings of a {@link LocalFlink}, which both of its processes read. */
final class FlinkConfiguration {

    static final int OFF_HEAP_MB = 192;

    private FlinkConfiguration() {}

    /**
     * Writes {@code config.yaml}.
     *
     * @param data folder of the cluster
     * @param overrides settings that win over the stack's
     * @return the configuration's folder
     */
    static Path write(Path data, LocalFlink.Ports ports, LocalFlink.Size size, Map<String, String> overrides) {
        Path folder = data.resolve("conf");
        Checkout.createDirectories(folder);
        Checkout.createDirectories(data.resolve("tmp"));
        Checkout.createDirectories(data.resolve("upload"));
        StringBuilder yaml = new StringBuilder();
        settings(data, ports, size, overrides).forEach((key, value) -> {
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

    private static Map<String, String> settings(
            Path data, LocalFlink.Ports ports, LocalFlink.Size size, Map<String, String> overrides) {
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
        // by default every page in a browser may read the answers, and so have code of its own run
        settings.put("web.access-control-allow-origin", "http://127.0.0.1:" + ports.rest());
        settings.put("web.submit.enable", "true");
        settings.put("web.upload.dir", data.resolve("upload").toString());
        settings.put("web.tmpdir", data.resolve("tmp").toString());
        // where the jar of an application is copied to, unless one of its name is there
        settings.put("user.artifacts.base-dir", data.resolve("artifacts").toString());
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
        // then waits longer each time, and not for the next TaskManager. 200 days, for its
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
        settings.put("execution.checkpointing.dir", FlinkPaths.text(data.resolve("state")));
        settings.put("execution.checkpointing.savepoint-dir", FlinkPaths.text(data.resolve("state")));
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
