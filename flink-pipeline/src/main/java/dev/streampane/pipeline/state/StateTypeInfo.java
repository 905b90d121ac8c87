// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;

/** The type of stream elements that are serialized by their own serializer instead of Kryo. */
public final class StateTypeInfo<T> extends GenericTypeInfo<T> {

    private final TypeSerializer<T> serializer;

    /** The type whose values {@code serializer} writes. */
    public StateTypeInfo(Class<T> type, TypeSerializer<T> serializer) {
        super(type);
        this.serializer = serializer;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer.duplicate();
    }
}
