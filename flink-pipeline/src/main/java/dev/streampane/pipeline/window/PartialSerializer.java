// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.state.StateSnapshot;

/** A name in state that was written before there was a package for it; read so that the state can be refused in one line. */
public final class PartialSerializer {

    private PartialSerializer() {}

    /** Part of the on-disk format, which was the same. */
    public static final class Snapshot extends StateSnapshot<Partial> {

        public Snapshot() {
            super(dev.streampane.pipeline.state.PartialSerializer::new);
        }
    }
}
