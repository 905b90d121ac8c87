// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

/**
 * What becomes of one record: REJECTED with a reason, HEARTBEAT, or per window specification COUNTED or LATE. In the masks bit n belongs
 * to the n-th specification.
 *
 * @param kind which of the three
 * @param reason null unless rejected
 * @param message null unless rejected
 * @param countedBy the specifications that count it; for all others it is late
 * @param lateFor of those that count it, for which its window's end had passed
 * @param incompleteFor of those that count it, for which its window may lack earlier records
 */
record Verdict(
        Kind kind,
        RejectReason reason,
        String message,
        long countedBy,
        long lateFor,
        long incompleteFor) {

    enum Kind {
        REJECTED,
        HEARTBEAT,
        /** Counted or late, each specification for itself. */
        WINDOWED
    }

    static final Verdict HEARTBEAT = new Verdict(Kind.HEARTBEAT, null, null, 0, 0, 0);

    static Verdict rejected(RejectReason reason, String message) {
        return new Verdict(Kind.REJECTED, reason, message, 0, 0, 0);
    }

    static Verdict counted(long countedBy, long lateFor, long incompleteFor) {
        return new Verdict(Kind.WINDOWED, null, null, countedBy, lateFor, incompleteFor);
    }

    boolean isCountedBy(int spec) {
        return (countedBy >> spec & 1) != 0;
    }
}
