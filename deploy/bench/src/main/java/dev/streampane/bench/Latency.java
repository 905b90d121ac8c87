// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench latency}: how long after its due time a result can be read. */
@Command(
        name = "latency",
        description = {
            "Tells how long after a window its results can be read.",
            "Writes readings at each rate, every one due at its event time, and tells how",
            "long after a window's end and the out-of-orderness its results were written to",
            "Kafka, the checkpoint that commits them began and was complete, and consumers",
            "that read what is committed could read them; then, when a search in",
            "Elasticsearch found them, and when the first byte of each came to a client of",
            "results-api. weather-average and index-results as they ship."
        })
final class Latency extends Benchmark {

    private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);

    private static final Duration POLL = Duration.ofMillis(100);

    /** Flink reports the last ten checkpoints, and there are no more than ten in a second. */
    private static final Duration ASK = Duration.ofMillis(500);

    /** Records that were read at a time in ms since the epoch. */
    private record Poll(long at, ConsumerRecords<byte[], byte[]> records) {}

    /** When a result was due and when it was read, in ms since the epoch. */
    private record Visible(long due, long read) {}

    @Option(names = "--rates", split = ",", defaultValue = "1000,20000", description = "Readings per second.")
    private List<Integer> rates;

    @Option(names = "--devices", defaultValue = "1000", description = "Devices.")
    private int devices;

    @Option(names = "--window", defaultValue = "10", description = "Length of the windows in seconds.")
    private int window;

    @Option(names = "--windows", defaultValue = "12", description = "Windows that count, after two that warm up.")
    private int windows;

    @Option(names = "--log-only", description = "Leaves out Elasticsearch, index-results and results-api.")
    private boolean logOnly;

    @Override
    public Integer call() throws Exception {
        for (int rate : rates) {
            if ((long) rate * window < devices) {
                throw wrongUse("%d devices do not each have a reading in %d s at %d readings/s"
                        .formatted(devices, window, rate));
            }
        }
        say("%10s %9s  %-8s %8s %8s %8s %8s", "readings/s", "results", "ms until", "p50", "p99", "p99.9", "max");
        try (Workspace workspace = Workspace.open();
                LocalElasticsearch elasticsearch =
                        logOnly ? null : LocalElasticsearch.start(workspace.folder("elasticsearch"))) {
            if (elasticsearch != null) {
                IndexTemplates.install(elasticsearch.url());
            }
            for (int rate : rates) {
                measure(workspace, Optional.ofNullable(elasticsearch), rate);
            }
        }
        return 0;
    }

    private void measure(Workspace workspace, Optional<LocalElasticsearch> elasticsearch, int rate) throws Exception {
        String input = "readings-" + rate;
        String results = "results-" + rate;
        workspace.createTopic(input);
        workspace.createTopic(results);
        var written = new Histogram(3);
        var polls = new ArrayList<Poll>();
        var visible = new ArrayList<Visible>();
        var triggeredByCompletion = new TreeMap<Long, Long>();
        FlinkJob job = FlinkJob.weatherAverage(
                Checkout.jobJar(),
                workspace.servers(),
                results,
                rate,
                "tumbling(" + window + "s)",
                "--input-topic=" + input,
                "--out-of-orderness=" + OUT_OF_ORDERNESS.toMillis() + "ms");
        Optional<Histogram> searched = Optional.empty();
        Optional<Histogram> streamed = Optional.empty();
        try (FlinkJob.Cluster running = job.start(workspace.folder("flink-" + rate));
                Views views = elasticsearch.isEmpty()
                        ? null
                        : new Views(workspace, elasticsearch.get(), running, results, rate);
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", workspace.servers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                var consumer = CommittedLog.reader(workspace.servers(), results, "read_committed")) {
            while (!running.rest().jobs().stream().allMatch(FlinkRest.Job::isUp)) {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            }
            long length = Duration.ofSeconds(window).toMillis();
            long first = (System.currentTimeMillis() / length + 3) * length;
            long last = first + windows * length;
            long stop =
                    last + OUT_OF_ORDERNESS.toMillis() + Duration.ofSeconds(5).toMillis();
            var writer = new Thread(() -> write(producer, input, rate, stop), "write");
            writer.start();
            var counted = new Views.Windows(first, last, length, OUT_OF_ORDERNESS.toMillis(), devices);
            if (views != null) {
                views.watch(counted);
            }
            Instant asked = Instant.EPOCH;
            while (writer.isAlive()
                    || visible.size() < counted.results() && System.currentTimeMillis() < counted.deadline()) {
                if (Instant.now().isAfter(asked.plus(ASK))) {
                    asked = Instant.now();
                    for (JsonNode one : running.checkpoints()) {
                        if (one.path("status").asText().equals("COMPLETED")) {
                            long triggered = one.path("trigger_timestamp").asLong();
                            long completed =
                                    triggered + one.path("end_to_end_duration").asLong();
                            triggeredByCompletion.put(completed, triggered);
                        }
                    }
                }
                var records = consumer.poll(POLL);
                polls.add(new Poll(System.currentTimeMillis(), records));
                if (!writer.isAlive()) { // which decoding would slow down
                    decode(polls, counted, written, visible);
                }
            }
            writer.join();
            if (visible.isEmpty()) {
                throw new IOException("no results: " + running.failure());
            }
            counted.requireAll("visible", visible.size());
            if (views != null) {
                searched = Optional.of(views.searched());
                counted.requireAll("search", searched.get().getTotalCount());
                streamed = Optional.of(views.streamed());
                counted.requireAll("stream", streamed.get().getTotalCount());
            }
        }
        var triggered = new Histogram(3);
        var completed = new Histogram(3);
        var read = new Histogram(3);
        for (Visible result : visible) {
            var committing = triggeredByCompletion.floorEntry(result.read());
            triggered.recordValue(Math.max(0, committing.getValue() - result.due()));
            completed.recordValue(Math.max(0, committing.getKey() - result.due()));
            read.recordValue(result.read() - result.due());
        }
        print(rate, "written", written);
        print(rate, "trigger", triggered);
        print(rate, "complete", completed);
        print(rate, "visible", read);
        if (searched.isPresent()) {
            print(rate, "search", searched.get());
            print(rate, "stream", streamed.get());
        }
    }

    /** Moves the results of counted windows from what was polled to what was visible. */
    private static void decode(List<Poll> polls, Views.Windows counted, Histogram written, List<Visible> visible)
            throws IOException {
        for (Poll poll : polls) {
            for (ConsumerRecord<byte[], byte[]> record : poll.records()) {
                JsonNode result = Http.JSON.readTree(record.value());
                long end = Instant.parse(result.at("/window/end").asText()).toEpochMilli();
                long due = end + OUT_OF_ORDERNESS.toMillis();
                if (counted.contain(end) && result.path("rev").asInt() == 1) {
                    written.recordValue(record.timestamp() - due);
                    visible.add(new Visible(due, poll.at()));
                }
            }
        }
        polls.clear();
    }

    /** Writes readings until {@code stop}. Each has the time at which it was due; none waits until the one before is written. */
    private void write(KafkaProducer<byte[], byte[]> producer, String topic, int rate, long stop) {
        long start = System.currentTimeMillis();
        for (long n = 0; ; n++) {
            long due = start + n * 1000 / rate;
            if (due >= stop) {
                return;
            }
            while (System.currentTimeMillis() < due) {
                LockSupport.parkNanos(500_000);
            }
            String device = "device" + n % devices;
            String value = "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%d.5,\"humidity\":40}"
                    .formatted(device, Instant.ofEpochMilli(due), 10 + n % 20);
            producer.send(new ProducerRecord<>(
                    topic, (int) (n % Readings.PARTITIONS), device.getBytes(US_ASCII), value.getBytes(US_ASCII)));
        }
    }

    private void print(int rate, String stage, Histogram millis) throws IOException {
        report(
                "%,10d %,9d  %-8s %,8d %,8d %,8d %,8d",
                "readingsPerSecond",
                rate,
                "results",
                millis.getTotalCount(),
                "stage",
                stage,
                "p50Millis",
                millis.getValueAtPercentile(50),
                "p99Millis",
                millis.getValueAtPercentile(99),
                "p999Millis",
                millis.getValueAtPercentile(99.9),
                "maxMillis",
                millis.getMaxValue());
    }
}
