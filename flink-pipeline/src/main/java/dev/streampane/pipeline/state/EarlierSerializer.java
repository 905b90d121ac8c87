// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.fraud.Earlier;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

public final class EarlierSerializer extends StateSerializer<Earlier> {

    @Override
    void write(Earlier earlier, DataOutputSerializer out) throws IOException {
        out.writeLong(earlier.count());
        writeNumber(out, earlier.sumUnits());
        out.writeLong(earlier.last());
        out.writeLong(earlier.wakeUp());
    }

    @Override
    Earlier read(DataInputView in) throws IOException {
        return new Earlier(in.readLong(), readNumber(in), in.readLong(), in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<Earlier> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<Earlier> {

        public Snapshot() {
            super(EarlierSerializer::new);
        }
    }
}
