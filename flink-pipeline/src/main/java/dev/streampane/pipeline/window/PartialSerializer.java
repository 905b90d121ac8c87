// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes {@link Partial}s: most of what crosses the network and lies in window state. Part of the on-disk format, with its name and that
 * of {@link Snapshot}; what was written before it, as POJOs, is taken over.
 *
 * <p>One array is written at a time, for a checkpoint's stream takes its time for each call. Used by one thread.
 */
public final class PartialSerializer extends TypeSerializer<Partial> {

    private static final long serialVersionUID = 1L;
    private static final Totals[] NO_METRICS = {};
    private static final int COMPLETE = 1;
    private static final int PASSED = 2;
    private static final int TEXTS = 4;
    private static final int TOPICS_ONLY = 8;
    private static final int LACKING = 16;

    private transient DataOutputSerializer buffer;

    /** The topic that was read last: they are few, and each range names one. */
    private transient String topic;

    @Override
    public void serialize(Partial partial, DataOutputView target) throws IOException {
        if (buffer == null) {
            buffer = new DataOutputSerializer(256);
        }
        buffer.clear();
        write(partial, buffer);
        target.write(buffer.getSharedBuffer(), 0, buffer.length());
    }

    private static void write(Partial partial, DataOutputSerializer out) throws IOException {
        boolean lacking = partial.completeFrom != Long.MIN_VALUE;
        out.writeByte(
                (partial.complete ? COMPLETE : 0)
                        | (partial.passed == null ? 0 : PASSED)
                        | (partial.texts == null ? 0 : TEXTS)
                        | (partial.provenance.topicsOnly ? TOPICS_ONLY : 0)
                        | (lacking ? LACKING : 0));
        writeText(partial.key, out);
        out.writeLong(partial.count);
        out.writeLong(partial.late);
        out.writeLong(partial.minEventTime);
        out.writeLong(partial.maxEventTime);
        if (lacking) {
            out.writeLong(partial.completeFrom);
        }
        out.writeByte(partial.metrics.length);
        for (Totals totals : partial.metrics) {
            out.writeLong(totals.sum.high);
            out.writeLong(totals.sum.low);
            out.writeLong(totals.min);
            out.writeLong(totals.max);
        }
        if (partial.passed != null) {
            out.writeInt(partial.passed.ends.length);
            for (int i = 0; i < partial.passed.ends.length; i++) {
                out.writeLong(partial.passed.ends[i]);
                out.writeLong(partial.passed.counts[i]);
            }
        }
        if (partial.texts != null) {
            write(partial.texts, out);
        }
        out.writeShort(partial.provenance.ranges.size());
        for (Provenance.Range range : partial.provenance.ranges) {
            writeText(range.topic, out);
            out.writeInt(range.partition);
            out.writeLong(range.first);
            out.writeLong(range.last);
            out.writeLong(range.count);
        }
    }

    private static void write(Texts texts, DataOutputSerializer out) throws IOException {
        out.writeLong(texts.count);
        writeText(texts.last, out);
        out.writeLong(texts.eventTime);
        out.writeInt(texts.partition);
        out.writeLong(texts.offset);
        out.writeInt(texts.row);
    }

    private static void writeText(String text, DataOutputSerializer out) throws IOException {
        if (text == null) {
            out.writeInt(-1);
        } else {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    @Override
    public Partial deserialize(DataInputView in) throws IOException {
        var partial = new Partial();
        int marks = in.readUnsignedByte();
        partial.complete = (marks & COMPLETE) != 0;
        partial.key = readText(in);
        partial.count = in.readLong();
        partial.late = in.readLong();
        partial.minEventTime = in.readLong();
        partial.maxEventTime = in.readLong();
        if ((marks & LACKING) != 0) {
            partial.completeFrom = in.readLong();
        }
        int metrics = in.readUnsignedByte();
        partial.metrics = metrics == 0 ? NO_METRICS : new Totals[metrics];
        for (int metric = 0; metric < metrics; metric++) {
            var totals = new Totals();
            totals.sum.high = in.readLong();
            totals.sum.low = in.readLong();
            totals.min = in.readLong();
            totals.max = in.readLong();
            partial.metrics[metric] = totals;
        }
        if ((marks & PASSED) != 0) {
            partial.passed = readPassed(in);
        }
        if ((marks & TEXTS) != 0) {
            partial.texts = readTexts(in);
        }
        partial.provenance.topicsOnly = (marks & TOPICS_ONLY) != 0;
        for (int ranges = in.readUnsignedShort(); ranges > 0; ranges--) {
            String read = readText(in);
            topic = read.equals(topic) ? topic : read;
            partial.provenance.ranges.add(
                    Provenance.Range.of(
                            topic, in.readInt(), in.readLong(), in.readLong(), in.readLong()));
        }
        return partial;
    }

    private static PassedEnds readPassed(DataInputView in) throws IOException {
        var passed = new PassedEnds();
        int ends = in.readInt();
        passed.ends = new long[ends];
        passed.counts = new long[ends];
        for (int i = 0; i < ends; i++) {
            passed.ends[i] = in.readLong();
            passed.counts[i] = in.readLong();
        }
        return passed;
    }

    private static Texts readTexts(DataInputView in) throws IOException {
        var texts = new Texts();
        texts.count = in.readLong();
        texts.last = readText(in);
        texts.eventTime = in.readLong();
        texts.partition = in.readInt();
        texts.offset = in.readLong();
        texts.row = in.readInt();
        return texts;
    }

    private static String readText(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public Partial deserialize(Partial reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public Partial copy(Partial from) {
        Partial copy = Partial.of(from.key);
        copy.add(from);
        return copy;
    }

    @Override
    public Partial copy(Partial from, Partial reuse) {
        return copy(from);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public Partial createInstance() {
        return new Partial();
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public TypeSerializer<Partial> duplicate() {
        return new PartialSerializer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartialSerializer;
    }

    @Override
    public int hashCode() {
        return PartialSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<Partial> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Partial> {

        public Snapshot() {
            super(PartialSerializer::new);
        }

        @Override
        public TypeSerializerSchemaCompatibility<Partial> resolveSchemaCompatibility(
                TypeSerializerSnapshot<Partial> old) {
            return old instanceof PojoSerializerSnapshot
                    ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
                    : super.resolveSchemaCompatibility(old);
        }
    }
}
