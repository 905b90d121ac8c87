// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.Locale;

/** Why a record cannot be used: the closed list of contract {@code dead-letter/v1}. */
public enum RejectReason {
    /** No value, or one of no bytes; or an id of no characters. */
    EMPTY,
    /** More bytes than a record may have. */
    TOO_BIG,
    /** Not UTF-8, or text that UTF-8 cannot write (half a surrogate pair). */
    NOT_UTF8,
    /** Not JSON. */
    NOT_JSON,
    /** Not CSV, or only the beginning of it. */
    NOT_CSV,
    /** JSON, but not an object. */
    NOT_OBJECT,
    /** Bytes after the object. */
    TRAILING,
    /** A field twice. */
    DUPLICATE_KEY,
    /** Arrays or objects nested too deep. */
    TOO_DEEP,
    /** A text or number with too many characters. */
    TOO_LONG,
    /** A required field is not there. */
    MISSING,
    /** A field that must have a value is null. */
    NULL,
    /** A field of the wrong type, or a text that is no time. */
    TYPE,
    /** A number or time outside of what is allowed. */
    RANGE,
    /** The header {@code kind} names something that this input does not carry. */
    UNKNOWN_TYPE,
    /** An event time further ahead of the append time than the skew allows. */
    FUTURE;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The code on the wire, {@code too_long}. */
    public String code() {
        return code;
    }
}
