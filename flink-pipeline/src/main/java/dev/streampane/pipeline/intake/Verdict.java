// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.decode.RejectReason;

/**
 * What becomes of one record: REJECTED with a reason, HEARTBEAT, or per window specification COUNTED or LATE. In a bit mask, bit n belongs
 * to the n-th specification.
 *
 * @param reason null unless rejected
 * @param message null unless rejected
 * @param countedBy the specifications that count the record; for all others it is late
 * @param passed windows that end at or before this time had ended when the record came: {@code C - B}; {@link PartitionClock#NONE} for none
 * @param completeFrom windows that begin before this time may lack earlier records: {@code f + B}, where f is the first time of the
 *     {@link PartitionLedger}; {@link PartitionClock#NONE} for none
 */
record Verdict(RejectReason reason, String message, long countedBy, long passed, long completeFrom) {

    static final Verdict HEARTBEAT = new Verdict(null, null, 0, 0, 0);

    static Verdict rejected(RejectReason reason, String message) {
        return new Verdict(reason, message, 0, 0, 0);
    }

    static Verdict counted(long countedBy, long passed, long completeFrom) {
        return new Verdict(null, null, countedBy, passed, completeFrom);
    }

    boolean isCountedBy(int spec) {
        return (countedBy >> spec & 1) != 0;
    }
}
