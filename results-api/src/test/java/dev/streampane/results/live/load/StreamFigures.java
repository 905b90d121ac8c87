// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * How much is delivered in the tests' own process, beside {@link PlainStream} in the same one. No test by its name, so that builds leave it out;
 * the README tells the command, which has {@code -Dstream.plain=true}.
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
    private static final int MAX_NUMBER = 1_000_000;

    @TestHTTPResource("/")
    URI root;

    @RealServers.Running
    LocalKafka kafka;

    /**
     * One burst of results to all streams.
     *
     * @param processors time of them that everything but reading and writing took
     */
    private record Burst(long deliveries, Duration wall, Duration processors) {

        private double perSecond() {
            return deliveries / (wall.toNanos() / 1e9);
        }

        private double perProcessorSecond() {
            return deliveries / (processors.toNanos() / 1e9);
        }
    }

    @Test
    void shouldDeliverMoreThanThePlainStreamInTheSameProcess() throws Exception {
        // Given
        int port = root.getPort();
        List<Burst> plain = new ArrayList<>();
        List<Burst> ours = new ArrayList<>();
        // When
        for (int round = 0; round <= ROUNDS; round++) {
            plain.add(burst(port, PlainStream.PATH));
            ours.add(burst(port, STREAM));
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

    private Burst burst(int port, String path) throws Exception {
        Latencies latencies = new Latencies(MAX_NUMBER);
        try (Writer writer = new Writer(kafka.bootstrapServers(), latencies);
                Crowd crowd = new Crowd(port, path, latencies)) {
            crowd.openFast(STREAMS);
            patiently().until(() -> crowd.fastOpen() == STREAMS);
            writer.burst(1, 0);
            patiently().until(() -> crowd.deliveries() == STREAMS);
            Duration before = processors(crowd);
            long begin = System.nanoTime();
            writer.burst(RESULTS, 0);
            patiently().until(() -> crowd.deliveries() == (RESULTS + 1L) * STREAMS);
            Duration wall = Duration.ofNanos(System.nanoTime() - begin);
            Duration processors = processors(crowd).minus(before);
            assertThat(crowd.received()).containsOnly(RESULTS + 1);
            return new Burst((long) RESULTS * STREAMS, wall, processors);
        }
    }

    /** Time of processors that all but reading and writing has taken. */
    private static Duration processors(Crowd crowd) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return Duration.ofNanos(system.getProcessCpuTime()
                - crowd.cpuNanos()
                - ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
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
