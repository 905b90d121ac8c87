// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.AuditReport.Finding;
import dev.streampane.local.log.CommittedLog;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The late or the rejected records of jobs, by the offset that they had in their input.
 * They may be on several topics.
 */
final class RejectCheck implements AutoCloseable {

    /** The job whose dead letters are written at least once and are not counted by audit lines. */
    private static final String AT_LEAST_ONCE = "index-results";

    private final String check;
    private final CommittedLog logs;
    private final Map<Place, OffsetSet> offsets = new HashMap<>();
    private final Findings findings;

    private record Place(String job, int generation, String spec, String topic, int partition) {

        boolean precedes(Place newer) {
            return generation < newer.generation
                    && newer.equals(new Place(job, newer.generation, spec, topic, partition));
        }
    }

    /**
     * @param check name of the check: {@code late} goes by specification, {@code rejected} does not
     * @param logs the topics, none of whose records has been read yet
     * @param findings gets duplicate and foreign records
     */
    RejectCheck(String check, CommittedLog logs, Findings findings) {
        this.check = check;
        this.logs = logs;
        this.findings = findings;
    }

    void readToEnd() {
        logs.readToEnd(record -> {
            try {
                add(record);
            } catch (NumberFormatException e) {
                findings.foreign(check + " record", record);
            }
        });
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        if (header(record, "offset").isEmpty()
                || header(record, "generation").isEmpty()
                || header(record, "job").equals(AT_LEAST_ONCE)) {
            return; // not written by an Intake
        }
        Place place = new Place(
                header(record, "job"),
                Integer.parseInt(header(record, "generation")),
                header(record, "spec"),
                header(record, "topic"),
                Integer.parseInt(header(record, "partition")));
        long offset = Long.parseLong(header(record, "offset"));
        String row = header(record, "row");
        OffsetSet there = offsets.computeIfAbsent(place, p -> new OffsetSet());
        if (row.isEmpty() ? !there.add(offset) : !there.add(offset, Integer.parseInt(row))) {
            findings.error(new Finding(
                    "doubled",
                    place.job(),
                    place.generation(),
                    place.topic(),
                    place.partition(),
                    "offset %d%s is twice on %s"
                            .formatted(offset, row.isEmpty() ? "" : ", row " + row, record.topic())));
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Compares a partition's lines with the topics; {@code spec} is empty for rejected records. */
    void compare(PartitionAudit partition, String spec, Findings into) {
        AuditLine.Key key = partition.key();
        Place place = new Place(key.job(), key.generation(), spec, key.topic(), key.partition());
        OffsetSet there = offsets.getOrDefault(place, new OffsetSet());
        for (PartitionAudit.Segment segment : partition.segments()) {
            long told = spec.isEmpty() ? segment.rejected() : segment.late().getOrDefault(spec, 0L);
            long found = there.count(segment.first(), segment.last());
            if (found < told && segment.first() == partition.firstLine().first()) {
                found += moreBeforeTheRestore(place, there, partition.firstLine());
            }
            Finding finding = Findings.finding(
                    check,
                    key,
                    "offsets %d to %d: %d %s by the lines, %d on the topic",
                    segment.first(),
                    segment.last(),
                    told,
                    check,
                    found);
            into.difference(finding, told, found, segment.writtenAt() < logs.retainedFrom());
        }
    }

    /** How many more records of the first line an older generation wrote, if the line was open in its state and this generation sent it. */
    private long moreBeforeTheRestore(Place place, OffsetSet there, AuditLine first) {
        if (!first.restored()) {
            return 0;
        }
        return offsets.entrySet().stream()
                .filter(older -> older.getKey().precedes(place))
                .mapToLong(older ->
                        older.getValue().count(first.first(), first.last()) - there.count(first.first(), first.last()))
                .reduce(0, Math::max);
    }

    boolean heldBack() {
        return logs.heldBack();
    }

    @Override
    public void close() {
        logs.close();
    }
}
