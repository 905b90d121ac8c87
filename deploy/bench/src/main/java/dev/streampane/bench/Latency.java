// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code streampane bench latency}: how long after its time a result can be read. */
@Command(
        name = "latency",
        description = {
            "Writes readings at each rate, every one due at its event time, and tells how long after",
            "a window's end and the out-of-orderness its results were written to Kafka, the checkpoint",
            "that commits them began and was complete, and consumers that read what is committed could",
            "read them. weather-average as it ships."
        },
        mixinStandardHelpOptions = true)
final class Latency implements Callable<Integer> {

    private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);

    private static final Duration POLL = Duration.ofMillis(100);

    /** Flink tells of the last ten checkpoints, and has no more than that in a second. */
    private static final Duration ASK = Duration.ofMillis(500);

    /** What could be read at a time. */
    private record Poll(long at, ConsumerRecords<byte[], byte[]> records) {}

    /** When a result was due, and when it could be read. */
    private record Visible(long due, long read) {}

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "1000,20000",
            description = "Readings per second (default: ${DEFAULT-VALUE}).")
    private List<Integer> rates;

    @Option(names = "--devices", defaultValue = "1000", description = "Devices (default: ${DEFAULT-VALUE}).")
    private int devices;

    @Option(
            names = "--window",
            defaultValue = "10",
            description = "Length of the windows in seconds (default: ${DEFAULT-VALUE}).")
    private int window;

    @Option(
            names = "--windows",
            defaultValue = "12",
            description = "Windows that count, after two that warm up (default: ${DEFAULT-VALUE}).")
    private int windows;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%10s %9s  %-8s %8s %8s %8s %8s%n", "readings/s", "results", "ms until", "p50", "p99", "p99.9", "max");
        out.flush();
        try (Workspace workspace = Workspace.open()) {
            for (int rate : rates) {
                measure(workspace, rate, out);
            }
        }
        return 0;
    }

    private void measure(Workspace workspace, int rate, PrintWriter out) throws Exception {
        String input = "readings-" + rate;
        String results = "results-" + rate;
        workspace.createTopic(input);
        workspace.createTopic(results);
        var written = new Histogram(3);
        var polls = new ArrayList<Poll>();
        var visible = new ArrayList<Visible>();
        var triggeredByCompletion = new TreeMap<Long, Long>();
        FlinkJob job = FlinkJob.weatherAverage(
                Workspace.jobJar(),
                workspace.servers(),
                results,
                rate,
                "tumbling(" + window + "s)",
                "--input-topic=" + input,
                "--out-of-orderness=" + OUT_OF_ORDERNESS.toMillis() + "ms");
        try (FlinkJob.Cluster running = job.start(workspace.folder("flink-" + rate));
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", workspace.servers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                var consumer = Run.consumer(workspace.servers(), results)) {
            long length = Duration.ofSeconds(window).toMillis();
            long first = (System.currentTimeMillis() / length + 3) * length;
            long last = first + windows * length;
            long stop =
                    last + OUT_OF_ORDERNESS.toMillis() + Duration.ofSeconds(5).toMillis();
            var writer = new Thread(() -> write(producer, input, rate, stop), "write");
            writer.start();
            Instant asked = Instant.EPOCH;
            while (writer.isAlive()) {
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
            }
            for (Poll poll : polls) {
                for (ConsumerRecord<byte[], byte[]> record : poll.records()) {
                    JsonNode result = Http.JSON.readTree(record.value());
                    long end = Instant.parse(result.at("/window/end").asText()).toEpochMilli();
                    long due = end + OUT_OF_ORDERNESS.toMillis();
                    if (end > first && end <= last && result.path("rev").asInt() == 1) {
                        written.recordValue(record.timestamp() - due);
                        visible.add(new Visible(due, poll.at()));
                    }
                }
            }
            writer.join();
            if (visible.isEmpty()) {
                throw new IOException("no results: " + running.failure());
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
        print(out, rate, "written", written);
        print(out, rate, "trigger", triggered);
        print(out, rate, "complete", completed);
        print(out, rate, "visible", read);
    }

    /** Every reading has the time at which it was due, and none waits for the one before. */
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

    private static void print(PrintWriter out, int rate, String stage, Histogram millis) {
        out.printf(
                "%,10d %,9d  %-8s %,8d %,8d %,8d %,8d%n",
                rate,
                millis.getTotalCount(),
                stage,
                millis.getValueAtPercentile(50),
                millis.getValueAtPercentile(99),
                millis.getValueAtPercentile(99.9),
                millis.getMaxValue());
        out.flush();
    }
}
