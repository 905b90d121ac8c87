// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/** A state of a stream; each knows the client's place. Used on the connection's event loop. */
interface Stage {

    /** Writes as much as there is and the connection takes; the stage to run next, itself when there is no more to do now. */
    Stage run(StreamClient client);

    /** The position that the client can resume from now, as it is written; nothing when it could lose something by that. */
    default Optional<String> place() {
        return Optional.empty();
    }

    /** Called every now and then while the connection takes nothing, for so long by now; lets go of what can be had again. */
    default void relieve(long stuckNanos) {}

    /** The client has gone on, or has gone. */
    default void leave() {}
}
