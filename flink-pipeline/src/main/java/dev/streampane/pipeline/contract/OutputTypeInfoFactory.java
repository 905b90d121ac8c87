// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.pipeline.state.OutputSerializer;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Makes Flink use {@link OutputSerializer} wherever it meets an {@link Output}. */
public final class OutputTypeInfoFactory extends TypeInfoFactory<Output> {

    @Override
    public TypeInformation<Output> createTypeInfo(Type type, Map<String, TypeInformation<?>> genericParameters) {
        return OutputSerializer.TYPE;
    }
}
