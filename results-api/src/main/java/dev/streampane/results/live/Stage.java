// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/** What a stream is doing: each of them knows where the client is. Used on the connection's event loop. */
interface Stage {

    /** Sends what there is and what the connection takes; the stage to go on with at once, itself when there is no more to do now. */
    Stage go(StreamClient client, Turn turn);

    /** The position that the client can resume from now, as it is written; nothing when it could lose something by that. */
    Optional<String> place();

    /** Called every now and then while the connection takes nothing, for so long by now; lets go of what can be had again. */
    default void relieve(long stuckNanos) {}

    /** The client has gone on, or has gone. */
    default void leave() {}
}
