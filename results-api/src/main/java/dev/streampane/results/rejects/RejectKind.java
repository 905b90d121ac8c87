// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.problem.Parameter;
import java.util.List;
import java.util.Optional;

/** The kinds of lists of records. */
enum RejectKind {
    /** Records that could not be decoded or were not valid: contract dead-letter/v1. */
    DEAD_LETTER("reason"),
    /** Valid records that arrived after their window had closed: contract late-record/v1. */
    LATE("spec"),
    /** All records of an input, whatever their verdict. */
    INPUT("kind");

    /** The reasons for which an input is rejected: the closed list of contract dead-letter/v1. */
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

    static final String HEARTBEAT = "heartbeat";
    static final String DATA = "data";

    private static final Parameter<Optional<String>> REASON =
            Parameter.word("reason", "Only records rejected for this reason", REASONS.toArray(String[]::new));
    private static final Parameter<Optional<String>> SPEC =
            Parameter.spec("Only records late for this window specification; spaces are ignored");
    private static final Parameter<Optional<String>> KIND = Parameter.word(
                    "kind",
                    "All records, only those whose header `kind` is heartbeat, or only the others",
                    "all",
                    HEARTBEAT,
                    DATA)
            .with("default", "all");

    private final String cause;

    RejectKind(String cause) {
        this.cause = cause;
    }

    /** The parameter that selects one {@link #cause}. */
    Parameter<Optional<String>> parameter() {
        return switch (this) {
            case DEAD_LETTER -> REASON;
            case LATE -> SPEC;
            case INPUT -> KIND;
        };
    }

    /** The name of the header and parameter that says why the record was not counted or, for an input, of what kind it is. */
    String cause() {
        return cause;
    }
}
