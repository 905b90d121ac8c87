// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;

/** Reads what a client missed and the tail no longer holds out of the log, for all clients together. */
interface CatchUp {

    /**
     * What comes behind a position.
     *
     * @param entries what is to be sent, those of one partition in the order of their offsets, each at or above the position asked from; not
     *     more than about 256 KiB
     * @param behind the position behind everything that was looked at, also behind records that are no entries; never behind what the tail has
     *     read, so that the client finds its place there. When it is the position asked from, the client asks again a little later
     * @param gone why the log cannot go on from the position asked from; then there are no entries
     */
    record Piece(List<TailEntry> entries, Position behind, Optional<ResetReason> gone) {

        /** What comes next. */
        static Piece of(List<TailEntry> entries, Position behind) {
            return new Piece(entries, behind, Optional.empty());
        }

        /** Nothing does. */
        static Piece gone(Position from, ResetReason reason) {
            return new Piece(List.of(), from, Optional.of(reason));
        }
    }

    /**
     * The next piece behind {@code from}, of exactly the topics that {@code from} tells; by any thread.
     *
     * <p>A client asks when its connection has taken the piece before, and holds one at a time; it may drop one and ask for the rest of it
     * again. It stops asking when the tail holds its position. Nothing is read any more for clients that have cancelled. A failure with a
     * problem (Kafka is away) ends the stream.
     */
    Uni<Piece> next(Position from);

    /** Whether the log has all that lies below a position, in topics that are followed; another process may have read it before this one. */
    Uni<Boolean> reaches(Position wanted);
}
