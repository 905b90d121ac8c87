// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.window.LastWord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

public final class LastWordSerializer extends StateSerializer<LastWord> {

    private static final PublishedSerializer PUBLISHED = new PublishedSerializer();

    @Override
    void write(LastWord word, DataOutputSerializer out) throws IOException {
        writeNullable(out, word.published(), (to, published) -> PUBLISHED.write(published, to));
        out.writeLong(word.count());
    }

    @Override
    LastWord read(DataInputView in) throws IOException {
        return new LastWord(readNullable(in, PUBLISHED::read), in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<LastWord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<LastWord> {

        public Snapshot() {
            super(LastWordSerializer::new);
        }
    }
}
