// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What orders the revisions of one window: complete before generation before rev. The greatest is the one that counts.
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

    /** That of a result; of a field that is not there it takes false or 0. */
    public static Version of(JsonNode result) {
        return new Version(
                result.path("complete").asBoolean(),
                result.path("generation").asLong(),
                result.path("rev").asLong());
    }

    /** That of a {@link #number}. */
    public static Version of(long number) {
        return new Version(isComplete(number), number >>> 32 & MAX_GENERATION, number & MAX_REV);
    }

    /** Whether the result of that {@link #number} is complete. */
    public static boolean isComplete(long number) {
        return number >= COMPLETE;
    }

    /**
     * The external version that Elasticsearch has of it: complete, generation 1, rev 2: 1152921508901814274; not complete, generation 7, rev
     * 1: 30064771073. A greater version has a greater number.
     */
    public long number() {
        return (complete ? COMPLETE : 0) + (generation << 32) + rev;
    }
}
