// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.state.StateSnapshot;

/**
 * The serializer's class name in state from before package {@code state} existed. It is kept so that such state can be refused with a
 * one-line message.
 */
public final class PartialSerializer {

    private PartialSerializer() {}

    /** Part of the on-disk format, which was the same. */
    public static final class Snapshot extends StateSnapshot<Partial> {

        public Snapshot() {
            super(dev.streampane.pipeline.state.PartialSerializer::new);
        }
    }
}
