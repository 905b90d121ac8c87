// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Input;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.contract.WindowResult.Sum;
import dev.streampane.pipeline.contract.WindowResult.Value;
import dev.streampane.pipeline.contract.WindowResult.Window;
import java.io.IOException;
import java.math.BigDecimal;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes {@link WindowResult}s, which are in no state: they travel from the window's task to the sink's. */
public final class WindowResultSerializer extends StateSerializer<WindowResult> {

    private static final long serialVersionUID = 1L;
    private static final Status[] STATUSES = Status.values();
    private static final Cause[] CAUSES = Cause.values();

    @Override
    void write(WindowResult result, DataOutputSerializer out) throws IOException {
        writeText(out, result.id());
        writeText(out, result.job());
        writeText(out, result.spec());
        writeText(out, result.entityKey());
        writeWindow(result.window(), out);
        out.writeInt(result.generation());
        out.writeInt(result.rev());
        out.writeByte(result.status().ordinal());
        out.writeByte(result.cause().ordinal());
        out.writeBoolean(result.complete());
        writeText(out, result.mergedInto());
        writeList(out, result.values(), WindowResultSerializer::writeValue);
        writeList(out, result.sums(), WindowResultSerializer::writeSum);
        out.writeLong(result.count());
        out.writeLong(result.late());
        writeInstant(out, result.minEventTime());
        writeInstant(out, result.maxEventTime());
        writeInstant(out, result.watermark());
        writeList(out, result.inputs(), WindowResultSerializer::writeInput);
        writeText(out, result.jobVersion());
    }

    @Override
    WindowResult read(DataInputView in) throws IOException {
        return new WindowResult(
                readText(in),
                readText(in),
                readText(in),
                readText(in),
                readWindow(in),
                in.readInt(),
                in.readInt(),
                STATUSES[in.readByte()],
                CAUSES[in.readByte()],
                in.readBoolean(),
                readText(in),
                readList(in, WindowResultSerializer::readValue),
                readList(in, WindowResultSerializer::readSum),
                in.readLong(),
                in.readLong(),
                readInstant(in),
                readInstant(in),
                readInstant(in),
                readList(in, WindowResultSerializer::readInput),
                readText(in));
    }

    private static void writeWindow(Window window, DataOutputSerializer out) throws IOException {
        writeText(out, window.kind());
        writeNullable(out, window.number(), DataOutputSerializer::writeLong);
        writeInstant(out, window.start());
        writeInstant(out, window.end());
        writeText(out, window.zone());
    }

    private static Window readWindow(DataInputView in) throws IOException {
        return new Window(
                readText(in),
                readNullable(in, DataInputView::readLong),
                readInstant(in),
                readInstant(in),
                readText(in));
    }

    private static void writeValue(DataOutputSerializer out, Value value) throws IOException {
        writeText(out, value.name());
        writeNullable(out, value.number(), WindowResultSerializer::writeDecimal);
        writeText(out, value.text());
    }

    private static Value readValue(DataInputView in) throws IOException {
        return new Value(readText(in), readNullable(in, WindowResultSerializer::readDecimal), readText(in));
    }

    private static void writeDecimal(DataOutputSerializer out, BigDecimal number) throws IOException {
        out.writeInt(number.scale());
        writeNumber(out, number.unscaledValue());
    }

    private static BigDecimal readDecimal(DataInputView in) throws IOException {
        int scale = in.readInt();
        return new BigDecimal(readNumber(in), scale);
    }

    private static void writeSum(DataOutputSerializer out, Sum sum) throws IOException {
        writeText(out, sum.name());
        writeNumber(out, sum.units());
    }

    private static Sum readSum(DataInputView in) throws IOException {
        return new Sum(readText(in), readNumber(in));
    }

    private static void writeInput(DataOutputSerializer out, Input input) throws IOException {
        writeText(out, input.topic());
        writeNullable(out, input.partition(), DataOutputSerializer::writeInt);
        writeNullable(out, input.first(), DataOutputSerializer::writeLong);
        writeNullable(out, input.last(), DataOutputSerializer::writeLong);
    }

    private static Input readInput(DataInputView in) throws IOException {
        return new Input(
                readText(in),
                readNullable(in, DataInputView::readInt),
                readNullable(in, DataInputView::readLong),
                readNullable(in, DataInputView::readLong));
    }

    @Override
    public TypeSerializerSnapshot<WindowResult> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For the serializer's own copies. */
    public static final class Snapshot extends StateSnapshot<WindowResult> {

        public Snapshot() {
            super(WindowResultSerializer::new);
        }
    }
}
