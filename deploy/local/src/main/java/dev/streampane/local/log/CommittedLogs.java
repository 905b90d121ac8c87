// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Topics that hold the same kind of record, each as a {@link CommittedLog}. */
public final class CommittedLogs implements AutoCloseable {

    private final Map<String, CommittedLog> logs = new LinkedHashMap<>();
    private final Set<TopicPartition> begun = new HashSet<>();
    private long retainedFrom = Long.MIN_VALUE;

    /** Opens the topics; they are read in that order. */
    public CommittedLogs(Admin admin, Map<String, Object> client, Collection<String> topics) {
        topics.forEach(topic -> logs.put(topic, new CommittedLog(admin, client, topic)));
    }

    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        logs.values()
                .forEach(log -> log.readToEnd(record -> {
                    begin(record);
                    reader.accept(record);
                }));
    }

    private void begin(ConsumerRecord<byte[], byte[]> record) {
        if (begun.add(new TopicPartition(record.topic(), record.partition())) && expiredBefore(record)) {
            retainedFrom = Math.max(retainedFrom, record.timestamp());
        }
    }

    /** Whether retention has removed records from the front of the record's partition. */
    public boolean expiredBefore(ConsumerRecord<byte[], byte[]> record) {
        return logs.get(record.topic()).starts().get(record.partition()) > 0;
    }

    /** Whether retention has removed records anywhere. */
    public boolean expired() {
        return logs.values().stream().anyMatch(CommittedLog::expired);
    }

    /** Append time, ms since the epoch: of what was written before it, retention may have removed some. To be asked when all is read. */
    public long retainedFrom() {
        return expired() && begun.isEmpty() ? Long.MAX_VALUE : retainedFrom;
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
