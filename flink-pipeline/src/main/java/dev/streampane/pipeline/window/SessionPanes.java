// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.OutputTypeInfo;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Windows of activity, by an operator of their own: {@link MergeSessions}. */
final class SessionPanes {

    private SessionPanes() {}

    /** The results and retractions; what comes too late leaves by {@link PaneResults#DROPPED}. */
    static SingleOutputStreamOperator<Output> over(
            KeyedStream<Partial, String> partials, SpecResults results, Firing firing) {
        return partials.process(new MergeSessions(results, firing), new OutputTypeInfo());
    }
}
