// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The settings of a {@link LocalFlink}, which both of its processes read. */
final class FlinkConfiguration {

    static final int OFF_HEAP_MB = 192;

    private FlinkConfiguration() {}

    /**
     * Writes {@code config.yaml}.
     *
     * @param data folder of the cluster
     * @param overrides settings that override the stack's
     * @return the configuration's folder
     */
    static Path write(Path data, LocalFlink.Ports ports, LocalFlink.Size size, Map<String, String> overrides) {
        Path folder = data.resolve("conf");
        Checkout.createDirectories(folder);
        Checkout.createDirectories(data.resolve("tmp"));
        Checkout.createDirectories(data.resolve("upload"));
        Path file = folder.resolve("config.yaml");
        try { // JSON is YAML
            Http.JSON
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(file.toFile(), new TreeMap<>(settings(data, ports, size, overrides)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return folder;
    }

    private static Properties settings(
            Path data, LocalFlink.Ports ports, LocalFlink.Size size, Map<String, String> overrides) {
        Properties settings = LocalServer.settings("flink-config.properties");
        settings.put("jobmanager.rpc.port", String.valueOf(ports.jobManagerRpc()));
        settings.put("rest.port", String.valueOf(ports.rest()));
        settings.put("rest.bind-port", String.valueOf(ports.rest()));
        // by default any page in a browser could read the answers, and so have code of its own run
        settings.put("web.access-control-allow-origin", "http://127.0.0.1:" + ports.rest());
        settings.put("web.upload.dir", data.resolve("upload").toString());
        settings.put("web.tmpdir", data.resolve("tmp").toString());
        // where the jar of an application is copied to, unless a file of its name is there
        settings.put("user.artifacts.base-dir", data.resolve("artifacts").toString());
        settings.put("io.tmp.dirs", data.resolve("tmp").toString());
        settings.put("taskmanager.numberOfTaskSlots", String.valueOf(size.slots()));
        settings.put("taskmanager.memory.task.heap.size", (size.heapMb() - 64) + "m");
        settings.put("taskmanager.memory.task.off-heap.size", (OFF_HEAP_MB - 64) + "m");
        settings.put("taskmanager.memory.network.min", size.networkMb() + "m");
        settings.put("taskmanager.memory.network.max", size.networkMb() + "m");
        settings.put("taskmanager.memory.jvm-metaspace.size", size.metaspaceMb() + "m");
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
