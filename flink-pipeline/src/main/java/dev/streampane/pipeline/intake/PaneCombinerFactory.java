// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.window.Firing;
import dev.streampane.pipeline.window.Partial;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link PaneCombiner} operators; they chain to {@link Intake} before them. */
final class PaneCombinerFactory<T> extends AbstractStreamOperatorFactory<Partial>
        implements OneInputStreamOperatorFactory<Counted<T>, Partial> {

    private static final long serialVersionUID = 1L;

    private final int index;
    private final WindowSpec spec;
    private final Measures<T> measures;
    private final Firing firing;

    PaneCombinerFactory(int index, WindowSpec spec, Measures<T> measures, Firing firing) {
        this.index = index;
        this.spec = spec;
        this.measures = measures;
        this.firing = firing;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<Partial>> O createStreamOperator(StreamOperatorParameters<Partial> parameters) {
        return (O) new PaneCombiner<>(parameters, index, spec, measures, firing);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return PaneCombiner.class;
    }
}
