// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.contract.Output;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link WriteLines} operators. */
final class WriteLinesFactory extends AbstractStreamOperatorFactory<Output>
        implements OneInputStreamOperatorFactory<Output, Output> {

    private static final long serialVersionUID = 1L;

    private final String spec;

    WriteLinesFactory(String spec) {
        this.spec = spec;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<Output>> O createStreamOperator(StreamOperatorParameters<Output> parameters) {
        return (O) new WriteLines(parameters, spec);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return WriteLines.class;
    }
}
