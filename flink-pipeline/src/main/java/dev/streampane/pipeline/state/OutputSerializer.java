// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.contract.AuditMessage;
import dev.streampane.pipeline.contract.DeadLetter;
import dev.streampane.pipeline.contract.LateRecord;
import dev.streampane.pipeline.contract.LineProtocol;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WordCount;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes an {@link Output} as one byte that names its record, then a result by {@link WindowResultSerializer} and the others as POJOs. */
public final class OutputSerializer extends StateSerializer<Output> {

    private static final long serialVersionUID = 1L;

    /** The permitted records; their order is the tag on the wire, so new ones go to the end. */
    private static final List<Class<? extends Output>> RECORDS = List.of(
            WindowResult.class,
            LateRecord.class,
            DeadLetter.class,
            AuditMessage.class,
            Alert.class,
            LineProtocol.class,
            WordCount.class);

    private static final int RESULT = 0;

    /** The type of a stream of outputs, none of which needs Kryo. */
    public static final TypeInformation<Output> TYPE = new StateTypeInfo<>(Output.class, new OutputSerializer());

    private final WindowResultSerializer results = new WindowResultSerializer();
    private final List<? extends TypeSerializer<? extends Output>> pojos;

    /** With serializers of its own, for POJO serializers are used by one thread. */
    public OutputSerializer() {
        var config = new SerializerConfigImpl();
        config.setGenericTypes(false);
        this.pojos = RECORDS.stream()
                .skip(RESULT + 1)
                .map(record -> TypeInformation.of(record).createSerializer(config))
                .toList();
    }

    @Override
    void write(Output output, DataOutputSerializer out) throws IOException {
        int tag = RECORDS.indexOf(output.getClass());
        out.writeByte(tag);
        if (tag == RESULT) {
            results.write((WindowResult) output, out);
        } else {
            pojo(tag).serialize(output, out);
        }
    }

    @Override
    Output read(DataInputView in) throws IOException {
        byte tag = in.readByte();
        return tag == RESULT ? results.read(in) : pojo(tag).deserialize(in);
    }

    @SuppressWarnings("unchecked") // of the record with this tag
    private TypeSerializer<Output> pojo(int tag) {
        return (TypeSerializer<Output>) pojos.get(tag - RESULT - 1);
    }

    @Override
    public TypeSerializerSnapshot<Output> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For the serializer's own copies. */
    public static final class Snapshot extends StateSnapshot<Output> {

        public Snapshot() {
            super(OutputSerializer::new);
        }
    }
}
