// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of a stream of {@link Output}: each of its records is a POJO, so none needs Kryo. */
public final class OutputTypeInfo extends TypeInformation<Output> {

    /** The permitted records; their order is the tag on the wire, so new ones go to the end. */
    static final List<Class<? extends Output>> RECORDS =
            List.of(
                    WindowResult.class,
                    LateRecord.class,
                    DeadLetter.class,
                    AuditLine.class,
                    AuditCorrection.class,
                    Alert.class,
                    LineProtocol.class,
                    WordCount.class);

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<Output> getTypeClass() {
        return Output.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<Output> createSerializer(SerializerConfig config) {
        TypeSerializer<?>[] serializers = new TypeSerializer<?>[RECORDS.size()];
        for (int tag = 0; tag < serializers.length; tag++) {
            serializers[tag] = TypeInformation.of(RECORDS.get(tag)).createSerializer(config);
        }
        return new OutputSerializer(serializers);
    }

    @Override
    public String toString() {
        return "Output";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutputTypeInfo;
    }

    @Override
    public int hashCode() {
        return OutputTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof OutputTypeInfo;
    }
}
