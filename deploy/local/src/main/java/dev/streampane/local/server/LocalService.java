// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the Quarkus services, from its module's build, in a process of its own on the loopback address. Not for use by
 * several threads at once.
 */
public final class LocalService implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";

    /** Those that an executable knows, too: without them it would take most of the machine's memory. */
    private static final List<String> HEAP = List.of("-Xms32m", "-Xmx256m");

    private final String name;
    private final ServiceBuild build;
    private final Path logs;
    private final int port;
    private final Map<String, String> environment;
    private ServerProcess server;

    private LocalService(String name, ServiceBuild build, Path logs, int port, Map<String, String> environment) {
        this.name = name;
        this.build = build;
        this.logs = logs.toAbsolutePath();
        this.port = port;
        this.environment = new TreeMap<>(environment);
        this.environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        this.environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
    }

    /**
     * A service that {@link #launch()} starts.
     *
     * @param module the module's folder in the checkout, which is also the service's name
     * @param logs folder for {@code <module>.log}
     * @param environment its configuration; address and port are added
     */
    public static LocalService at(String module, Path logs, int port, Map<String, String> environment) {
        return at(module, ServiceBuild.JVM, logs, port, environment);
    }

    /** The same from its jar or from its native executable. */
    public static LocalService at(
            String module, ServiceBuild build, Path logs, int port, Map<String, String> environment) {
        return new LocalService(module, build, logs, port, environment);
    }

    /** {@code http://127.0.0.1:port}, without a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The service's process, of the newest start. */
    public Process process() {
        return server.process();
    }

    /** Starts the process without waiting for it to be ready. */
    public void launch() {
        Path log = logs.resolve(name + ".log");
        Path file = build.built(name);
        if (build == ServiceBuild.NATIVE) {
            server = ServerProcess.start(name, log, build.command(file, HEAP), environment);
            return;
        }
        List<String> options = new ArrayList<>(HEAP);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:MaxMetaspaceSize=160m",
                "-Xshare:auto",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                Checkout.ownClasses() + File.pathSeparator + file));
        server = ServerProcess.start(name, log, options, environment, MAIN, List.of());
    }

    /** Waits until {@code /q/health/ready} says yes; a service that does not is killed. */
    public void awaitReady() {
        try {
            server.await(
                    PATIENCE, "become ready on " + url(), () -> Http.get(url().resolve("/q/health/ready")) != null);
        } catch (ServerException e) {
            server.kill();
            throw e;
        }
    }

    /** Ends the service by SIGKILL and waits until it has gone. */
    public void kill() {
        server.kill();
    }

    /** SIGTERM, and SIGKILL when it has not ended after five seconds. */
    @Override
    public void close() {
        server.close();
    }
}
