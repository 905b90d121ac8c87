// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Tail;

/** Why a stream cannot go on where its client was; sent as {@code event: reset}. What was missed can be queried. */
enum ResetReason {
    /** The id is no position. Nothing passes by itself; connect without it. */
    GARBAGE("garbage", "the id is not a position that this API has given out"),
    /** The id belongs to another topic. */
    FOREIGN("foreign", "the position belongs to another topic"),
    /** The topic was deleted and made anew since. */
    RECREATED(
            "recreated", "the topic was made anew; positions of its earlier life have no meaning"),
    /** The results after it are no longer kept for streams. */
    TOO_OLD("too-old", "the results after this position are no longer kept in memory; query them"),
    /** Nothing has been read that far. */
    FUTURE("future", "the position lies ahead of the log"),
    /** The client read so slowly that what it had not read yet is no longer kept. */
    TOO_SLOW("too-slow", "the client fell behind what is kept in memory; query what was missed");

    private final String code;
    private final String message;

    ResetReason(String code, String message) {
        this.code = code;
        this.message = message;
    }

    /** Why a stream cannot go on behind a position that the tail does not hold. */
    static ResetReason of(Tail.Reach reach) {
        return switch (reach) {
            case OLDER -> TOO_OLD;
            case AHEAD -> FUTURE;
            case RECREATED -> RECREATED;
            case FOREIGN -> FOREIGN;
            case HELD -> throw new IllegalArgumentException("a position that is held is resumed");
        };
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }
}
