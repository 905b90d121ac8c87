// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.results.Patience.await;

import com.sun.tools.attach.VirtualMachine;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.ProcessUsage;
import dev.streampane.local.server.ServiceBuild;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The packaged service in a process of its own, and what that process takes. */
final class ServiceProcess implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Process process;
    private final int port;
    private final int managementPort;
    private final Path log;
    private JMXConnector connector;
    private MBeanServerConnection beans;

    private ServiceProcess(Process process, int port, int managementPort, Path log) {
        this.process = process;
        this.port = port;
        this.managementPort = managementPort;
        this.log = log;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param folder where {@code service.log} goes
     * @param options of the virtual machine
     * @param settings as environment variables
     */
    static ServiceProcess start(Path folder, List<String> options, Map<String, String> settings) throws Exception {
        int[] ports = FreePorts.next(2);
        Path log = folder.resolve("service.log");
        ProcessBuilder builder = new ProcessBuilder(ServiceBuild.JVM.command("results-api", options));
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(ports[0]));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(ports[1]));
        builder.environment().put("QUARKUS_ELASTICSEARCH_HOSTS", "127.0.0.1:" + FreePorts.next());
        builder.environment().put("RESULTS_LIMITS_REQUESTS_PER_SECOND", "0");
        builder.environment().putAll(settings);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        var service = new ServiceProcess(builder.start(), ports[0], ports[1], log);
        try {
            await().atMost(150, TimeUnit.SECONDS)
                    .pollInterval(20, TimeUnit.MILLISECONDS)
                    .until(service::isReady);
            service.connect();
        } catch (Exception | AssertionError e) {
            service.close();
            throw new IllegalStateException(Files.readString(log), e);
        }
        return service;
    }

    int port() {
        return port;
    }

    /** Bytes of the heap that are still reachable, after a collection. */
    long heapAfterCollection() throws IOException {
        MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** Memory of the machine that the process takes; 0 where there is no /proc. */
    long residentBytes() {
        return ProcessUsage.of(process.toHandle()).residentBytes().orElse(0);
    }

    /** Client ids of the Kafka consumers that have read a topic. */
    Set<String> consumers(String topic) throws Exception {
        ObjectName fetched =
                new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*,topic=" + topic);
        return beans.queryNames(fetched, null).stream()
                .map(name -> name.getKeyProperty("client-id"))
                .collect(Collectors.toSet());
    }

    /** Sum of the samples of {@code /q/metrics} whose line begins so. */
    double metric(String begin) throws Exception {
        return get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(begin))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() throws IOException {
        try {
            if (connector != null) {
                connector.close();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private boolean isReady() throws Exception {
        if (!process.isAlive()) {
            throw new IllegalStateException("ended with exit code " + process.exitValue());
        }
        try {
            return get("/q/health/ready").statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        int asked = path.matches("/q/(health|metrics).*") ? managementPort : port;
        URI uri = URI.create("http://127.0.0.1:" + asked + path);
        return HTTP.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void connect() throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            beans = connector.getMBeanServerConnection();
        } finally {
            machine.detach();
        }
    }
}
