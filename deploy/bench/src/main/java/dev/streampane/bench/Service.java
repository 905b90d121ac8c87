// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceBuild;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Starts services as the local stack does, from their jars or their executables. */
final class Service {

    static final String RESULTS = "results-api";

    @Option(names = "--native", description = "Runs services from their native executables, as last built.")
    private boolean nativeServices;

    /** A service that is not started yet. */
    LocalService at(String name, Workspace workspace, URI elasticsearch, Map<String, String> settings) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", workspace.servers());
        environment.put("QUARKUS_ELASTICSEARCH_HOSTS", elasticsearch.getAuthority());
        environment.put("RESULTS_LIMITS_REQUESTS_PER_SECOND", "0");
        int[] ports = FreePorts.next(2);
        ServiceBuild build = nativeServices ? ServiceBuild.NATIVE : ServiceBuild.JVM;
        return new LocalService(name, build, workspace.folder("services"), ports[0], ports[1], environment);
    }

    /** Starts results-api without Elasticsearch, and waits until it is ready. */
    LocalService resultsApi(Workspace workspace, Map<String, String> settings) {
        LocalService service = at(RESULTS, workspace, URI.create("http://127.0.0.1:" + FreePorts.next()), settings);
        service.restart();
        return service;
    }

    boolean isNative() {
        return nativeServices;
    }

    /** Bytes of the reachable objects on the heap, after a full garbage collection. */
    static long heap(Process process) throws IOException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process jcmd = new ProcessBuilder(tool.toString(), String.valueOf(process.pid()), "GC.class_histogram").start();
        try (var lines = new BufferedReader(new InputStreamReader(jcmd.getInputStream()))) {
            return lines.lines()
                    .filter(line -> line.startsWith("Total"))
                    .mapToLong(line -> Long.parseLong(line.strip().split(" +")[2]))
                    .findFirst()
                    .orElseThrow(() -> new IOException("jcmd tells nothing of the heap"));
        }
    }
}
