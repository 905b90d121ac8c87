// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/** A stream whose client came with an id that cannot be resumed. */
record ResetStage(ResetReason reason) implements Stage {

    @Override
    public Stage run(StreamClient client, RoundCache cache) {
        return client.reset(reason);
    }

    @Override
    public Optional<String> place() {
        return Optional.empty();
    }
}
