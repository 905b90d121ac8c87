// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One of the Quarkus services, from its module's build; ready when {@code /q/health/ready} says that it is. */
public final class LocalService extends LocalServer {

    private static final String MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";

    /** Options that a native executable knows, too: without them it would take most of the machine's memory. */
    private static final List<String> HEAP = List.of("-Xms32m", "-Xmx256m");

    private final String name;
    private final ServiceBuild build;
    private final Path logs;
    private final int port;
    private final int managementPort;
    private final Map<String, String> environment;

    /**
     * A service that {@link #launch()} starts.
     *
     * @param module the module's folder in the checkout, which is also the service's name
     * @param logs folder for {@code <module>.log}
     * @param managementPort port of health and metrics
     * @param environment its configuration; address and ports are added
     */
    public LocalService(
            String module,
            ServiceBuild build,
            Path logs,
            int port,
            int managementPort,
            Map<String, String> environment) {
        this.name = module;
        this.build = build;
        this.logs = logs.toAbsolutePath();
        this.port = port;
        this.managementPort = managementPort;
        this.environment = new TreeMap<>(environment);
        this.environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        this.environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        this.environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        this.environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
    }

    /** {@code http://127.0.0.1:port}, without a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** {@code http://127.0.0.1:port} of health and metrics, without a slash at the end. */
    public URI management() {
        return URI.create("http://127.0.0.1:" + managementPort);
    }

    @Override
    ServerProcess startProcess() {
        Path log = logs.resolve(name + ".log");
        Path file = build.built(name);
        if (build == ServiceBuild.NATIVE) {
            return ServerProcess.start(name, log, ServiceBuild.nativeCommand(file, HEAP), environment);
        }
        List<String> options = new ArrayList<>(HEAP);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:MaxMetaspaceSize=160m",
                "-Xshare:auto",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                Checkout.ownClasses() + File.pathSeparator + file));
        return ServerProcess.start(name, log, options, environment, MAIN, List.of());
    }

    @Override
    int port() {
        return managementPort;
    }

    @Override
    String whatReadyMeans() {
        return "become ready on " + management();
    }

    @Override
    boolean isReady() throws IOException {
        return Http.get(management().resolve("/q/health/ready")) != null;
    }
}
