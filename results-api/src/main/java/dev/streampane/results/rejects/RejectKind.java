// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import java.util.List;

/** Which records are listed. */
enum RejectKind {
    /** Records that could not be decoded or were not valid: contract dead-letter/v1. */
    DEAD_LETTER("reason"),
    /** Valid records that came after their window had closed for good: contract late-record/v1. */
    LATE("spec");

    /** Why an input is rejected: the closed list of contract dead-letter/v1. */
    static final List<String> REASONS = List.of(
            "not_utf8",
            "not_json",
            "not_csv",
            "not_object",
            "missing",
            "null",
            "type",
            "range",
            "too_long",
            "too_deep",
            "too_big",
            "duplicate_key",
            "future",
            "unknown_type",
            "trailing",
            "empty",
            "index-refused");

    private final String cause;

    RejectKind(String cause) {
        this.cause = cause;
    }

    /** The header and parameter that says why the record was not counted. */
    String cause() {
        return cause;
    }
}
