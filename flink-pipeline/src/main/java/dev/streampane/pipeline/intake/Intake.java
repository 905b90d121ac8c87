// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.intake.PartitionState.SpecHorizon;
import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.state.PartitionStateSerializer;
import dev.streampane.pipeline.window.WatermarkKeeper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each record its verdict, once, from the log of the record's own partition alone: COUNTED or LATE for each window specification,
 * REJECTED, or HEARTBEAT. Counted records go downstream with their marks; late records, dead letters and audit lines go to the side output
 * {@link #REPORTS}.
 *
 * <p>A replay of the same log gives every record the same verdict, at any parallelism and after any restart, because the clock of a
 * partition does not depend on other partitions, on Flink's watermark or on the time of day.
 *
 * <p>State: a union list with one entry per partition. Each subtask writes all entries that it knows, because after a restore with another
 * parallelism any subtask can be assigned any partition. Of the entries of one partition, the one with the highest last offset is used. An
 * audit line that was open in the restored state is sent at the first checkpoint by one subtask, which is chosen by the partition; all
 * others drop it. Lines of one partition can therefore come from different subtasks: order them by their first offset. The state of
 * {@link WatermarkKeeper} keeps closed windows closed: a record that is counted in a window that was removed before a restore is not sent
 * downstream, and its count is corrected.
 *
 * <p>Runs in the task thread only. Must be chained to the source, one operator per job.
 */
final class Intake<T> extends WatermarkKeeper<Decoded<T>, Counted<T>> {

    /** Late records, dead letters and audit lines. */
    static final OutputTag<Output> REPORTS = new OutputTag<>("reports", OutputSerializer.TYPE);

    /** Name of the operator's state: part of the on-disk format. */
    static final String PARTITIONS = "partitions";

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final IntakeSettings settings;
    private final List<WindowSpec> specs;
    private final boolean withLate;
    private final RecordReports reports;
    private transient Map<Partition, PartitionLedger> ledgers;
    private transient List<AuditLine> restoredLines;
    private transient ListState<PartitionState> state;
    private transient PartitionLedger lastLedger;
    private transient long lastAudit;
    private transient boolean restored;
    private transient IntakeMetrics counters;

    private record Partition(String topic, int number) {}

    Intake(IntakeSettings settings, boolean withLate) {
        super(settings.allowedLateness(), true);
        this.settings = settings;
        this.specs = settings.specs();
        this.withLate = withLate;
        this.reports = new RecordReports(settings.job(), settings.generation());
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        restored = context.isRestored();
        ledgers = new HashMap<>();
        restoredLines = new ArrayList<>();
        state = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(PARTITIONS, new PartitionStateSerializer()));
        var newest = new HashMap<Partition, PartitionState>();
        for (PartitionState entry : state.get()) {
            refuseHigherGeneration(entry);
            refuseOtherWindows(entry);
            newest.merge(
                    new Partition(entry.topic(), entry.partition()),
                    entry,
                    (a, b) -> a.lastOffset() >= b.lastOffset() ? a : b);
        }
        newest.forEach(this::restore);
    }

    private void refuseHigherGeneration(PartitionState entry) {
        if (entry.generation() > settings.generation()) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "the state was written by generation %s of %s, and this is generation %s: start with --generation %s or higher"
                            .formatted(entry.generation(), settings.job(), settings.generation(), entry.generation())));
        }
    }

    /** The counts of a window depend on all earlier records; a window specification that was added would lack those without any mark. */
    private void refuseOtherWindows(PartitionState entry) {
        List<String> kept = entry.horizons().stream().map(SpecHorizon::spec).toList();
        List<String> asked = specs.stream().map(WindowSpec::canonical).toList();
        if (!Set.copyOf(kept).equals(Set.copyOf(asked))) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "--windows of %s is %s, and the state has %s: windows may not change with state; give those of the state, or start a new generation without state"
                            .formatted(settings.job(), String.join(";", asked), String.join(";", kept))));
        }
    }

    private void restore(Partition partition, PartitionState entry) {
        ledgers.put(partition, PartitionLedger.restored(entry, settings));
        if (entry.openLine() != null && isSentHere(partition)) {
            restoredLines.add(entry.openLine().restoredBy(settings.generation(), entry.generation()));
        }
    }

    /** Whether this subtask is the one that sends the partition's restored line; all subtasks know the partition. */
    private boolean isSentHere(Partition partition) {
        var task = getRuntimeContext().getTaskInfo();
        return Math.floorMod(31 * partition.topic().hashCode() + partition.number(), task.getNumberOfParallelSubtasks())
                == task.getIndexOfThisSubtask();
    }

    @Override
    public void open() throws Exception {
        super.open();
        counters = new IntakeMetrics(getMetricGroup());
        lastAudit = getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void processElement(StreamRecord<Decoded<T>> element) {
        Decoded<T> decoded = element.getValue();
        PartitionLedger ledger = ledger(decoded.fetched());
        if (ledger.isUnread()) {
            counters.watch(ledger);
        }
        if (decoded.fetched().beginsRecord() && ledger.endsLineBefore(decoded.fetched())) {
            closeLine(ledger);
        }
        Verdict verdict = ledger.admit(decoded);
        if (!decoded.fetched().guarded()) {
            counters.unguarded.inc();
        }
        if (verdict.reason() != null) {
            reject(decoded.fetched(), verdict);
        } else if (decoded.heartbeat()) {
            counters.heartbeats.inc();
        } else {
            window(element, decoded, verdict);
        }
    }

    private PartitionLedger ledger(Fetched fetched) {
        if (lastLedger == null || !isOf(lastLedger, fetched)) {
            lastLedger = ledgers.computeIfAbsent(
                    new Partition(fetched.topic(), fetched.partition()), partition -> startLedger(fetched));
        }
        return lastLedger;
    }

    private static boolean isOf(PartitionLedger ledger, Fetched fetched) {
        return ledger.key().partition() == fetched.partition()
                && ledger.key().topic().equals(fetched.topic());
    }

    private PartitionLedger startLedger(Fetched first) {
        if (!first.guarded()) {
            LOG.warn(
                    "No append times, so nothing guards against future event times topic={} partition={}",
                    first.topic(),
                    first.partition());
        }
        return PartitionLedger.startingAt(first, settings, restored);
    }

    private void reject(Fetched fetched, Verdict verdict) {
        counters.rejected.inc();
        report(reports.deadLetter(fetched, verdict.reason().code(), verdict.message(), null));
    }

    private void window(StreamRecord<Decoded<T>> element, Decoded<T> decoded, Verdict verdict) {
        Fetched fetched = decoded.fetched();
        long countedBy = verdict.countedBy();
        boolean late = false;
        for (int spec = 0; spec < specs.size(); spec++) {
            if (!verdict.isCountedBy(spec)) {
                late = true;
                counters.late.inc();
                report(reports.late(fetched, specs.get(spec), decoded.eventTime()));
            } else if (hasForgotten(specs.get(spec), decoded.eventTime())) {
                countedBy &= ~(1L << spec);
                counters.dropped.inc();
                report(Output.of(settings.label()
                        .correction(
                                specs.get(spec),
                                fetched.topic(),
                                fetched.partition(),
                                fetched.offset(),
                                decoded.eventTime(),
                                1)));
            }
        }
        if (late) {
            counters.lateRecords.inc();
        }
        if (verdict.countedBy() != 0) {
            counters.counted.inc();
        }
        if (countedBy != 0 || withLate) {
            output.collect(element.replace(
                    new Counted<>(
                            decoded.value(),
                            decoded.eventTime(),
                            fetched.topic(),
                            fetched.partition(),
                            fetched.offset(),
                            fetched.row(),
                            fetched.appendTime(),
                            countedBy,
                            verdict.passed(),
                            verdict.completeFrom()),
                    decoded.eventTime()));
        }
    }

    private void report(Output report) {
        output.collect(REPORTS, new StreamRecord<>(report));
    }

    private void reportLine(AuditLine line) {
        line.parts().forEach(part -> report(Output.of(part)));
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        reportRestoredLines();
        long now = getProcessingTimeService().getCurrentProcessingTime();
        // now < lastAudit if the system clock was set back
        if (now < lastAudit || now - lastAudit >= settings.auditInterval().toMillis()) {
            lastAudit = now;
            ledgers.values().forEach(this::closeLine);
        }
    }

    @Override
    public void finish() throws Exception {
        super.finish();
        reportRestoredLines();
        ledgers.values().forEach(this::closeLine);
    }

    private void reportRestoredLines() {
        restoredLines.forEach(this::reportLine);
        restoredLines.clear();
    }

    private void closeLine(PartitionLedger ledger) {
        ledger.closeLine().ifPresent(this::reportLine);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        state.update(ledgers.values().stream().map(PartitionLedger::state).toList());
    }
}
