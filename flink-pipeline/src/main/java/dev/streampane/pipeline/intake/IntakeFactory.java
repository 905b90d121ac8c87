// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link Intake} operators; they chain to the source before them. */
final class IntakeFactory<T> extends AbstractStreamOperatorFactory<Counted<T>>
        implements OneInputStreamOperatorFactory<Decoded<T>, Counted<T>> {

    private static final long serialVersionUID = 1L;

    private final IntakeSettings settings;
    private final boolean withLate;

    IntakeFactory(IntakeSettings settings, boolean withLate) {
        this.settings = settings;
        this.withLate = withLate;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <O extends StreamOperator<Counted<T>>> O createStreamOperator(
            StreamOperatorParameters<Counted<T>> parameters) {
        return (O) new Intake<>(parameters, settings, withLate);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return Intake.class;
    }
}
