// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench output}: how fast a job writes results if each reading makes one. */
@Command(
        name = "output",
        description = {
            "Compares how fast weather-average and a plain producer write.",
            "weather-average has windows of ten minutes that slide by a second, so that",
            "there is a result for each reading. A producer then writes the same results,",
            "which lie ready in its memory, with the job's settings, in a transaction each",
            "500 ms, as the job does.",
            "Results per second: of the last four fifths, by the broker's clock."
        })
final class Output extends Benchmark {

    private static final int SLIDES = 600;
    private static final double WARM_UP = 0.2;
    private static final Duration COMMIT = Duration.ofMillis(500);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration STALLED = Duration.ofMinutes(1);

    /** How many of the job's results the producer has in memory. */
    private static final int KEPT = 200_000;

    @Option(names = "--records", defaultValue = "1200000", description = "Readings, rounded up to a minute's.")
    private long records;

    @Option(names = "--devices", defaultValue = "500", description = "Devices, each with a reading a second.")
    private int devices;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds.")
    private int rounds;

    private Workspace workspace;
    private Readings readings;

    /** How many results and bytes came in what time. */
    private record Pace(long results, long bytes, Duration wall) {

        double perSecond() {
            return results * 1e9 / wall.toNanos();
        }

        double megabytesPerSecond() {
            return bytes * 1e3 / wall.toNanos();
        }
    }

    @Override
    public Integer call() throws Exception {
        try (Workspace opened = Workspace.open()) {
            workspace = opened;
            readings = new Readings(records, devices, 0, 0, false);
            readings.write(workspace.servers());
            List<Double> job = new ArrayList<>();
            List<Double> producer = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                String results = "results-" + round;
                workspace.createTopic(results);
                job.add(print("weather-average", round, job(results, round)));
                String copy = "copies-" + round;
                workspace.createTopic(copy);
                produce(results, copy, round);
                producer.add(print("producer", round, pace(copy, () -> "")));
            }
            double ratio = Spread.of(job).median() / Spread.of(producer).median();
            report("weather-average writes %.2f of what the producer does (medians)", "ratio", ratio);
        }
        return 0;
    }

    private double print(String contender, int round, Pace pace) throws IOException {
        report(
                "%-16s round %d %,10.0f results/s %8.2f us each %8.1f MB/s",
                "contender",
                contender,
                "round",
                round,
                "resultsPerSecond",
                pace.perSecond(),
                "microsPerResult",
                1e6 / pace.perSecond(),
                "megabytesPerSecond",
                pace.megabytesPerSecond());
        return pace.perSecond();
    }

    private Pace job(String results, int round) throws Exception {
        FlinkJob job = FlinkJob.weatherAverage(
                Checkout.jobJar(),
                workspace.servers(),
                results,
                round,
                "sliding(10m,1s)",
                "--checkpoint-interval=" + COMMIT.toMillis() + "ms");
        try (FlinkJob.Cluster running = job.start(workspace.folder("flink-" + round))) {
            Pace pace = pace(results, running::failure);
            check(results);
            return pace;
        }
    }

    /** Tells why no results come, if that is known. */
    private interface Failure {
        String failure() throws IOException;
    }

    /** Waits until as many results are committed as there are readings; returns the pace after the warm-up. */
    private Pace pace(String topic, Failure failure) throws IOException {
        long warm = (long) (WARM_UP * readings.records());
        long seen = 0;
        long bytes = 0;
        long begin = 0;
        long end = 0;
        Instant progress = Instant.now();
        try (var consumer = CommittedLog.reader(workspace.servers(), topic, "read_committed")) {
            while (seen < readings.records()) {
                var polled = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    seen++;
                    if (seen <= warm) {
                        begin = Math.max(begin, record.timestamp());
                    } else {
                        bytes += record.key().length + record.value().length;
                        end = Math.max(end, record.timestamp());
                    }
                }
                Instant now = Instant.now();
                progress = polled.isEmpty() ? progress : now;
                if (now.isAfter(progress.plus(STALLED))) {
                    throw new IOException(
                            "%,d of %,d results came: %s".formatted(seen, readings.records(), failure.failure()));
                }
            }
        }
        return new Pace(seen - warm, bytes, Duration.ofMillis(end - begin));
    }

    /** Checks that each device has a result for each second, and that a result counts one reading per second of its window, from the start on. */
    private void check(String topic) throws IOException {
        Set<String> windows = new HashSet<>();
        long counted = 0;
        try (var consumer = CommittedLog.reader(workspace.servers(), topic, "read_committed")) {
            while (windows.size() < readings.records()) {
                var polled = consumer.poll(STALLED);
                if (polled.isEmpty()) {
                    throw new IOException("%,d of %,d windows came".formatted(windows.size(), readings.records()));
                }
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    JsonNode result = Http.JSON.readTree(record.value());
                    Instant end = Instant.parse(result.at("/window/end").asText());
                    if (end.toEpochMilli() <= readings.end()
                            && windows.add(result.path("id").asText())) {
                        counted += result.path("count").asLong();
                    }
                }
            }
        }
        long seconds = readings.records() / devices;
        long growing = Math.min(seconds, SLIDES);
        long right = devices * (growing * (growing + 1) / 2 + (seconds - growing) * SLIDES);
        if (counted != right) {
            throw new IOException("the results count %,d readings, and not %,d".formatted(counted, right));
        }
    }

    /** Writes as many results as the job did, by repeating the job's first ones. */
    private void produce(String from, String to, int round) {
        List<ProducerRecord<byte[], byte[]>> kept = new ArrayList<>();
        try (var consumer = CommittedLog.reader(workspace.servers(), from, "read_committed")) {
            while (kept.size() < Math.min(KEPT, readings.records())) {
                consumer.poll(POLL).forEach(result -> kept.add(new ProducerRecord<>(to, result.key(), result.value())));
            }
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                workspace.servers(),
                "transactional.id",
                "bench-output-" + round,
                "batch.size",
                131_072);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            long commit = System.nanoTime() + COMMIT.toNanos();
            for (long n = 0; n < readings.records(); n++) {
                producer.send(kept.get((int) (n % kept.size())));
                if (System.nanoTime() > commit) {
                    producer.commitTransaction();
                    producer.beginTransaction();
                    commit = System.nanoTime() + COMMIT.toNanos();
                }
            }
            producer.commitTransaction();
        }
    }
}
