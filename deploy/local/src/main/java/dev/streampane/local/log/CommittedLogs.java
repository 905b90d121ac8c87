// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
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

    /** Opens the topics, each once. */
    public CommittedLogs(Admin admin, Map<String, Object> client, Collection<String> topics) {
        topics.forEach(topic -> logs.put(topic, new CommittedLog(admin, client, topic)));
    }

    /** Hands over what has come since the last call, in each partition's order, and that of several topics as it was appended. */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Consumer<ConsumerRecord<byte[], byte[]>> each = record -> {
            begin(record);
            reader.accept(record);
        };
        if (logs.size() == 1) {
            logs.values().forEach(log -> log.readToEnd(each));
            return;
        }
        Queue<Course> courses =
                new PriorityQueue<>(Comparator.comparingLong((Course course) -> course.next.timestamp()));
        logs.values().forEach(log -> log.ends()
                .forEach((partition, end) -> offer(new Course(log, partition, end), courses)));
        while (!courses.isEmpty()) {
            Course course = courses.remove();
            each.accept(course.next);
            offer(course, courses);
        }
    }

    private static void offer(Course course, Queue<Course> courses) {
        if (course.hasMoved()) {
            courses.add(course);
        }
    }

    /** One partition on its way to its end. */
    private static final class Course {
        private final CommittedLog log;
        private final TopicPartition partition;
        private final long end;
        private Iterator<ConsumerRecord<byte[], byte[]>> read = Collections.emptyIterator();
        private ConsumerRecord<byte[], byte[]> next;

        private Course(CommittedLog log, TopicPartition partition, long end) {
            this.log = log;
            this.partition = partition;
            this.end = end;
        }

        /** Whether there is a next record. */
        private boolean hasMoved() {
            if (!read.hasNext()) {
                read = log.next(partition, end).iterator();
            }
            next = read.hasNext() ? read.next() : null;
            return next != null;
        }
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
        boolean allSeen = logs.values().stream().allMatch(log -> begun.containsAll(log.expiredPartitions()));
        return allSeen ? retainedFrom : Long.MAX_VALUE;
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
