// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is in a topic. */
public final class TopicRecords {

    private TopicRecords() {}

    /** All records up to now, in the order of each partition. */
    public static List<ConsumerRecord<byte[], byte[]>> all(String bootstrapServers, String topic, String isolation) {
        try (var reader = CommittedLog.reader(bootstrapServers, topic, isolation)) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            CommittedLog.readTo(reader, reader.endOffsets(reader.assignment()), records::add);
            return records;
        }
    }
}
