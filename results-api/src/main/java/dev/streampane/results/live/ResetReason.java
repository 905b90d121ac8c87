// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Reach;
import java.util.Locale;

/** Why a stream cannot go on where its client was; sent as {@code event: reset}, and then the newest windows follow. */
enum ResetReason {
    /** The id is no position. */
    GARBAGE("the id is not a position that this API has given out"),
    /** The id belongs to another topic. */
    FOREIGN("the position belongs to another topic"),
    /** The topic was deleted and made anew since. */
    RECREATED("the topic was made anew; positions of its earlier life have no meaning"),
    /** The log no longer has the results after it. */
    TOO_OLD("the log no longer holds what comes after this position; query it"),
    /** Nothing has been read that far. */
    FUTURE("the position lies ahead of the log");

    private final String message;

    ResetReason(String message) {
        this.message = message;
    }

    /** Why a stream cannot go on behind a position that neither the tail nor the log holds. */
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
