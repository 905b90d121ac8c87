// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/** A stream whose client came with an id that leads nowhere. */
record Lost(ResetReason reason) implements Stage {

    @Override
    public Stage go(StreamClient client, Turn turn) {
        return client.reset(reason);
    }

    @Override
    public Optional<String> place() {
        return Optional.empty();
    }
}
