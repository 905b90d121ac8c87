// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.intake.ReplayPlan;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;

/** Settings for tests: windows of a minute, B 5 s, L 1 min, skew 5 min, an audit line at every checkpoint. Immutable from outside. */
public final class TestSettings implements Cloneable {

    private final String job;
    private int generation = 1;
    private String windows = "tumbling(1m)";
    private Duration outOfOrderness = Duration.ofSeconds(5);
    private Duration allowedLateness = Duration.ofMinutes(1);
    private Duration idleAfter = Duration.ZERO;
    private Duration auditInterval = Duration.ZERO;
    private boolean fromEarliest = true;
    private Duration preview = Duration.ZERO;

    private TestSettings(String job) {
        this.job = job;
    }

    /** The defaults for {@code job}. */
    public static TestSettings of(String job) {
        return new TestSettings(job);
    }

    /** The same for another generation. */
    public TestSettings generation(int other) {
        return with(copy -> copy.generation = other);
    }

    /** The same with other windows. */
    public TestSettings windows(String other) {
        return with(copy -> copy.windows = other);
    }

    /** The same with other bounds. */
    public TestSettings bounds(Duration b, Duration l) {
        return with(copy -> {
            copy.outOfOrderness = b;
            copy.allowedLateness = l;
        });
    }

    /** The same with partitions that turn idle. */
    public TestSettings idleAfter(Duration other) {
        return with(copy -> copy.idleAfter = other);
    }

    /** The same with another time between audit lines. */
    public TestSettings auditInterval(Duration other) {
        return with(copy -> copy.auditInterval = other);
    }

    /** The same for a job that starts at the end of its topic. */
    public TestSettings fromLatest() {
        return with(copy -> copy.fromEarliest = false);
    }

    /** The same with looks into open panes. */
    public TestSettings preview(Duration other) {
        return with(copy -> copy.preview = other);
    }

    private TestSettings with(Consumer<TestSettings> change) {
        try {
            TestSettings copy = (TestSettings) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The settings themselves. */
    public IntakeSettings intake() {
        return intake(WindowSpecParser.parseList(windows));
    }

    /** The same with windows that no text names. */
    public IntakeSettings intake(List<WindowSpec> specs) {
        return new IntakeSettings(
                job,
                generation,
                "1.0.0",
                specs,
                outOfOrderness,
                allowedLateness,
                Duration.ofMinutes(5),
                idleAfter,
                auditInterval,
                ZoneOffset.UTC,
                fromEarliest,
                preview,
                Duration.ZERO,
                ReplayPlan.NONE);
    }
}
