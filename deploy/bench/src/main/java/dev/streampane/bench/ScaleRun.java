// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.bench.ScalePoint.RunStatistics;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.LocalFlink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A cluster that runs one point after the other, so that everything except the job's own code is warm. */
final class ScaleRun implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration STALLED = Duration.ofMinutes(3);
    private static final double WARM_UP = 0.3;
    private static final int SLOTS = 8;
    private static final String END = "\"end\":\"";
    private static final String COUNT = "\"count\":";

    /** The results of all windows with the same end. */
    private static final class Fired {
        private long results;
        private long records;
        private long first = Long.MAX_VALUE;
    }

    private final Workspace workspace;
    private final LocalFlink flink;
    private final FlinkRest rest;
    private final String jar;
    private final List<ThreadTimes> processes;
    private int number;

    /**
     * @param jobs number of jobs that the TaskManager's heap must be large enough for, as in {@link LocalFlink.Size}
     */
    ScaleRun(Workspace workspace, int jobs) throws IOException {
        this.workspace = workspace;
        flink = new LocalFlink(
                workspace.folder("flink"),
                LocalFlink.Ports.free(),
                new LocalFlink.Size(SLOTS, jobs),
                Map.of("taskmanager.memory.network.min", "64m", "taskmanager.memory.network.max", "64m"));
        flink.restart();
        rest = new FlinkRest(flink.restUrl());
        jar = rest.upload(Checkout.jobJar());
        processes = List.of(new ThreadTimes(flink.taskManager()), new ThreadTimes(flink.jobManager()));
    }

    /** Runs weather-average until it has written the results of all windows that end within the input. */
    RunStatistics run(ScalePoint point, String topic) throws Exception {
        number++;
        String results = "scale-results-" + number;
        workspace.createTopic(results);
        var arguments = new ArrayList<>(List.of(
                "weather-average",
                "--bootstrap-servers=" + workspace.servers(),
                "--input-topic=" + topic,
                "--results-topic=" + results,
                "--generation=" + number));
        arguments.addAll(point.options());
        String job = rest.run(jar, FlinkRest.MAIN, arguments, Optional.empty(), true, FlinkRest.newJobId());
        try {
            return measure(point, results, job);
        } finally {
            rest.cancel(job);
            while (rest.freeSlots() < SLOTS) {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            }
        }
    }

    private RunStatistics measure(ScalePoint point, String results, String job) throws IOException {
        var fired = new TreeMap<Long, Fired>();
        var cpu = new CpuSamples(processes);
        long expected = point.ends() * point.input().keys();
        long got = 0;
        try (var consumer = CommittedLog.reader(workspace.servers(), results, "read_committed")) {
            Instant progress = Instant.now();
            while (got < expected) {
                cpu.takeWhenDue();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    progress = Instant.now();
                    got += add(point, record, fired) ? 1 : 0;
                }
                if (Instant.now().isAfter(progress.plus(STALLED))) {
                    throw new IOException(point.row() + ' ' + point.label() + " stands still after " + got + " of "
                            + expected + " results: " + rest.failure(job));
                }
            }
            cpu.take();
        }
        fired.forEach((end, windows) -> {
            if (!point.isRight(end, windows.results, windows.records)) {
                throw new IllegalStateException("%s %s: %d results of %d records in windows until %s"
                        .formatted(
                                point.row(),
                                point.label(),
                                windows.results,
                                windows.records,
                                Instant.ofEpochMilli(end)));
            }
        });
        return scaled(point, fired, cpu, rest.checkpoints(job));
    }

    /** Adds a result. Returns false if it does not count, because its window ends after the input. */
    private static boolean add(ScalePoint point, ConsumerRecord<byte[], byte[]> record, TreeMap<Long, Fired> fired) {
        String result = new String(record.value(), ISO_8859_1);
        int from = result.indexOf(END) + END.length();
        long end =
                Instant.parse(result.substring(from, result.indexOf('"', from))).toEpochMilli();
        if (end > point.input().end()) {
            return false;
        }
        int count = result.indexOf(COUNT) + COUNT.length();
        Fired windows = fired.computeIfAbsent(end, e -> new Fired());
        windows.results++;
        windows.records += Long.parseLong(result.substring(count, result.indexOf(',', count)));
        windows.first = Math.min(windows.first, record.timestamp());
        return true;
    }

    private static RunStatistics scaled(
            ScalePoint point, TreeMap<Long, Fired> fired, CpuSamples cpu, JsonNode checkpoints) {
        List<Long> ends = List.copyOf(fired.keySet());
        long from = ends.get((int) (WARM_UP * (ends.size() - 1)));
        long to = ends.get(ends.size() - 1);
        long begin = fired.get(from).first;
        long end = fired.get(to).first;
        long records = point.input().recordsBefore(to) - point.input().recordsBefore(from);
        Duration taken = cpu.between(begin, end);
        return new RunStatistics(
                records * 1e3 / Math.max(1, end - begin),
                taken.toNanos() / 1e3 / records,
                point.ends() * (double) point.input().keys() / point.input().records(),
                checkpoints.at("/summary/state_size/max").asLong(),
                checkpoints.at("/summary/end_to_end_duration/p50").asLong());
    }

    @Override
    public void close() {
        flink.close();
    }
}
