// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * How much one process delivers, beside {@link PlainStream}, and what an idle stream takes. No test by its name, so that builds leave it out; the
 * README tells the command, which has {@code -Dstream.plain=true}.
 */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
@QuarkusTestResource(value = ManyStreams.class, restrictToAnnotatedClass = true)
class StreamFigures {

    private static final Logger LOG = Logger.getLogger(StreamFigures.class);

    private static final String STREAM = "/api/v1/stream";
    private static final int STREAMS = Integer.getInteger("stream.figures.streams", 1_000);
    private static final int RESULTS = Integer.getInteger("stream.figures.results", 500);
    private static final int ROUNDS = Integer.getInteger("stream.figures.rounds", 3);
    private static final int IDLE = Integer.getInteger("stream.figures.idle", 5_000);
    private static final int MAX_NUMBER = 1_000_000;

    @TestHTTPResource("/")
    URI root;

    @RealServers.Running
    LocalKafka kafka;

    /**
     * One burst of results to all streams.
     *
     * @param processors time that the server took of them; in the tests' own process everything but reading and writing
     */
    private record Burst(long deliveries, Duration wall, Duration processors) {

        private double perSecond() {
            return deliveries / (wall.toNanos() / 1e9);
        }

        private double perProcessorSecond() {
            return deliveries / (processors.toNanos() / 1e9);
        }
    }

    /** Time of processors that a server has taken, which may be in the same process as those who read. */
    private interface Clock {
        Duration processors(Crowd crowd) throws Exception;
    }

    @Test
    void shouldDeliverMoreThanThePlainStreamInTheSameProcess() throws Exception {
        // Given
        int port = root.getPort();
        List<Burst> plain = new ArrayList<>();
        List<Burst> ours = new ArrayList<>();
        // When
        for (int round = 0; round <= ROUNDS; round++) {
            plain.add(inThisProcess(port, PlainStream.PATH));
            ours.add(inThisProcess(port, STREAM));
        }
        // Then
        LOG.infof("the plain Multi, in the tests' process: %s", said(plain));
        LOG.infof("this stream, in the tests' process: %s", said(ours));
        LOG.infof(
                "times the plain Multi: %.1f by the clock, %.1f by processor time",
                median(ours).perSecond() / median(plain).perSecond(),
                median(ours).perProcessorSecond() / median(plain).perProcessorSecond());
        assertThat(median(ours).perProcessorSecond())
                .isGreaterThan(median(plain).perProcessorSecond());
    }

    @Test
    void shouldSayWhatAProcessOfItsOwnDelivers() throws Exception {
        // When
        List<Burst> bursts = new ArrayList<>();
        try (ServiceProcess service = service("-Xmx256m")) {
            for (int round = 0; round <= ROUNDS; round++) {
                bursts.add(burst(service.port(), STREAM, c -> service.processorTime()));
            }
        }
        // Then
        LOG.infof("this stream, in a process of its own: %s", said(bursts));
    }

    @Test
    void shouldSayWhatAnIdleStreamTakes() throws Exception {
        try (ServiceProcess service = service("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch");
                Crowd crowd = new Crowd(service.port(), STREAM, new Latencies(MAX_NUMBER))) {
            // Given: what the first streams load and compile is there
            crowd.openFast(100);
            patiently().until(() -> crowd.fastOpen() == 100);
            long heap = service.heapAfterCollection();
            long resident = service.residentBytes();
            // When
            crowd.openFast(IDLE - 100);
            patiently().until(() -> crowd.fastOpen() == IDLE);
            // Then
            long heapThen = service.heapAfterCollection();
            long residentThen = service.residentBytes();
            LOG.infof(
                    "heap after a collection: %d KiB with 100 streams, %d KiB with %d idle ones: %d bytes each",
                    heap >> 10, heapThen >> 10, IDLE, (heapThen - heap) / (IDLE - 100));
            LOG.infof(
                    "resident, the heap (192 MiB) touched before: %d KiB and %d KiB: %d bytes each outside of the heap",
                    resident >> 10, residentThen >> 10, (residentThen - resident) / (IDLE - 100));
        }
    }

    private Burst inThisProcess(int port, String path) throws Exception {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return burst(
                port,
                path,
                crowd -> Duration.ofNanos(system.getProcessCpuTime()
                        - crowd.cpuNanos()
                        - ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()));
    }

    private Burst burst(int port, String path, Clock clock) throws Exception {
        Latencies latencies = new Latencies(MAX_NUMBER);
        try (Writer writer = new Writer(kafka.bootstrapServers(), latencies);
                Crowd crowd = new Crowd(port, path, latencies)) {
            crowd.openFast(STREAMS);
            patiently().until(() -> crowd.fastOpen() == STREAMS);
            writer.burst(1, 0);
            patiently().until(() -> crowd.deliveries() == STREAMS);
            Duration before = clock.processors(crowd);
            long begin = System.nanoTime();
            writer.burst(RESULTS, 0);
            patiently().until(() -> crowd.deliveries() == (RESULTS + 1L) * STREAMS);
            Duration wall = Duration.ofNanos(System.nanoTime() - begin);
            Duration processors = clock.processors(crowd).minus(before);
            assertThat(crowd.received()).containsOnly(RESULTS + 1);
            return new Burst((long) RESULTS * STREAMS, wall, processors);
        }
    }

    private ServiceProcess service(String... options) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "figures");
        Map<String, String> settings = new HashMap<>();
        ManyStreams.SETTINGS.forEach(
                (name, value) -> settings.put(name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT), value));
        settings.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        return ServiceProcess.start(folder, List.of(options), settings);
    }

    private static String said(List<Burst> bursts) {
        return "%,.0f deliveries/s, %,.0f per second of processors (%d streams, bursts of %d results, median of %d)"
                .formatted(median(bursts).perSecond(), median(bursts).perProcessorSecond(), STREAMS, RESULTS, ROUNDS);
    }

    /** By processor time; the first burst compiles the code and does not count. */
    private static Burst median(List<Burst> bursts) {
        return bursts.stream()
                .skip(1)
                .sorted(Comparator.comparing(Burst::processors))
                .skip((bursts.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }

    private static ConditionFactory patiently() {
        return await().atMost(120, TimeUnit.SECONDS).pollInterval(20, TimeUnit.MILLISECONDS);
    }
}
