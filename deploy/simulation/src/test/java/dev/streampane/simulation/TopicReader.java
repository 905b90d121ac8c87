// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads all that a topic holds at the moment. */
public final class TopicReader {

    private TopicReader() {}

    /** In each partition's order. */
    public static List<ConsumerRecord<byte[], byte[]>> read(String bootstrapServers, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Admin admin = Topics.admin(bootstrapServers);
                CommittedLog log = new CommittedLog(admin, Topics.client(bootstrapServers), topic)) {
            log.readToEnd(records::add);
        }
        return records;
    }

    public static boolean isHeartbeat(ConsumerRecord<byte[], byte[]> message) {
        var kind = message.headers().lastHeader("kind");
        return kind != null && new String(kind.value(), UTF_8).equals("heartbeat");
    }
}
