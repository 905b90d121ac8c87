// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.OutputTypeInfo;
import dev.streampane.pipeline.state.PartialSerializer;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** Windows whose borders the clock alone gives, each record in one: tumbling and calendar. By Flink's window operator. */
final class FixedPanes {

    private FixedPanes() {}

    /** The results; what comes for a window that is gone leaves by {@link PaneResults#DROPPED}. */
    static SingleOutputStreamOperator<Output> over(
            KeyedStream<Partial, String> partials, SpecResults results, Firing firing) {
        return partials.window(assigner(results.spec()))
                .trigger(new FireAtEnd(firing))
                .allowedLateness(firing.allowedLateness())
                .sideOutputLateData(PaneResults.DROPPED)
                .aggregate(
                        new MergePartials(),
                        new ToWindowResult(results),
                        PartialSerializer.TYPE,
                        PartialSerializer.TYPE,
                        new OutputTypeInfo());
    }

    private static WindowAssigner<Object, TimeWindow> assigner(WindowSpec spec) {
        return spec instanceof WindowSpec.Tumbling tumbling
                ? TumblingEventTimeWindows.of(tumbling.size(), tumbling.offset())
                : new CalendarWindows((WindowSpec.Calendar) spec);
    }
}
