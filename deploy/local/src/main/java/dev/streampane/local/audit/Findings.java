// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.AuditReport.Finding;
import dev.streampane.local.audit.AuditReport.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the checks of the audit find. */
final class Findings {

    /** Enough to see what is wrong; a broken log has one finding per line. */
    static final int MOST = 1000;

    final List<Finding> errors = new ArrayList<>();
    final List<Finding> alarms = new ArrayList<>();
    final Map<String, Long> counts = new TreeMap<>();

    /** Checks that fail because records are missing: an open transaction may hide them, or they may not be written yet. */
    final List<Finding> missing = new ArrayList<>();

    /** Adds what is wrong; {@code detail} is a format for {@code values}. */
    void error(String check, AuditLine.Key key, String detail, Object... values) {
        error(finding(check, key, detail, values));
    }

    void alarm(String check, AuditLine.Key key, String detail, Object... values) {
        add(alarms, finding(check, key, detail, values));
    }

    /** Adds the finding when two counts differ: more than expected is an error; fewer have expired, or are missing. */
    void difference(Finding finding, long expected, long found, boolean expired) {
        if (found != expected) {
            add(found > expected ? errors : expired ? alarms : missing, finding);
        }
    }

    void error(Finding finding) {
        add(errors, finding);
    }

    /** A record that none of the jobs can have written. */
    void foreign(String kind, ConsumerRecord<?, ?> record) {
        String detail = "offset %d holds no %s".formatted(record.offset(), kind);
        error(new Finding("foreign", "", 0, record.topic(), record.partition(), detail));
    }

    void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    void add(Findings other) {
        other.errors.forEach(this::error);
        other.alarms.forEach(alarm -> add(alarms, alarm));
        other.missing.forEach(lost -> add(missing, lost));
        other.counts.forEach(this::count);
    }

    /** Makes the report: a missing record is an alarm when an open transaction may hide it, and an error otherwise. */
    AuditReport report(boolean heldBack) {
        missing.forEach(lost -> add(heldBack ? alarms : errors, lost));
        boolean nothingSettled = !counts.containsKey("lines")
                || counts.getOrDefault("balanced", 0L) == 0
                        && counts.getOrDefault("settling", 0L) + counts.getOrDefault("expired", 0L) > 0;
        boolean waits = heldBack && !missing.isEmpty();
        Verdict verdict =
                !errors.isEmpty() ? Verdict.BROKEN : nothingSettled || waits ? Verdict.SETTLING : Verdict.BALANCED;
        return new AuditReport(verdict, errors, alarms, counts);
    }

    static Finding finding(String check, AuditLine.Key key, String detail, Object... values) {
        return new Finding(check, key.job(), key.generation(), key.topic(), key.partition(), detail.formatted(values));
    }

    private static void add(List<Finding> findings, Finding finding) {
        if (findings.size() < MOST) {
            findings.add(finding);
        }
    }
}
