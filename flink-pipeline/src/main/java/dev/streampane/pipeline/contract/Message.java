// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import java.util.Map;

/** An output as it will be written: what any other becomes on its way to the sink's task. */
public record Message(Channel channel, byte[] key, byte[] value, Map<String, String> headers) implements Output {

    public static Message of(AuditLine line) {
        return new Message(Channel.AUDIT, line.messageKey(), line.json(), Map.of());
    }

    public static Message of(AuditCorrection correction) {
        return new Message(Channel.AUDIT, correction.messageKey(), correction.json(), Map.of());
    }
}
