// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the offsets at which a job says that there was no record. A record that a {@code read_committed}
 * consumer gets there was swallowed. A record that only a {@code read_uncommitted} consumer gets was aborted,
 * and an offset at which neither gets a record is a transaction marker. Both of these are true holes, and
 * exist only on a topic that is written in transactions.
 */
final class HoleReader implements AutoCloseable {

    private static final int SHOWN = 5;

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> committed;
    private final KafkaConsumer<byte[], byte[]> uncommitted;

    HoleReader(Admin admin, Map<String, Object> client) {
        this.admin = admin;
        this.committed = CommittedLog.consumer(client, "read_committed");
        this.uncommitted = CommittedLog.consumer(client, "read_uncommitted");
    }

    void check(AuditLine.Key key, OffsetRange hole, Findings findings) {
        if (!isThere(key)) {
            findings.alarm("expired", key, "%s: the topic is not there any more", text(hole));
            return;
        }
        TopicPartition partition = new TopicPartition(key.topic(), key.partition());
        long start = Topics.starts(admin, List.of(partition)).get(partition);
        if (hole.from() < start) {
            OffsetRange expired = new OffsetRange(hole.from(), Math.min(hole.to(), start - 1));
            findings.alarm("expired", key, "%s: below the log's start", text(expired));
        }
        OffsetRange readable = new OffsetRange(Math.max(hole.from(), start), hole.to());
        if (readable.size() > 0) {
            read("swallowed", key, partition, readable, findings);
        }
    }

    /** Checks that there is no record before the first offset of a job that read from the start of the log. */
    void checkBefore(AuditLine.Key key, long first, Findings findings) {
        TopicPartition partition = new TopicPartition(key.topic(), key.partition());
        if (first > 0 && isThere(key)) {
            long start = Topics.starts(admin, List.of(partition)).get(partition);
            if (start < first) {
                read("start", key, partition, new OffsetRange(start, first - 1), findings);
            }
        }
    }

    private boolean isThere(AuditLine.Key key) {
        return Topics.find(admin, key.topic(), key.topicId()).isPresent();
    }

    private void read(String check, AuditLine.Key key, TopicPartition partition, OffsetRange hole, Findings findings) {
        TreeSet<Long> got = offsets(committed, partition, hole);
        if (!got.isEmpty()) {
            findings.error(
                    check,
                    key,
                    "%d of the offsets %s hold a record that the job did not see: %s",
                    got.size(),
                    text(hole),
                    got.stream().limit(SHOWN).toList());
        }
        TreeSet<Long> aborted = offsets(uncommitted, partition, hole);
        aborted.removeAll(got);
        findings.count("aborted", aborted.size());
        findings.count("markers", hole.size() - got.size() - aborted.size());
    }

    private static TreeSet<Long> offsets(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, OffsetRange hole) {
        TreeSet<Long> got = new TreeSet<>();
        consumer.assign(List.of(partition));
        consumer.seek(partition, hole.from());
        Map<TopicPartition, Long> ends = consumer.endOffsets(List.of(partition));
        long end = Math.min(hole.to() + 1, ends.get(partition));
        CommittedLog.readTo(consumer, Map.of(partition, end), record -> {
            if (record.offset() <= hole.to()) {
                got.add(record.offset());
            }
        });
        return got;
    }

    private static String text(OffsetRange range) {
        return range.from() == range.to() ? Long.toString(range.from()) : range.from() + " to " + range.to();
    }

    @Override
    public void close() {
        committed.close();
        uncommitted.close();
    }
}
