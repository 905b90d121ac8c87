// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server that answers every request with the same bytes, in a process with the JVM options of a service. */
record PlainServer(Process process, URI url) implements AutoCloseable {

    /** Given by name, because Vert.x is not on this program's class path. */
    private static final String BARE = "dev.streampane.bench.bare.Bare";

    /** Starts {@code Bare} on the Vert.x of results-api's build, and waits until it answers. */
    static PlainServer bare(Path folder, String body) throws IOException, InterruptedException {
        int port = FreePorts.next();
        Path vertx = Checkout.root().resolve("results-api/target/quarkus-app/lib/main");
        String classPath = vertx.resolve("*") + File.pathSeparator + System.getProperty("java.class.path");
        return start(folder, body, port, file -> List.of("-cp", classPath, BARE, String.valueOf(port), file));
    }

    /** Starts deploy/bench/hello, on the Quarkus REST that results-api is built on, and waits until it answers. */
    static PlainServer hello(Path folder, String body) throws IOException, InterruptedException {
        int port = FreePorts.next();
        Path jar = Checkout.root().resolve("deploy/bench/hello/target/quarkus-app/quarkus-run.jar");
        return start(
                folder,
                body,
                port,
                file -> List.of(
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-Dhello.body=" + file,
                        "-jar",
                        jar.toString()));
    }

    private static PlainServer start(Path folder, String body, int port, Function<String, List<String>> program)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path file = Files.writeString(folder.resolve("body.json"), body);
        Path log = folder.resolve("server.log");
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xms32m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:MaxMetaspaceSize=160m"));
        command.addAll(program.apply(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var server = new PlainServer(process, URI.create("http://127.0.0.1:" + port + "/"));
        try {
            while (!server.answers()) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IOException(Files.readString(log));
                }
            }
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private boolean answers() throws IOException {
        try {
            return Http.get(url) != null;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        Workspace.end(process, Workspace.PATIENCE);
    }
}
