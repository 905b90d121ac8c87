// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.time.ZoneId;

/** The named fields of one JSON object. The methods accept only the names for which the object was read. */
public sealed interface Fields permits JsonFields, FlatFields {

    /** Whether the object has the field, even if it is null. */
    boolean has(String name);

    /**
     * Checks that the object has the field.
     *
     * @throws Rejection MISSING without it
     */
    default void require(String name) throws Rejection {
        if (!has(name)) {
            throw new Rejection(RejectReason.MISSING, name + ": missing");
        }
    }

    /** An entity's id: a text, or a number with the characters of the JSON; 1 to 256 bytes of UTF-8. */
    String id(String name) throws Rejection;

    /** An event time in ms since the epoch; {@code zone} is null where times without a zone are not allowed. */
    long time(String name, ZoneId zone) throws Rejection;

    /** A number in units of 10^-scale. */
    long units(String name, int scale) throws Rejection;

    /** A text; rejects a field that is missing, null or not a text. */
    String text(String name) throws Rejection;
}
