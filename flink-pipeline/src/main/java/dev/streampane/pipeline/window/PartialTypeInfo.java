// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Makes Flink use {@link PartialSerializer} wherever it meets a {@link Partial}. */
public final class PartialTypeInfo extends TypeInformation<Partial> {

    private static final long serialVersionUID = 1L;

    /** Named by {@link Partial}. */
    public static final class Factory extends TypeInfoFactory<Partial> {

        @Override
        public TypeInformation<Partial> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> genericParameters) {
            return new PartialTypeInfo();
        }
    }

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
    public Class<Partial> getTypeClass() {
        return Partial.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<Partial> createSerializer(SerializerConfig config) {
        return new PartialSerializer();
    }

    @Override
    public String toString() {
        return "Partial";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartialTypeInfo;
    }

    @Override
    public int hashCode() {
        return PartialTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof PartialTypeInfo;
    }
}
