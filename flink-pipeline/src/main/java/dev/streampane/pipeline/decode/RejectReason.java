// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.Locale;

/** Why a record was rejected: the closed list of contract {@code dead-letter/v1}. */
public enum RejectReason {
    /** No value, an empty value or id, an empty line of CSV, or a text without words. */
    EMPTY,
    /** More bytes than a record may have. */
    TOO_BIG,
    /** Not UTF-8, or text that UTF-8 cannot write (half a surrogate pair). */
    NOT_UTF8,
    /** Not JSON. */
    NOT_JSON,
    /** Not CSV, or CSV with a quote that is never closed. */
    NOT_CSV,
    /** JSON, but not an object. */
    NOT_OBJECT,
    /** Bytes after the object. */
    TRAILING,
    /** A field occurs twice. */
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
    /** A number or time outside the allowed range. */
    RANGE,
    /** The header {@code kind} names a kind of record that this input does not have. */
    UNKNOWN_TYPE,
    /** The event time is further ahead of the append time than the skew allows. */
    FUTURE;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The code in JSON, such as {@code too_long}. */
    public String code() {
        return code;
    }
}
