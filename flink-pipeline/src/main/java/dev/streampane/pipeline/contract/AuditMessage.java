// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;

/** A line or a correction of the audit, as it will be written. */
public record AuditMessage(byte[] key, byte[] value) implements Output {

    /** The message of a line. */
    public static AuditMessage of(AuditLine line) {
        return new AuditMessage(line.messageKey(), line.json());
    }

    /** The message of a correction. */
    public static AuditMessage of(AuditCorrection correction) {
        return new AuditMessage(correction.messageKey(), correction.json());
    }

    @Override
    public Channel channel() {
        return Channel.AUDIT;
    }
}
