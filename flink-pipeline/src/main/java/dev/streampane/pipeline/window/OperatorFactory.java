// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.function.SerializableFunction;

/** Makes operators whose constructor takes the parameters of their task; they chain to the operator before them. */
@SuppressWarnings("rawtypes")
public final class OperatorFactory<IN, OUT> extends AbstractStreamOperatorFactory<OUT>
        implements OneInputStreamOperatorFactory<IN, OUT> {

    private static final long serialVersionUID = 1L;

    private final Class<? extends StreamOperator> type;
    private final SerializableFunction<StreamOperatorParameters<OUT>, StreamOperator<OUT>> constructor;

    /** A factory of operators of {@code type}. */
    public OperatorFactory(
            Class<? extends StreamOperator> type,
            SerializableFunction<StreamOperatorParameters<OUT>, StreamOperator<OUT>> constructor) {
        this.type = type;
        this.constructor = constructor;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<OUT>> O createStreamOperator(StreamOperatorParameters<OUT> parameters) {
        return (O) constructor.apply(parameters);
    }

    @Override
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return type;
    }
}
