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
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code Hello} in a process with the options of a service's, on the Vert.x of results-api's build. */
record HelloServer(Process process, URI url) implements AutoCloseable {

    /** By its name, for Vert.x is not on this program's class path. */
    private static final String MAIN = "dev.streampane.bench.hello.Hello";

    /** Starts it and waits until it answers. */
    static HelloServer start(Path folder, String body) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path file = Files.writeString(folder.resolve("body.json"), body);
        Path log = folder.resolve("hello.log");
        Path vertx = Checkout.root().resolve("results-api/target/quarkus-app/lib/main");
        int port = FreePorts.next();
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xms32m",
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:MaxMetaspaceSize=160m",
                        "-cp",
                        vertx.resolve("*") + File.pathSeparator + System.getProperty("java.class.path"),
                        MAIN,
                        String.valueOf(port),
                        file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var server = new HelloServer(process, URI.create("http://127.0.0.1:" + port + "/"));
        while (!server.answers()) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException(Files.readString(log));
            }
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
        process.destroy();
        process.onExit().join();
    }
}
