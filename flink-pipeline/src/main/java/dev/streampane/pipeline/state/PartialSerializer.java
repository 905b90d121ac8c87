// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.PassedEnds;
import dev.streampane.pipeline.window.Provenance;
import dev.streampane.pipeline.window.Texts;
import dev.streampane.pipeline.window.Totals;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes {@link Partial}s: most of the data in the network and in window state. */
public final class PartialSerializer extends StateSerializer<Partial> {

    public static final TypeInformation<Partial> TYPE = new StateTypeInfo<>(Partial.class, new PartialSerializer());

    private static final Totals[] NO_METRICS = {};
    private static final int COMPLETE = 1;
    private static final int PASSED = 2;
    private static final int TEXTS = 4;
    private static final int TOPICS_ONLY = 8;
    private static final int LACKING = 16;

    /** The last topic that was read; ranges share its String, because there are few topics and each range names one. */
    private transient String topic;

    @Override
    void write(Partial partial, DataOutputSerializer out) throws IOException {
        boolean lacking = partial.completeFrom != Long.MIN_VALUE;
        out.writeByte((partial.complete ? COMPLETE : 0)
                | (partial.passed == null ? 0 : PASSED)
                | (partial.texts == null ? 0 : TEXTS)
                | (partial.provenance.topicsOnly ? TOPICS_ONLY : 0)
                | (lacking ? LACKING : 0));
        writeText(out, partial.key);
        out.writeLong(partial.count);
        out.writeLong(partial.late);
        out.writeLong(partial.minEventTime);
        out.writeLong(partial.maxEventTime);
        if (lacking) {
            out.writeLong(partial.completeFrom);
        }
        out.writeByte(partial.metrics.length);
        for (Totals totals : partial.metrics) {
            out.writeLong(totals.high);
            out.writeLong(totals.low);
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
        out.writeShort(partial.provenance.ranges.length);
        for (Provenance.Range range : partial.provenance.ranges) {
            writeText(out, range.topic);
            out.writeInt(range.partition);
            out.writeLong(range.first);
            out.writeLong(range.last);
            out.writeLong(range.count);
        }
    }

    private static void write(Texts texts, DataOutputSerializer out) throws IOException {
        out.writeLong(texts.count);
        writeText(out, texts.last);
        out.writeLong(texts.eventTime);
        out.writeInt(texts.partition);
        out.writeLong(texts.offset);
        out.writeInt(texts.row);
    }

    @Override
    Partial read(DataInputView in) throws IOException {
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
            totals.high = in.readLong();
            totals.low = in.readLong();
            totals.min = in.readLong();
            totals.max = in.readLong();
            partial.metrics[metric] = totals;
        }
        if ((marks & PASSED) != 0) {
            partial.passed = readPassed(in);
        }
        if ((marks & TEXTS) != 0) {
            partial.texts =
                    new Texts(in.readLong(), readText(in), in.readLong(), in.readInt(), in.readLong(), in.readInt());
        }
        partial.provenance.topicsOnly = (marks & TOPICS_ONLY) != 0;
        partial.provenance.ranges = new Provenance.Range[in.readUnsignedShort()];
        for (int range = 0; range < partial.provenance.ranges.length; range++) {
            String read = readText(in);
            topic = read.equals(topic) ? topic : read;
            partial.provenance.ranges[range] =
                    new Provenance.Range(topic, in.readInt(), in.readLong(), in.readLong(), in.readLong());
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

    @Override
    public Partial copy(Partial from) {
        Partial copy = Partial.of(from.key);
        copy.add(from);
        return copy;
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public TypeSerializerSnapshot<Partial> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<Partial> {

        public Snapshot() {
            super(PartialSerializer::new);
        }
    }
}
