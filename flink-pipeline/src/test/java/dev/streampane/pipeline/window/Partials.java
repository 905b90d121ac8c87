// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;

/** Partials of one record. */
final class Partials {

    private Partials() {}

    /** In time and to complete windows. */
    static Partial of(String key, long eventTime, String topic, int partition, long offset, long... values) {
        Partial partial = Partial.of(key);
        partial.add(eventTime, topic, partition, offset, values);
        return partial;
    }

    /** Late for windows that end at or before {@code by}; those that begin before {@code from} may lack records. */
    static Partial marked(Partial partial, WindowSpec spec, long by, long from) {
        partial.mark(new FirstWindow(spec), partial.minEventTime, by, from);
        return partial;
    }
}
