// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Adds up the partials of a pane. */
final class MergePartials implements AggregateFunction<Partial, Partial, Partial> {

    @Override
    public Partial createAccumulator() {
        return new Partial();
    }

    @Override
    public Partial add(Partial partial, Partial pane) {
        pane.add(partial);
        return pane;
    }

    @Override
    public Partial getResult(Partial pane) {
        return pane;
    }

    @Override
    public Partial merge(Partial pane, Partial other) {
        pane.add(other);
        return pane;
    }
}
