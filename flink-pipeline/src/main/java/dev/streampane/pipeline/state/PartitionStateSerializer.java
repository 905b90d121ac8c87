// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.Settings;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.pipeline.intake.PartitionState;
import dev.streampane.pipeline.intake.PartitionState.SpecHorizon;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes {@link PartitionState}s, each with its open {@link AuditLine}. */
public final class PartitionStateSerializer extends StateSerializer<PartitionState> {

    @Override
    void write(PartitionState state, DataOutputSerializer out) throws IOException {
        writeText(out, state.topic());
        writeText(out, state.topicId());
        out.writeInt(state.partition());
        out.writeInt(state.generation());
        out.writeLong(state.clock());
        writeList(out, state.horizons(), PartitionStateSerializer::writeHorizon);
        out.writeLong(state.lastOffset());
        out.writeLong(state.firstTime());
        writeNullable(out, state.openLine(), PartitionStateSerializer::writeLine);
    }

    @Override
    PartitionState read(DataInputView in) throws IOException {
        return new PartitionState(
                readText(in),
                readText(in),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                readList(in, from -> new SpecHorizon(readText(from), from.readLong())),
                in.readLong(),
                in.readLong(),
                readNullable(in, PartitionStateSerializer::readLine));
    }

    private static void writeHorizon(DataOutputSerializer out, SpecHorizon horizon) throws IOException {
        writeText(out, horizon.spec());
        out.writeLong(horizon.horizon());
    }

    private static void writeLine(DataOutputSerializer out, AuditLine line) throws IOException {
        writeText(out, line.key().job());
        out.writeInt(line.key().generation());
        writeText(out, line.key().topic());
        writeText(out, line.key().topicId());
        out.writeInt(line.key().partition());
        out.writeLong(line.first());
        out.writeLong(line.last());
        out.writeLong(line.records());
        out.writeLong(line.rows());
        out.writeLong(line.rejected());
        out.writeLong(line.heartbeats());
        out.writeLong(line.unguarded());
        writeList(out, line.holes(), PartitionStateSerializer::writeHole);
        writeList(out, line.specs(), PartitionStateSerializer::writeCounts);
        writeInstant(out, line.clockBefore().orElse(null));
        writeInstant(out, line.clockAfter().orElse(null));
        out.writeBoolean(line.restored());
        writeSettings(out, line.settings());
    }

    private static AuditLine readLine(DataInputView in) throws IOException {
        return new AuditLine(
                new AuditLine.Key(readText(in), in.readInt(), readText(in), readText(in), in.readInt()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readList(in, from -> new OffsetRange(from.readLong(), from.readLong())),
                readList(in, PartitionStateSerializer::readCounts),
                Optional.ofNullable(readInstant(in)),
                Optional.ofNullable(readInstant(in)),
                in.readBoolean(),
                Optional.empty(), // the generation that read an open line is the one that wrote the state
                readSettings(in));
    }

    private static void writeHole(DataOutputSerializer out, OffsetRange hole) throws IOException {
        out.writeLong(hole.from());
        out.writeLong(hole.to());
    }

    private static void writeCounts(DataOutputSerializer out, SpecCounts counts) throws IOException {
        writeText(out, counts.spec());
        out.writeLong(counts.counted());
        out.writeLong(counts.late());
        writeInstant(out, counts.horizonBefore().orElse(null));
        writeInstant(out, counts.horizonAfter().orElse(null));
        writeList(out, counts.windows(), PartitionStateSerializer::writeWindow);
    }

    private static SpecCounts readCounts(DataInputView in) throws IOException {
        return new SpecCounts(
                readText(in),
                in.readLong(),
                in.readLong(),
                Optional.ofNullable(readInstant(in)),
                Optional.ofNullable(readInstant(in)),
                readList(in, from -> new WindowCount(readInstant(from), from.readLong())));
    }

    private static void writeWindow(DataOutputSerializer out, WindowCount window) throws IOException {
        writeInstant(out, window.end());
        out.writeLong(window.counted());
    }

    private static void writeSettings(DataOutputSerializer out, Settings settings) throws IOException {
        writeList(out, settings.specs(), StateSerializer::writeText);
        writeText(out, settings.outOfOrderness().toString());
        writeText(out, settings.allowedLateness().toString());
        writeText(out, settings.skew().toString());
        writeText(out, settings.jobVersion());
    }

    private static Settings readSettings(DataInputView in) throws IOException {
        return new Settings(
                readList(in, StateSerializer::readText),
                Duration.parse(readText(in)),
                Duration.parse(readText(in)),
                Duration.parse(readText(in)),
                readText(in));
    }

    @Override
    public TypeSerializerSnapshot<PartitionState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<PartitionState> {

        public Snapshot() {
            super(PartitionStateSerializer::new);
        }
    }
}
