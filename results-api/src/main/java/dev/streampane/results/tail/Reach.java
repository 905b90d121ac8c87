// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

/** Whether a stream can go on behind a position in a {@link Tail}. */
public enum Reach {
    /** Everything behind it is in the tail. */
    HELD,
    /** The tail does not reach back so far; the log may. */
    OLDER,
    /** Nothing has been read that far. */
    AHEAD,
    /** It belongs to an earlier topic of the same name. */
    RECREATED,
    /** It belongs to topics, or partitions, that are none of these. */
    FOREIGN
}
