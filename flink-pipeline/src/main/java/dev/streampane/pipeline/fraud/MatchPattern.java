// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.contract.Alert;
import java.time.Instant;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.cep.nfa.ComputationState;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.NFAStateSerializer;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.operator.CepOperator;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.OutputTag;

/**
 * Flink's operator of one pattern, which forgets silent clients.
 *
 * <p>The original keeps, for every client of which a payment ever began to match, the state of its automaton for good (FLINK-23314), and
 * for every client the count of the payments of its last event time when the watermark was just that. Both are freed here as soon as
 * nothing of the client's payments can be part of a match any more: the automaton is in its first state, as it is for a client that was
 * never seen. The timer at the end of the pattern's {@code within}, which the original sets for each payment that begins a match, makes
 * sure that this moment comes for a client that says nothing.
 */
final class MatchPattern extends CepOperator<Payment, String, Alert> {

    /** The original's names of the states. */
    static final String AUTOMATON = "nfaStateName";

    /** See {@link #AUTOMATON}. */
    static final String EVENT_COUNTS = "sharedBuffer-events-count";

    private static final long serialVersionUID = 1L;

    private transient ValueState<NFAState> automaton;
    private transient MapState<Long, Integer> eventCounts;

    /**
     * @param dropped takes the payments that came behind the watermark; null to let go of them
     */
    MatchPattern(
            TypeSerializer<Payment> serializer,
            Pattern<Payment, ?> pattern,
            RaiseAlert raise,
            OutputTag<Payment> dropped) {
        super(
                serializer,
                false,
                NFACompiler.compileFactory(pattern, false),
                new Payment.InOrder(),
                pattern.getAfterMatchSkipStrategy(),
                raise,
                dropped);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        automaton =
                context.getKeyedStateStore()
                        .getState(new ValueStateDescriptor<>(AUTOMATON, new NFAStateSerializer()));
        eventCounts =
                context.getKeyedStateStore()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        EVENT_COUNTS,
                                        LongSerializer.INSTANCE,
                                        IntSerializer.INSTANCE));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        ((RaiseAlert) getUserFunction())
                .at(
                        mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()
                                ? null
                                : Instant.ofEpochMilli(mark.getTimestamp()));
        super.processWatermark(mark);
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        super.onEventTime(timer);
        NFAState state = automaton.value();
        if (state == null || isFirst(state)) {
            automaton.clear();
            eventCounts.clear();
        }
    }

    private static boolean isFirst(NFAState state) {
        return state.getCompletedMatches().isEmpty()
                && state.getPartialMatches().stream().allMatch(MatchPattern::isStart);
    }

    private static boolean isStart(ComputationState state) {
        return state.getStartEventID() == null;
    }
}
