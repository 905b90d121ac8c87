// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.control.StackException;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import dev.streampane.local.replay.ReplayReport.Difference;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.GracefulShutdown;
import dev.streampane.local.server.Http;
import dev.streampane.local.stack.Failures;
import dev.streampane.local.stack.Slots;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;

/** One replay on a running stack: plans it by the audit, lets Flink recompute the windows, and compares the results. */
public final class Replay {

    /**
     * How long after an audit line the results of its records may become visible: they are in another transaction, and a watermark after the
     * line's checkpoint barrier may fire their windows.
     */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final int PER_PROGRESS = 10_000;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

    private final ReplayRequest request;
    private final String bootstrapServers;
    private final FlinkRest flink;
    private final Consumer<String> progress;
    private final Consumer<String> warning;
    private final Grace grace;

    /** Delays the end of this process until the replay has cleaned up. */
    private GracefulShutdown end;

    /** Where Flink reports the number of records that the replay has read, once it does. */
    private Optional<String> readOf = Optional.empty();

    /** Records of both logs that were read for the comparison. */
    private long compared;

    /** When the results that belong to the audit lines are visible, unless an open transaction holds them back. */
    private long visibleAt;

    /**
     * @param progress takes progress messages
     * @param warning takes warnings
     */
    public Replay(
            ReplayRequest request,
            String bootstrapServers,
            FlinkRest flink,
            Consumer<String> progress,
            Consumer<String> warning) {
        this(request, bootstrapServers, flink, progress, warning, new Grace(GRACE, System::nanoTime));
    }

    Replay(
            ReplayRequest request,
            String bootstrapServers,
            FlinkRest flink,
            Consumer<String> progress,
            Consumer<String> warning,
            Grace grace) {
        this.request = request;
        this.bootstrapServers = bootstrapServers;
        this.flink = flink;
        this.progress = progress;
        this.warning = warning;
        this.grace = grace;
    }

    /**
     * Runs the replay to its end, once. The topic of the run is deleted after a comparison, unless the request keeps it, after a failure, and
     * when this process is told to end.
     *
     * @throws StackException when there is nothing to replay, there are too few free slots, or the run fails
     */
    public ReplayReport run() throws IOException {
        try (Admin admin = Topics.admin(bootstrapServers)) {
            var source = ReplaySource.choose(admin, bootstrapServers, request);
            visibleAt = grace.end();
            Slots.check(flink, "the replay of " + request.job(), request.slots(), 0);
            try (GracefulShutdown made = new GracefulShutdown("end-replay")) {
                end = made;
                return run(admin, source);
            }
        }
    }

    /** A time limit, by a clock in nanoseconds. */
    record Grace(Duration most, LongSupplier nanoTime) {

        /** The end of a limit that begins now. */
        long end() {
            return nanoTime.getAsLong() + most.toNanos();
        }

        boolean isOver(long end) {
            return nanoTime.getAsLong() - end > 0;
        }
    }

    private void countCompared() {
        checkGoesOn();
        if (compared++ % PER_PROGRESS == 0) {
            progress.accept("comparing, %,d records read".formatted(compared - 1));
        }
    }

    private void checkGoesOn() {
        if (end.isRequested()) {
            throw StackException.startFailed("the replay was told to end");
        }
    }

    private ReplayReport run(Admin admin, ReplaySource source) throws IOException {
        String topic = "replay-" + request.job() + '-' + STAMP.format(Instant.now());
        Topics.create(admin, new NewTopic(topic, Optional.of(1), Optional.empty()));
        boolean keep = false;
        try {
            double seconds = recompute(source, topic);
            ReplayReport report = request.compare()
                    ? compare(admin, source, topic, seconds)
                    : report(source, topic, seconds, source.compare(Map.of(), Map.of(), 0), List.of(), 0);
            keep = report.kept();
            return report;
        } finally {
            if (!keep) {
                Topics.get(admin.deleteTopics(List.of(topic)).all());
            }
        }
    }

    private double recompute(ReplaySource source, String topic) throws IOException {
        long start = System.nanoTime();
        String id = FlinkRest.newJobId();
        boolean isOver = false;
        try {
            submit(source, topic, id);
            String state = "";
            while (!state.equals("FINISHED")) {
                checkGoesOn();
                FlinkRest.Job job = flink.job(id)
                        .orElseThrow(() -> StackException.startFailed(
                                "Flink has lost the replay: its JobManager was started anew"));
                state = job.state();
                isOver = job.isOver();
                if (isOver && !state.equals("FINISHED")) {
                    throw StackException.startFailed(
                            "the replay has ended as %s: %s".formatted(state, Failures.firstLine(flink.failure(id))));
                }
                progress.accept("replaying %s%,d records, %d s"
                        .formatted(
                                read(id).map("%,d of "::formatted).orElse(""),
                                source.plan().records(),
                                (System.nanoTime() - start) / 1_000_000_000));
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        } finally {
            if (!isOver) {
                cancel(id);
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** The number of records that the replay has read; empty until its tasks have reported it, which they do every ten seconds. */
    private Optional<Long> read(String id) {
        try {
            if (readOf.isEmpty()) {
                readOf = flink.metric(id, FlinkRest.RECORDS_READ);
            }
            return readOf.isPresent() ? flink.sum(readOf.get()) : Optional.empty();
        } catch (IOException unknown) { // if Flink is gone, the next question about the job's state says so
            return Optional.empty();
        }
    }

    private void submit(ReplaySource source, String topic, String id) {
        try {
            flink.run(
                    flink.jar(),
                    FlinkRest.MAIN,
                    source.arguments(request, topic, bootstrapServers),
                    Optional.empty(),
                    true,
                    id);
        } catch (IOException e) {
            throw Failures.refused("the replay of " + request.job(), e);
        }
    }

    private void cancel(String id) {
        try {
            flink.cancel(id);
        } catch (Http.StatusException doesNotRun) {
            return;
        } catch (IOException gone) {
            progress.accept("");
            warning.accept("the replay goes on in Flink as job " + id);
        }
    }

    private ReplayReport compare(Admin admin, ReplaySource source, String topic, double seconds) {
        Recomputed said = new Recomputed();
        try (CommittedLog log = new CommittedLog(admin, Topics.client(bootstrapServers), topic)) {
            log.readToEnd(record -> {
                countCompared();
                said.add(Json.read(record.value()));
            });
        }
        Map<String, PublishedResult> recomputed = said.results();
        List<Difference> verdicts = new ArrayList<>();
        long rows = 0;
        for (TopicPartition partition : source.plan().partitions()) {
            VerdictTotals before = VerdictTotals.of(source.lines(partition));
            VerdictTotals now = VerdictTotals.of(said.lines(partition));
            verdicts.addAll(before.differences(partition.toString(), now));
            rows += before.rows();
        }
        try (CommittedLog log = new CommittedLog(admin, Topics.client(bootstrapServers), source.resultsTopics())) {
            Map<String, PublishedResult> committed = new HashMap<>();
            long heldBackUntil = grace.end();
            while (true) {
                log.readToEnd(record -> {
                    countCompared();
                    PublishedResult.read(CommittedLog.json(record))
                            .ifPresent(row -> source.keepNewest(row, recomputed, committed));
                });
                checkGoesOn();
                Comparison comparison = source.compare(committed, recomputed, log.retainedFrom());
                boolean mayCome = !grace.isOver(visibleAt) || log.heldBack() && !grace.isOver(heldBackUntil);
                if (comparison.differences().isEmpty() || !mayCome) {
                    return report(source, topic, seconds, comparison, verdicts, rows);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }
    }

    private ReplayReport report(
            ReplaySource source,
            String topic,
            double seconds,
            Comparison comparison,
            List<Difference> verdicts,
            long rows) {
        List<Difference> all = new ArrayList<>(verdicts);
        all.addAll(comparison.differences());
        return new ReplayReport(
                request.job(),
                source.generation(),
                request.mode(),
                request.parallelism(),
                topic,
                request.keep() || !request.compare(),
                source.plan().partitions().size(),
                source.plan().records(),
                Math.round(seconds * 10) / 10.0,
                request.compare(),
                comparison.equal(),
                comparison.outside(),
                comparison.corrected(),
                comparison.expired(),
                verdicts.isEmpty() ? rows : 0,
                all.size(),
                all.subList(0, Math.min(all.size(), ReplayReport.MOST)));
    }
}
