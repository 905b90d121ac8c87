// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes an {@link Output} as one byte that names its record, then the record's own form. */
public final class OutputSerializer extends TypeSerializer<Output> {

    private static final long serialVersionUID = 1L;

    private final TypeSerializer<?>[] serializers;

    OutputSerializer(TypeSerializer<?>[] serializers) {
        this.serializers = serializers;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<Output> duplicate() {
        TypeSerializer<?>[] copies = new TypeSerializer<?>[serializers.length];
        Arrays.setAll(copies, tag -> serializers[tag].duplicate());
        return new OutputSerializer(copies);
    }

    @Override
    public Output createInstance() {
        return null;
    }

    @Override
    public Output copy(Output from) {
        return from;
    }

    @Override
    public Output copy(Output from, Output reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Output output, DataOutputView target) throws IOException {
        int tag = OutputTypeInfo.RECORDS.indexOf(output.getClass());
        target.writeByte(tag);
        serializer(tag).serialize(output, target);
    }

    @Override
    public Output deserialize(DataInputView source) throws IOException {
        return serializer(source.readByte()).deserialize(source);
    }

    @Override
    public Output deserialize(Output reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        byte tag = source.readByte();
        target.writeByte(tag);
        serializer(tag).copy(source, target);
    }

    @SuppressWarnings("unchecked")
    private TypeSerializer<Output> serializer(int tag) {
        return (TypeSerializer<Output>) serializers[tag];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutputSerializer that && Arrays.equals(serializers, that.serializers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(serializers);
    }

    @Override
    public TypeSerializerSnapshot<Output> snapshotConfiguration() {
        return new Snapshot(this);
    }

    /** What a checkpoint remembers of this serializer. */
    public static final class Snapshot extends CompositeTypeSerializerSnapshot<Output, OutputSerializer> {

        /** For Flink, which reads the rest from the checkpoint. */
        public Snapshot() {}

        Snapshot(OutputSerializer serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return 1;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(OutputSerializer serializer) {
            return serializer.serializers;
        }

        @Override
        protected OutputSerializer createOuterSerializerWithNestedSerializers(TypeSerializer<?>[] nested) {
            return new OutputSerializer(nested);
        }
    }
}
