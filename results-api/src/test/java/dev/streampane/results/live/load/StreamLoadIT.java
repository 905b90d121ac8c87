// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Installed;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ProcessUsage;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.results.ServiceProcess;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Thousands of streams of one process, a tenth of them reading 100 bytes per second: the others get theirs as before, the heap stays bounded, and
 * one consumer reads the log.
 *
 * <p>{@code -Dstream.load=full} makes it as many, as long and as strict as the README tells; otherwise it is a smaller one.
 */
@Tag("campaign")
class StreamLoadIT {

    private static final Logger LOG = Logger.getLogger(StreamLoadIT.class);

    private static final String HEAP = "-Xmx192m";

    /** What waits for a client lies there: up to about 60 KiB each when all get much at once. */
    private static final String DIRECT = "-XX:MaxDirectMemorySize=512m";

    private static final long HEAP_PER_STREAM_BYTES = 20 << 10;

    /** More than the kernel and the service together hold for a client that does not read. */
    private static final int FILL_RESULTS = 30;

    private static final int FILL_PADDING = 10_000;
    private static final int SPARE_DESCRIPTORS = 500;
    private static final String OPEN = "streampane_results_stream_clients ";
    private static final String STALLED = "streampane_results_stream_closed_total{reason=\"stalled\"";

    /**
     * How much is done.
     *
     * @param rounds pairs of measurements, and as many again where that is not enough; the shortest without slow streams counts, and of those
     *     beside them the one in the middle of {@code rounds}
     * @param seconds of each measurement
     * @param streams in all, a tenth of them slow
     * @param rate results per second, each of which every stream gets
     * @param times how much larger the 99th percentile may be beside slow streams
     */
    private record Load(int rounds, int seconds, int streams, int rate, double times) {

        private static Load asked() {
            Load whole = new Load(5, 20, 5_000, 5, 1.3);
            Load small = new Load(3, 4, 1_000, 10, 3.0);
            Load base = System.getProperty("stream.load", "").equals("full") ? whole : small;
            return new Load(
                    Integer.getInteger("stream.load.rounds", base.rounds()),
                    Integer.getInteger("stream.load.seconds", base.seconds()),
                    Integer.getInteger("stream.load.streams", base.streams()),
                    Integer.getInteger("stream.load.rate", base.rate()),
                    base.times());
        }

        private int slow() {
            return streams / 10;
        }

        private int fast() {
            return streams - slow();
        }

        private int results() {
            return seconds * rate;
        }
    }

    private final Load load = Load.asked();
    private final Latencies latencies = new Latencies(1_000_000);
    private ServiceProcess service;
    private ServiceBeans beans;
    private Crowd crowd;
    private Writer writer;

    @Test
    void shouldServeFastClientsAsBeforeBesideSlowOnesWithinBoundedMemory() throws Exception {
        // Given
        long descriptors = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getMaxFileDescriptorCount();
        Installed.require(
                descriptors > load.streams() + SPARE_DESCRIPTORS,
                descriptors + " file descriptors (ulimit -n) are too few");
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "load");
        try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"));
                Writer toLog = new Writer(kafka.bootstrapServers(), latencies)) {
            TopicCatalogue.load().create(kafka.bootstrapServers());
            Map<String, String> settings = Map.of(
                    "kafka.bootstrap.servers",
                    kafka.bootstrapServers(),
                    "quarkus.http.limits.max-connections",
                    Integer.toString(load.streams() + 100),
                    "results.limits.requests-per-second",
                    "0",
                    "results.stream.max-clients",
                    Integer.toString(load.streams()),
                    "results.stream.stall-timeout",
                    load.seconds() + 30 + "s",
                    "results.stream.buffer",
                    "20",
                    "results.tail-bytes",
                    "16M");
            try (ServiceProcess process = new ServiceProcess(folder, ServiceBuild.JVM, List.of(HEAP, DIRECT), settings)
                            .start()
                            .awaitReady();
                    ServiceBeans jmx = new ServiceBeans(process.process());
                    Crowd streams = new Crowd(process.root().getPort(), latencies)) {
                service = process;
                beans = jmx;
                crowd = streams;
                writer = toLog;
                shouldServe();
            }
        }
    }

    private void shouldServe() throws Exception {
        // When
        long alone = beans.heapAfterCollection();
        crowd.openFast(load.fast());
        patiently().until(() -> crowd.fastOpen() == load.fast());
        fastMeasured();
        List<Duration> without = new ArrayList<>();
        List<Duration> beside = new ArrayList<>();
        double times = Double.MAX_VALUE;
        for (int round = 1; round <= load.rounds() || times > load.times() && round <= 2 * load.rounds(); round++) {
            boolean slowFirst = round % 2 == 0;
            if (!slowFirst) {
                without.add(fastMeasured());
            }
            beside.add(measuredBesideSlow(alone, round == load.rounds()));
            if (slowFirst) {
                without.add(fastMeasured());
            }
            times = (double) middle(beside).toNanos() / middle(without).toNanos();
            LOG.infof(
                    "round %d: p99 %s without slow streams, %s beside %d: %.2f times",
                    round, without.get(round - 1), beside.get(round - 1), load.slow(), times);
        }
        // Then
        assertThat(crowd.ended()).isZero();
        assertThat(beans.consumers("window-results")).hasSize(1);
        assertThat(service.metric("streampane_results_feed_records_total")).isEqualTo(writer.next());
        assertThat(service.metric("streampane_results_catchup_reads_total")).isZero();
        assertThat(times)
                .as("times the 99th percentile is larger beside slow streams: %s, without %s", beside, without)
                .isLessThanOrEqualTo(load.times());
    }

    /** The median of as many rounds as there are to be; of more, one that is as far from the least. */
    private Duration middle(List<Duration> times) {
        return times.stream().sorted().toList().get(Math.min(times.size() - 1, load.rounds() / 2));
    }

    /** The time within which the fast streams get 99 of 100 deliveries; before, more is written than slow ones take. */
    private Duration fastMeasured() {
        writer.burst(FILL_RESULTS, FILL_PADDING);
        awaitAll();
        int first = writer.next();
        latencies.measure(first, first + load.results());
        writer.pace(load.results(), load.rate());
        awaitAll();
        assertThat(latencies.size()).isEqualTo(load.results() * load.fast());
        return latencies.percentile(0.99);
    }

    private void awaitAll() {
        patiently().untilAsserted(() -> assertThat(crowd.received()).containsOnly(writer.next()));
    }

    /** The same beside slow streams; the heap stays bounded, and they lose nothing without a word. */
    private Duration measuredBesideSlow(long alone, boolean last) throws Exception {
        int begin = writer.next();
        crowd.openSlow(load.slow());
        patiently().until(() -> service.metric(OPEN) == load.streams());
        Duration p99 = fastMeasured();
        long heap = beans.heapAfterCollection();
        long resident =
                ProcessUsage.of(service.process().toHandle()).residentBytes().orElse(0L);
        LOG.infof(
                "%d streams, %d of them slow: %d KiB of heap after a collection, %d KiB before there were any; %d KiB resident",
                load.streams(), load.slow(), heap >> 10, alone >> 10, resident >> 10);
        assertThat(heap).isLessThan(alone + HEAP_PER_STREAM_BYTES * load.streams());
        int cut = last ? load.slow() / 2 : 0;
        shouldGetTheNewest(crowd.hurry(load.slow() - cut), begin, writer.next());
        if (last) {
            // they go on reading 100 bytes per second, which is too little
            patiently().until(() -> service.metric(STALLED) == cut);
            crowd.hurry(cut);
            patiently().until(() -> crowd.ended() == cut);
        }
        crowd.closeSlow();
        patiently().until(() -> service.metric(OPEN) == load.fast());
        return p99;
    }

    /** What a client has not got was told to be left out, and the newest revision of each window never is. */
    private static void shouldGetTheNewest(List<SlowReader> readers, int begin, int end) {
        int[] newest = IntStream.range(0, Marked.WINDOWS)
                .map(w -> end - 1 - Math.floorMod(end - 1 - w, Marked.WINDOWS))
                .toArray();
        patiently().untilAsserted(() -> assertThat(readers)
                .allSatisfy(r -> assertThat(r.newest()).isEqualTo(newest)));
        assertThat(readers).allSatisfy(reader -> {
            assertThat(reader.results() + reader.leftOut()).isEqualTo(end - begin);
            assertThat(reader.leftOut()).isPositive();
            assertThat(reader.outOfOrder()).isZero();
            assertThat(reader.resets()).isZero();
        });
    }

    private static ConditionFactory patiently() {
        return await().atMost(90, TimeUnit.SECONDS).pollInterval(200, TimeUnit.MILLISECONDS);
    }
}
