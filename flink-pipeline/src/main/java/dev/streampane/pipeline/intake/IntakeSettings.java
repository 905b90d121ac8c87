// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.window.Firing;
import dev.streampane.pipeline.window.JobLabel;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * What a window job needs to give each record its verdict and each result its id.
 *
 * @param generation the number of this run of the job, from 1
 * @param specs the window specifications, each with its own verdicts; 1 to {@value #MAX_SPECS}; only {@link WindowSpec.None} in a job
 *     without windows
 * @param outOfOrderness B, how far records of one partition may come out of order
 * @param allowedLateness L, how long after its end a window still takes records
 * @param skew how far ahead of its append time a record's event time may be
 * @param idleAfter time without input after which a partition no longer holds back the watermark; zero = never, the default
 * @param auditInterval the least time between two audit lines of a partition
 * @param zone in which people read the window's times
 * @param fromEarliest whether a start without state reads each partition from its beginning, so that offsets before the first record are
 *     holes and part of the audit
 * @param preview time between previews of a pane that has not fired; zero = none
 * @param stateTtl event time without a record after which a running total is removed; zero = never
 * @param replay the verdicts to repeat; {@link ReplayPlan#NONE} for new ones. In a replay, out-of-orderness and allowed lateness are the
 *     largest and skew is the smallest of the plan, so that no operator drops a record that is counted
 */
public record IntakeSettings(
        String job,
        int generation,
        String jobVersion,
        List<WindowSpec> specs,
        Duration outOfOrderness,
        Duration allowedLateness,
        Duration skew,
        Duration idleAfter,
        Duration auditInterval,
        ZoneId zone,
        boolean fromEarliest,
        Duration preview,
        Duration stateTtl,
        ReplayPlan replay)
        implements Serializable {

    /** Maximum number of specifications of a job; each has one bit in {@link Counted}. */
    public static final int MAX_SPECS = 16;

    /** Refuses values that no job can run with, with an {@link IllegalArgumentException} that names the value. */
    public IntakeSettings {
        specs = List.copyOf(specs);
        if (generation < 1) {
            throw new IllegalArgumentException("generation " + generation + " is below 1");
        }
        if (specs.isEmpty() || specs.size() > MAX_SPECS) {
            throw new IllegalArgumentException(specs.size() + " window specifications; allowed are 1 to " + MAX_SPECS);
        }
        if (specs.stream().map(WindowSpec::canonical).distinct().count() < specs.size()) {
            throw new IllegalArgumentException("the same window specification twice: " + specs);
        }
        for (Duration duration :
                List.of(outOfOrderness, allowedLateness, skew, idleAfter, auditInterval, preview, stateTtl)) {
            if (duration.isNegative()) {
                throw new IllegalArgumentException("a negative duration: " + duration);
            }
        }
    }

    public Firing firing() {
        return new Firing(allowedLateness, preview, stateTtl);
    }

    /** The key of the audit lines of a partition. */
    AuditLine.Key key(String topic, String topicId, int partition) {
        return new AuditLine.Key(job, generation, topic, topicId, partition);
    }

    /** The settings as in audit lines. */
    AuditLine.Settings audited() {
        List<String> canonical = specs.stream().map(WindowSpec::canonical).toList();
        return new AuditLine.Settings(canonical, outOfOrderness, allowedLateness, skew, jobVersion);
    }

    public JobLabel label() {
        return new JobLabel(job, generation, jobVersion, zone.getId());
    }
}
