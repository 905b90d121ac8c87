// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

/** Whether a stream can go on from a position in a {@link Tail}. */
public enum Reach {
    /** Everything after the position is in the tail. */
    HELD,
    /** The tail does not reach back to the position; the log may. */
    OLDER,
    /** This process has not read up to the position. */
    AHEAD,
    /** The position belongs to an earlier topic of the same name. */
    RECREATED,
    /** The position names topics or partitions that the tail does not follow. */
    FOREIGN
}
