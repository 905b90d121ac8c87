// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One Elasticsearch node from Maven jars. It has no painless, ILM, data streams or security, and {@code GET /} answers 405.
 */
public final class LocalElasticsearch extends LocalServer {

    private static final String MAIN = "dev.streampane.local.elasticsearch.ElasticsearchMain";
    private static final String MODULE = "transport-netty4";

    /** {@code compose.bash} reads the next line, too. */
    private static final String JARS_OF_MODULE = "(netty-|transport-netty4|elasticsearch-ssl-config).*";

    private final Path data;
    private final int httpPort;
    private final int transportPort;

    /** A node that {@link #launch()} or {@link #restart()} starts. */
    public LocalElasticsearch(Path data, int httpPort, int transportPort) {
        this.data = data.toAbsolutePath();
        this.httpPort = httpPort;
        this.transportPort = transportPort;
    }

    /**
     * Starts a node on free ports, which goes on with the data of an earlier one, if any.
     *
     * @param data folder for the indices, the node's home and {@code elasticsearch.log}; created if missing
     * @throws ServerException with the log's last lines, when it ends or does not answer
     */
    public static LocalElasticsearch start(Path data) {
        int[] ports = FreePorts.next(2);
        LocalElasticsearch node = new LocalElasticsearch(data, ports[0], ports[1]);
        node.restart();
        return node;
    }

    /** {@code http://127.0.0.1:port}, without a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    @Override
    ServerProcess startProcess() {
        Path home = data.resolve("home");
        Path temporary = data.resolve("tmp");
        Checkout.createDirectories(temporary);
        List<Path> jars = Checkout.classPath("elasticsearch");
        List<Path> module = jars.stream()
                .filter(jar -> jar.getFileName().toString().matches(JARS_OF_MODULE))
                .toList();
        layOut(home.resolve("modules").resolve(MODULE), module);
        String modulePath = jars.stream()
                .filter(jar -> !module.contains(jar))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        String classPath = Checkout.ownClasses()
                + File.pathSeparator
                + Checkout.server("elasticsearch").resolve("target/local-elasticsearch.jar");
        List<String> options = ServerProcess.optimizingLate(
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                ClassDataArchive.option("elasticsearch"),
                "-Dlog4j2.disable.jmx=true",
                "-Dio.netty.allocator.numDirectArenas=0",
                "-Djava.io.tmpdir=" + temporary,
                "--module-path",
                modulePath,
                "--add-modules",
                "ALL-MODULE-PATH",
                "-cp",
                classPath);
        List<String> settings = List.of(
                "path.home=" + home,
                "path.data=" + data.resolve("indices"),
                "path.logs=" + data.resolve("logs"),
                "path.repo=" + data.resolve("snapshots"),
                "node.name=local",
                "cluster.name=streampane",
                "discovery.type=single-node",
                "http.type=netty4",
                "transport.type=netty4",
                "http.host=127.0.0.1",
                "http.port=" + httpPort,
                "transport.host=127.0.0.1",
                "transport.port=" + transportPort,
                "cluster.routing.allocation.disk.threshold_enabled=false",
                // index-results is to wait for its templates, which allow it to create their indices
                "action.auto_create_index=-window-*,-alerts-*,-audit-*,+*");
        return ServerProcess.start(
                "elasticsearch", data.resolve("elasticsearch.log"), options, Map.of(), MAIN, settings);
    }

    @Override
    int port() {
        return httpPort;
    }

    @Override
    String whatReadyMeans() {
        return "answer on " + url();
    }

    @Override
    boolean isReady() throws IOException {
        return Http.get(url().resolve("/_cluster/health?wait_for_status=yellow"))
                .path("status")
                .asText()
                .matches("green|yellow");
    }

    /** Copies the module's jars and its descriptor, which lies in its own jar, into the folder that the node reads. */
    private static void layOut(Path folder, List<Path> jars) {
        Checkout.createDirectories(folder);
        try {
            for (Path jar : jars) {
                copy(jar, folder);
                if (jar.getFileName().toString().startsWith(MODULE)) {
                    try (FileSystem zip = FileSystems.newFileSystem(jar);
                            Stream<Path> files = Files.list(zip.getPath("META-INF/es-plugins", MODULE))) {
                        for (Path file : files.toList()) {
                            copy(file, folder);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + folder, e);
        }
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
    }
}
