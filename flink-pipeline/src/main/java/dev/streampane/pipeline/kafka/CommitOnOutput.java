// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.contract.Output;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.operators.coordination.RecreateOnResetOperatorCoordinator;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The operator before the sink. Passes outputs on. After each checkpoint, notifies its {@link CommitCoordinator} of the first output that
 * readers wait for, which is any but an audit line. The output is then part of the checkpoint that the coordinator triggers, because with
 * aligned barriers the barrier comes after the output in every channel.
 *
 * <p>Has no state. If results wait for the next periodic checkpoint, the operator is present but does nothing, so that state fits both
 * cases.
 */
final class CommitOnOutput extends AbstractStreamOperatorFactory<Output>
        implements OneInputStreamOperatorFactory<Output, Output>, CoordinatedOperatorFactory<Output> {

    static final String UID = "commit-on-output";

    private final Duration pause;

    /**
     * @param pause least time between the end of a checkpoint and the next one that output triggers; empty: output triggers none
     */
    CommitOnOutput(Optional<Duration> pause) {
        this.pause = pause.orElse(null);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<Output>> T createStreamOperator(StreamOperatorParameters<Output> parameters) {
        OperatorEventGateway coordinator = parameters
                .getOperatorEventDispatcher()
                .getOperatorEventGateway(parameters.getStreamConfig().getOperatorID());
        return (T) new Operator(parameters, pause == null, coordinator);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return Operator.class;
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String name, OperatorID id) {
        return new Provider(id, pause == null ? Duration.ZERO : pause);
    }

    private static final class Provider extends RecreateOnResetOperatorCoordinator.Provider {

        private final Duration pause;

        Provider(OperatorID id, Duration pause) {
            super(id);
            this.pause = pause;
        }

        @Override
        protected OperatorCoordinator getCoordinator(OperatorCoordinator.Context context) {
            return new CommitCoordinator(context::getCheckpointCoordinator, pause);
        }
    }

    private static final class Operator extends AbstractStreamOperator<Output>
            implements OneInputStreamOperator<Output, Output> {

        private final transient OperatorEventGateway coordinator;
        private final boolean disabled;
        private transient long checkpoint;
        private transient boolean requested;

        Operator(StreamOperatorParameters<Output> parameters, boolean disabled, OperatorEventGateway coordinator) {
            super(parameters);
            this.disabled = disabled;
            this.coordinator = coordinator;
            this.requested = disabled;
        }

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            checkpoint = context.getRestoredCheckpointId().orElse(0);
        }

        @Override
        public void processElement(StreamRecord<Output> record) {
            output.collect(record);
            if (!requested && record.getValue().channel() != Output.Channel.AUDIT) {
                requested = true;
                coordinator.sendEventToCoordinator(new CommitCoordinator.OutputWritten(checkpoint));
            }
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            checkpoint = context.getCheckpointId();
            requested = disabled;
        }
    }
}
