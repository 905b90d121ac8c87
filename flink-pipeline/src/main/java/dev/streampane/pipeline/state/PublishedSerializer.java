// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.window.Published;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

public final class PublishedSerializer extends StateSerializer<Published> {

    @Override
    void write(Published published, DataOutputSerializer out) throws IOException {
        out.writeInt(published.generation());
        out.writeInt(published.rev());
    }

    @Override
    Published read(DataInputView in) throws IOException {
        return new Published(in.readInt(), in.readInt());
    }

    @Override
    public TypeSerializerSnapshot<Published> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<Published> {

        public Snapshot() {
            super(PublishedSerializer::new);
        }
    }
}
