// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.window.OpenSession;
import dev.streampane.pipeline.window.OpenSession.Swallowed;
import dev.streampane.pipeline.window.Published;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

public final class OpenSessionSerializer extends StateSerializer<OpenSession> {

    private static final PublishedSerializer PUBLISHED = new PublishedSerializer();
    /** Stands for no revision. */
    private static final Published NONE = new Published(0, 0);

    private final PartialSerializer pane = new PartialSerializer();

    @Override
    void write(OpenSession session, DataOutputSerializer out) throws IOException {
        out.writeLong(session.start);
        out.writeLong(session.end);
        pane.write(session.pane, out);
        out.writeBoolean(session.pending);
        out.writeLong(session.previewAt);
        Published published = session.published;
        PUBLISHED.write(published == null ? NONE : published, out);
        out.writeBoolean(session.publishedComplete);
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
        Published published = PUBLISHED.read(in);
        session.published = published.equals(NONE) ? null : published;
        session.publishedComplete = in.readBoolean();
        session.swallowed = readList(in, OpenSessionSerializer::readSwallowed);
        return session;
    }

    private static void writeSwallowed(DataOutputSerializer out, Swallowed gone) throws IOException {
        out.writeLong(gone.start());
        out.writeLong(gone.end());
        PUBLISHED.write(gone.published(), out);
        out.writeBoolean(gone.publishedComplete());
    }

    private static Swallowed readSwallowed(DataInputView in) throws IOException {
        return new Swallowed(in.readLong(), in.readLong(), PUBLISHED.read(in), in.readBoolean());
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
