// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Orders the revisions of one window: a complete one is greater than one that is not; then the generation decides, then rev. The greatest
 * version is the one that counts.
 *
 * @param generation 1 to {@value #MAX_GENERATION}
 * @param rev 1 to {@value #MAX_REV}
 */
public record Version(boolean complete, long generation, long rev) {

    /** The greatest generation of contract window-result/v1. */
    public static final long MAX_GENERATION = (1L << 28) - 1;

    /** The greatest revision of contract window-result/v1. */
    public static final long MAX_REV = (1L << 32) - 1;

    private static final long COMPLETE = 1L << 60;

    /** The version of a result; a missing field is read as false or 0. */
    public static Version of(JsonNode result) {
        return new Version(
                result.path("complete").asBoolean(),
                result.path("generation").asLong(),
                result.path("rev").asLong());
    }

    /** The version that a {@link #number} encodes. */
    public static Version of(long number) {
        return new Version(isComplete(number), number >>> 32 & MAX_GENERATION, number & MAX_REV);
    }

    /** Whether the version that a {@link #number} encodes is complete. */
    public static boolean isComplete(long number) {
        return number >= COMPLETE;
    }

    /**
     * The external version of the document in Elasticsearch; a greater version has a greater number. Complete, generation 1, rev 2 is
     * 1152921508901814274; not complete, generation 7, rev 1 is 30064771073.
     */
    public long number() {
        return (complete ? COMPLETE : 0) + (generation << 32) + rev;
    }
}
