// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.state.StateTypeInfo;

/** The type of a stream of {@link Output}, none of which needs Kryo. */
public final class OutputTypeInfo extends StateTypeInfo<Output> {

    private static final long serialVersionUID = 1L;

    /** The type, whose elements are written by {@link OutputSerializer}. */
    public OutputTypeInfo() {
        super(Output.class, new OutputSerializer());
    }
}
