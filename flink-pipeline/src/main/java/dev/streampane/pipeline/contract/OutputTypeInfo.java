// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.pipeline.state.StateTypeInfo;
import dev.streampane.pipeline.state.WindowResultSerializer;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a stream of {@link Output}: results have a serializer of their own, the other records are POJOs, so none needs Kryo. */
public final class OutputTypeInfo extends StateTypeInfo<Output> {

    /** The permitted records; their order is the tag on the wire, so new ones go to the end. */
    static final List<Class<? extends Output>> RECORDS = List.of(
            WindowResult.class,
            LateRecord.class,
            DeadLetter.class,
            AuditMessage.class,
            Alert.class,
            LineProtocol.class,
            WordCount.class);

    private static final long serialVersionUID = 1L;

    /** The type, whose elements are written by {@link OutputSerializer}. */
    public OutputTypeInfo() {
        super(Output.class, serializer());
    }

    private static OutputSerializer serializer() {
        var config = new SerializerConfigImpl();
        config.setGenericTypes(false);
        TypeSerializer<?>[] serializers = new TypeSerializer<?>[RECORDS.size()];
        for (int tag = 0; tag < serializers.length; tag++) {
            serializers[tag] = RECORDS.get(tag) == WindowResult.class
                    ? new WindowResultSerializer()
                    : TypeInformation.of(RECORDS.get(tag)).createSerializer(config);
        }
        return new OutputSerializer(serializers);
    }
}
