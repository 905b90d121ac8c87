// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Topics that hold the same kind of record, each as a {@link CommittedLog}. */
public final class CommittedLogs implements AutoCloseable {

    private final Map<String, CommittedLog> logs = new LinkedHashMap<>();

    /** Opens the topics; they are read in that order. */
    public CommittedLogs(Admin admin, Map<String, Object> client, Collection<String> topics) {
        topics.forEach(topic -> logs.put(topic, new CommittedLog(admin, client, topic)));
    }

    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        logs.values().forEach(log -> log.readToEnd(reader));
    }

    /** Whether retention has removed records from the front of the record's partition. */
    public boolean expiredBefore(ConsumerRecord<byte[], byte[]> record) {
        return logs.get(record.topic()).starts().get(record.partition()) > 0;
    }

    /** Whether retention has removed records anywhere. */
    public boolean expired() {
        return logs.values().stream().anyMatch(CommittedLog::expired);
    }

    /** Whether a transaction that was open at the start still holds readers back. */
    public boolean heldBack() {
        return logs.values().stream().anyMatch(CommittedLog::heldBack);
    }

    @Override
    public void close() {
        logs.values().forEach(CommittedLog::close);
    }
}
