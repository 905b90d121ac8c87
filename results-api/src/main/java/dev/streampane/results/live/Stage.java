// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/** A state of a stream, which knows the client's place. Used on the connection's event loop. */
interface Stage {

    /** Writes as much as is available and the connection takes; returns the stage to run next, itself when there is no more to do now. */
    Stage run(StreamClient client);

    /** The position, as text, from which the client can resume now; empty when it could miss events by that. */
    default Optional<String> place() {
        return Optional.empty();
    }

    /** Called repeatedly while the connection has taken nothing for {@code stuckNanos}; releases memory whose content can be read again. */
    default void relieve(long stuckNanos) {}

    /** Called when the client enters another stage, or has gone. */
    default void leave() {}
}
