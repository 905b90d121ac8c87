// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.intake.IntakeSettings;
import java.time.Duration;
import java.time.ZoneOffset;

/**
 * Settings for tests: windows of a minute, B 5 s, L 1 min, skew 5 min, an audit line at every checkpoint.
 *
 * @param idleAfter zero = never
 * @param preview zero = none
 * @param stateTtl zero = never
 */
public record TestSettings(
        String job,
        int generation,
        String windows,
        Duration outOfOrderness,
        Duration allowedLateness,
        Duration idleAfter,
        Duration auditInterval,
        boolean fromEarliest,
        Duration preview,
        Duration stateTtl) {

    /** The defaults for {@code job}. */
    public static TestSettings of(String job) {
        return new TestSettings(
                job,
                1,
                "tumbling(1m)",
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ZERO,
                Duration.ZERO,
                true,
                Duration.ZERO,
                Duration.ZERO);
    }

    /** The same for another generation. */
    public TestSettings generation(int other) {
        return new TestSettings(
                job,
                other,
                windows,
                outOfOrderness,
                allowedLateness,
                idleAfter,
                auditInterval,
                fromEarliest,
                preview,
                stateTtl);
    }

    /** The same with other windows. */
    public TestSettings windows(String other) {
        return new TestSettings(
                job,
                generation,
                other,
                outOfOrderness,
                allowedLateness,
                idleAfter,
                auditInterval,
                fromEarliest,
                preview,
                stateTtl);
    }

    /** The same with other bounds. */
    public TestSettings bounds(Duration b, Duration l) {
        return new TestSettings(
                job, generation, windows, b, l, idleAfter, auditInterval, fromEarliest, preview, stateTtl);
    }

    /** The same with partitions that turn idle. */
    public TestSettings idleAfter(Duration other) {
        return new TestSettings(
                job,
                generation,
                windows,
                outOfOrderness,
                allowedLateness,
                other,
                auditInterval,
                fromEarliest,
                preview,
                stateTtl);
    }

    /** The same with another time between audit lines. */
    public TestSettings auditInterval(Duration other) {
        return new TestSettings(
                job,
                generation,
                windows,
                outOfOrderness,
                allowedLateness,
                idleAfter,
                other,
                fromEarliest,
                preview,
                stateTtl);
    }

    /** The same for a job that starts at the end of its topic. */
    public TestSettings fromLatest() {
        return new TestSettings(
                job,
                generation,
                windows,
                outOfOrderness,
                allowedLateness,
                idleAfter,
                auditInterval,
                false,
                preview,
                stateTtl);
    }

    /** The same with looks into open panes. */
    public TestSettings preview(Duration other) {
        return new TestSettings(
                job,
                generation,
                windows,
                outOfOrderness,
                allowedLateness,
                idleAfter,
                auditInterval,
                fromEarliest,
                other,
                stateTtl);
    }

    /** The settings themselves. */
    public IntakeSettings intake() {
        return new IntakeSettings(
                job,
                generation,
                "1.0.0",
                WindowSpecParser.parseList(windows),
                outOfOrderness,
                allowedLateness,
                Duration.ofMinutes(5),
                idleAfter,
                auditInterval,
                ZoneOffset.UTC,
                fromEarliest,
                preview,
                stateTtl);
    }
}
