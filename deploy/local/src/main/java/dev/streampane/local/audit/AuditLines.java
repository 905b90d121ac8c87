// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;

/** Audit lines of messages that must be such. */
public final class AuditLines {

    private AuditLines() {}

    /**
     * The line in a message of an audit topic.
     *
     * @throws IllegalStateException when it is none
     */
    public static AuditLine read(JsonNode json) {
        return AuditLine.read(json).orElseThrow(() -> new IllegalStateException("no audit line: " + json));
    }
}
