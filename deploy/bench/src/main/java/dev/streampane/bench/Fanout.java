// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ProcessUsage;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane bench fanout}: how many results per second results-api delivers, and how much memory an idle client takes. */
@Command(
        name = "fanout",
        description = {
            "Tells how fast results-api sends results to many clients.",
            "Writes a burst of results, which results-api sends to each of its clients as",
            "server-sent events, and tells what an idle client takes of its memory. One more",
            "burst at first warms up."
        })
final class Fanout extends Benchmark {

    /** Clients that are opened before memory is measured, so that what the first ones load is not counted. */
    private static final int FIRST = 100;

    @Option(names = "--streams", defaultValue = "1000", description = "Clients that get the bursts.")
    private int streams;

    @Option(names = "--results", defaultValue = "500", description = "Results of a burst.")
    private int results;

    @Option(names = "--rounds", defaultValue = "5", description = "Bursts.")
    private int rounds;

    @Option(names = "--idle", defaultValue = "5000", description = "Clients that wait, beside 100.")
    private int idle;

    @Mixin
    private Service service;

    @Override
    public Integer call() throws Exception {
        int most = Math.max(streams, idle + FIRST) + 100;
        var settings = Map.of(
                "RESULTS_STREAM_MAX_CLIENTS", String.valueOf(most),
                "RESULTS_STREAM_MAX_PER_ADDRESS", String.valueOf(most),
                "RESULTS_STREAM_MAX_PER_PRINCIPAL", String.valueOf(most),
                "QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", String.valueOf(most),
                "RESULTS_STREAM_BUFFER", "100000");
        try (Workspace workspace = Workspace.open();
                Results log = new Results(workspace.servers())) {
            try (LocalService api = service.resultsApi(workspace, settings)) {
                bursts(log, api);
            }
            try (LocalService api = service.resultsApi(workspace, settings)) {
                idle(api);
            }
        }
        return 0;
    }

    private void bursts(Results log, LocalService api) throws IOException {
        try (Streams all = new Streams(url(api))) {
            var threads = new ThreadTimes(api.process());
            all.open(streams);
            for (int round = 0; round <= rounds; round++) {
                Duration before = threads.cpu();
                long begin = System.nanoTime();
                log.write(results);
                all.await((round + 1L) * results * streams);
                double seconds = (System.nanoTime() - begin) / 1e9;
                double deliveries = (double) results * streams;
                if (round > 0) {
                    report(
                            "round %d %,12.0f deliveries/s %,12.0f per second of CPU",
                            "round",
                            round,
                            "deliveriesPerSecond",
                            deliveries / seconds,
                            "perSecondOfCpu",
                            deliveries * 1e9 / threads.cpu().minus(before).toNanos());
                }
            }
        }
    }

    private void idle(LocalService api) throws IOException {
        try (Streams all = new Streams(url(api))) {
            all.open(FIRST);
            long heap = service.isNative() ? 0 : Service.heap(api.process());
            long resident = resident(api);
            all.open(idle);
            if (service.isNative()) {
                report(
                        "%,d idle clients: %,d of memory each",
                        "clients", idle, "residentBytes", (resident(api) - resident) / idle);
                return;
            }
            report(
                    "%,d idle clients: %,d bytes of heap, %,d of memory each",
                    "clients",
                    idle,
                    "heapBytes",
                    (Service.heap(api.process()) - heap) / idle,
                    "residentBytes",
                    (resident(api) - resident) / idle);
        }
    }

    private static long resident(LocalService api) {
        return ProcessUsage.of(api.process().toHandle()).residentBytes().orElseThrow();
    }

    private static URI url(LocalService api) {
        return api.url().resolve("/api/v1/stream");
    }
}
