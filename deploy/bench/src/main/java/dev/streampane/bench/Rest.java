// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalService;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane bench rest}: how many requests for a window results-api answers per second. */
@Command(
        name = "rest",
        description = {
            "Compares how fast results-api and plain servers answer.",
            "Clients ask results-api for one window that it has in memory, each again as",
            "soon as it has the answer, and in turn two servers that answer each request",
            "with the same bytes: hello, one endpoint of Quarkus REST, and bare, Vert.x and",
            "nothing else."
        })
final class Rest extends Benchmark {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Option(names = "--clients", defaultValue = "64", description = "Clients.")
    private int clients;

    @Option(names = "--seconds", defaultValue = "10", description = "Length of a round.")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "30", description = "Seconds of each server before the rounds.")
    private int warmUp;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds.")
    private int rounds;

    @Mixin
    private Service service;

    @Override
    public Integer call() throws Exception {
        try (Workspace workspace = Workspace.open();
                Results log = new Results(workspace.servers());
                LocalService results = service.resultsApi(workspace, Map.of())) {
            log.announce();
            log.write(1_000);
            URI window = results.url().resolve("/api/v1/windows/" + Results.id(0));
            String body = read(window, results.process());
            List<Double> ours = new ArrayList<>();
            List<Double> ofHello = new ArrayList<>();
            List<Double> ofBare = new ArrayList<>();
            try (PlainServer hello = PlainServer.hello(workspace.folder("hello"), body);
                    PlainServer bare = PlainServer.bare(workspace.folder("bare"), body)) {
                for (int round = 0; round <= rounds; round++) {
                    measure(Service.RESULTS, window, results.process(), round, ours);
                    measure("hello", hello.url(), hello.process(), round, ofHello);
                    measure("bare", bare.url(), bare.process(), round, ofBare);
                }
            }
            double answers = Spread.of(ours).median();
            report(
                    "results-api answers %.2f times as many as hello, %.2f times as many as bare (medians)",
                    "ratioToHello",
                    answers / Spread.of(ofHello).median(),
                    "ratioToBare",
                    answers / Spread.of(ofBare).median());
        }
        return 0;
    }

    /** The answer for a window, as soon as results-api has it. */
    private static String read(URI window, Process process) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Http.get(window);
                try (InputStream answer = window.toURL().openStream()) {
                    return new String(answer.readAllBytes(), UTF_8);
                }
            } catch (IOException notYet) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw notYet;
                }
            }
        }
    }

    private void measure(String server, URI url, Process process, int round, List<Double> rates) throws IOException {
        var threads = new ThreadTimes(process);
        Duration before = threads.cpu();
        Requests.Responses answered = Requests.run(url, clients, Duration.ofSeconds(round == 0 ? warmUp : seconds));
        Duration cpu = threads.cpu().minus(before);
        if (round == 0) {
            return;
        }
        rates.add(answered.perSecond());
        report(
                "%-12s round %d %,10.0f requests/s %8.1f us of CPU each  p50 %,6d us  p99 %,6d us",
                "server",
                server,
                "round",
                round,
                "requestsPerSecond",
                answered.perSecond(),
                "cpuMicrosPerRequest",
                cpu.toNanos() / 1e3 / answered.requests(),
                "p50Micros",
                answered.micros().getValueAtPercentile(50),
                "p99Micros",
                answered.micros().getValueAtPercentile(99));
    }
}
