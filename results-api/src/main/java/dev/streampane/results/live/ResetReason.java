// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Reach;
import java.util.Locale;

/** Why a stream cannot resume from its client's position; sent as {@code event: reset}, after which the newest windows follow. */
enum ResetReason {
    /** The id is not a position. */
    GARBAGE("the id is not a position that this API has given out"),
    /** The position names topics or partitions that are not followed. */
    FOREIGN("the position belongs to another topic"),
    /** The topic was recreated since. */
    RECREATED("the topic was recreated; positions of the deleted topic have no meaning"),
    /** The log no longer has all records after the position. */
    TOO_OLD("the log no longer holds what comes after this position; query it"),
    /** The log does not reach up to the position. */
    FUTURE("the position lies beyond the end of the log");

    private final String message;

    ResetReason(String message) {
        this.message = message;
    }

    /** The reason for a position that neither the tail nor the log holds. */
    static ResetReason of(Reach reach) {
        return switch (reach) {
            case OLDER -> TOO_OLD;
            case AHEAD -> FUTURE;
            case RECREATED -> RECREATED;
            case FOREIGN -> FOREIGN;
            case HELD -> throw new IllegalArgumentException("a position that is held is resumed");
        };
    }

    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String message() {
        return message;
    }
}
