// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link SlidingWindows} operators. */
final class SlidingWindowsFactory extends AbstractStreamOperatorFactory<Output>
        implements OneInputStreamOperatorFactory<Partial, Output> {

    private static final long serialVersionUID = 1L;

    private final SpecResults results;
    private final Firing firing;

    SlidingWindowsFactory(SpecResults results, Firing firing) {
        this.results = results;
        this.firing = firing;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<Output>> O createStreamOperator(StreamOperatorParameters<Output> parameters) {
        return (O) new SlidingWindows(parameters, results, firing);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return SlidingWindows.class;
    }
}
