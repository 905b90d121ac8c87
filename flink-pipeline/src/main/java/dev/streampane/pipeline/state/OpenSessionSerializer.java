// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.window.OpenSession;
import dev.streampane.pipeline.window.OpenSession.Swallowed;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes {@link OpenSession}s. */
public final class OpenSessionSerializer extends StateSerializer<OpenSession> {

    private static final long serialVersionUID = 1L;

    private final PartialSerializer pane = new PartialSerializer();

    @Override
    void write(OpenSession session, DataOutputSerializer out) throws IOException {
        out.writeLong(session.start);
        out.writeLong(session.end);
        pane.write(session.pane, out);
        out.writeBoolean(session.pending);
        out.writeLong(session.previewAt);
        out.writeInt(session.generation);
        out.writeInt(session.rev);
        out.writeBoolean(session.saidComplete);
        writeList(out, session.swallowed, OpenSessionSerializer::writeSwallowed);
    }

    @Override
    OpenSession read(DataInputView in) throws IOException {
        var session = new OpenSession();
        session.start = in.readLong();
        session.end = in.readLong();
        session.pane = pane.read(in);
        session.pending = in.readBoolean();
        session.previewAt = in.readLong();
        session.generation = in.readInt();
        session.rev = in.readInt();
        session.saidComplete = in.readBoolean();
        session.swallowed = readList(in, OpenSessionSerializer::readSwallowed);
        return session;
    }

    private static void writeSwallowed(DataOutputSerializer out, Swallowed gone) throws IOException {
        out.writeLong(gone.start);
        out.writeLong(gone.end);
        out.writeInt(gone.generation);
        out.writeInt(gone.rev);
        out.writeBoolean(gone.saidComplete);
    }

    private static Swallowed readSwallowed(DataInputView in) throws IOException {
        var gone = new Swallowed();
        gone.start = in.readLong();
        gone.end = in.readLong();
        gone.generation = in.readInt();
        gone.rev = in.readInt();
        gone.saidComplete = in.readBoolean();
        return gone;
    }

    @Override
    public OpenSession copy(OpenSession from) {
        return reread(from);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public TypeSerializerSnapshot<OpenSession> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<OpenSession> {

        public Snapshot() {
            super(OpenSessionSerializer::new);
        }
    }
}
