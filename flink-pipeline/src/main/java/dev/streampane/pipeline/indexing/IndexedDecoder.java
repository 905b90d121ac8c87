// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RecordDecoder;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Decodes records into documents: alerts from the topic of alerts, audit lines from theirs, and results from every other topic.
 *
 * @param auditTopic null when audit lines are not indexed
 */
record IndexedDecoder(String alertsTopic, String auditTopic) implements RecordDecoder<IndexRequest> {

    /** The most documents that one record becomes. */
    static final int DOCUMENTS = 2;

    @Override
    public Decoded<IndexRequest> read(Fetched fetched) throws Rejection {
        if (fetched.topic().equals(auditTopic)) {
            return AuditDecoder.read(fetched);
        }
        return fetched.topic().equals(alertsTopic) ? AlertDecoder.read(fetched) : ResultDecoder.read(fetched);
    }

    @Override
    public TypeInformation<IndexRequest> valueType() {
        return TypeInformation.of(IndexRequest.class);
    }
}
