// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.RecordDecoder;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Reads alerts on the topic of alerts, and results on every other. */
final class IndexedDecoder implements RecordDecoder<Indexed> {

    private static final long serialVersionUID = 1L;

    private final String alertsTopic;
    private final ResultDecoder results = new ResultDecoder();
    private final String auditTopic;
    private final AlertDecoder alerts = new AlertDecoder();
    private final AuditDecoder audit = new AuditDecoder();

    /**
     * @param auditTopic null when audit lines are not indexed
     */
    IndexedDecoder(String alertsTopic, String auditTopic) {
        this.alertsTopic = alertsTopic;
        this.auditTopic = auditTopic;
    }

    @Override
    public Decoded<Indexed> decode(Fetched fetched) {
        if (fetched.topic().equals(auditTopic)) {
            return audit.decode(fetched);
        }
        return fetched.topic().equals(alertsTopic) ? alerts.decode(fetched) : results.decode(fetched);
    }

    @Override
    public TypeInformation<Indexed> valueType() {
        return TypeInformation.of(Indexed.class);
    }
}
