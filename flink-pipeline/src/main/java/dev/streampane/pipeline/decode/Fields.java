// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.time.ZoneId;

/** The named fields of one JSON object. Only names that it was read for may be asked for. */
public sealed interface Fields permits JsonFields, FlatFields {

    /** Whether the object has the field, be it null. */
    boolean has(String name);

    /** Refuses an object without the field. */
    default void require(String name) throws Rejection {
        if (!has(name)) {
            throw new Rejection(RejectReason.MISSING, name + ": missing");
        }
    }

    /** An entity's id: a text, or a number as it is written; 1 to 256 bytes of UTF-8. */
    String id(String name) throws Rejection;

    /** An event time in ms since the epoch; {@code zone} null where a zone-less time is not allowed. */
    long time(String name, ZoneId zone) throws Rejection;

    /** A number in units of 10^-scale. */
    long units(String name, int scale) throws Rejection;

    /** Refuses a field that is there and not a text. */
    String text(String name) throws Rejection;
}
