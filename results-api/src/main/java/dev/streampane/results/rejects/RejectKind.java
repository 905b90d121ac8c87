// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.problem.Parameter;
import java.util.List;
import java.util.Optional;

/** Which records are listed. */
enum RejectKind {
    /** Records that could not be decoded or were not valid: contract dead-letter/v1. */
    DEAD_LETTER("reason"),
    /** Valid records that came after their window had closed for good: contract late-record/v1. */
    LATE("spec"),
    /** Records of an input, whatever became of them. */
    INPUT("kind");

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

    static final String HEARTBEAT = "heartbeat";
    static final String DATA = "data";

    private static final Parameter<Optional<String>> REASON =
            Parameter.word("reason", "Only those rejected for this reason", REASONS.toArray(String[]::new));
    private static final Parameter<Optional<String>> SPEC =
            Parameter.spec("Only those late for this window specification; spaces do not count");
    private static final Parameter<Optional<String>> KIND = Parameter.word(
                    "kind",
                    "All records, only those whose header `kind` says so, or only the others",
                    "all",
                    HEARTBEAT,
                    DATA)
            .with("default", "all");

    private final String cause;

    RejectKind(String cause) {
        this.cause = cause;
    }

    /** The parameter that asks for one cause. */
    Parameter<Optional<String>> parameter() {
        return switch (this) {
            case DEAD_LETTER -> REASON;
            case LATE -> SPEC;
            case INPUT -> KIND;
        };
    }

    /** The header and parameter that says why the record was not counted; of an input, what it is. */
    String cause() {
        return cause;
    }
}
