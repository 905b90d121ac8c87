// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.Rejection;

/**
 * Reads alerts on the topic of alerts, audit lines on theirs, and results on every other.
 *
 * @param auditTopic null when audit lines are not indexed
 */
record IndexedDecoder(String alertsTopic, String auditTopic) implements DocumentDecoder {

    private static final ResultDecoder RESULTS = new ResultDecoder();
    private static final AlertDecoder ALERTS = new AlertDecoder();
    private static final AuditDecoder AUDIT = new AuditDecoder();

    @Override
    public Decoded<Indexed> read(Fetched fetched) throws Rejection {
        if (fetched.topic().equals(auditTopic)) {
            return AUDIT.read(fetched);
        }
        return fetched.topic().equals(alertsTopic) ? ALERTS.read(fetched) : RESULTS.read(fetched);
    }
}
