// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.OutputTypeInfo;
import dev.streampane.pipeline.state.PartialSerializer;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;

/** One endless window per key, told in numbered panes: of a count of records, or the running total at multiples of a time. */
final class GlobalPanes {

    private GlobalPanes() {}

    /** The results; nothing is dropped. */
    static SingleOutputStreamOperator<Output> over(
            KeyedStream<Partial, String> partials, SpecResults results, Firing firing) {
        return partials.window(GlobalWindows.create())
                .trigger(trigger((WindowSpec.Global) results.spec(), firing))
                .aggregate(
                        new MergePartials(),
                        new ToGlobalResult(results),
                        PartialSerializer.TYPE,
                        PartialSerializer.TYPE,
                        new OutputTypeInfo());
    }

    private static Trigger<Object, GlobalWindow> trigger(WindowSpec.Global spec, Firing firing) {
        return spec.count() > 0
                ? new FireAtCount(spec.count(), firing.preview())
                : new FireAtMultiples(spec.every(), firing);
    }
}
