// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** An audit line, step by step. What no step says is none, and the settings are those that jobs have by themselves. */
public final class TestLine {

    private final AuditLine.Key key;
    private final long first;
    private final long last;
    private final List<OffsetRange> holes = new ArrayList<>();
    private final List<SpecCounts> specs = new ArrayList<>();
    private OptionalLong records = OptionalLong.empty();
    private OptionalLong rows = OptionalLong.empty();
    private long rejected;
    private long heartbeats;
    private Instant clockBefore;
    private Instant clockAfter;
    private boolean restored;
    private Integer readBy;
    private Duration outOfOrderness = Duration.ofSeconds(5);

    private TestLine(AuditLine.Key key, long first, long last) {
        this.key = key;
        this.first = first;
        this.last = last;
    }

    /** The line over some offsets. */
    public static TestLine of(AuditLine.Key key, long first, long last) {
        return new TestLine(key, first, last);
    }

    /** How many records were seen, where it is not one at each offset outside of holes. */
    public TestLine records(long number) {
        records = OptionalLong.of(number);
        return this;
    }

    /** How many rows the records have, where it is not one each. */
    public TestLine rows(long number) {
        rows = OptionalLong.of(number);
        return this;
    }

    public TestLine rejected(long number) {
        rejected = number;
        return this;
    }

    public TestLine heartbeats(long number) {
        heartbeats = number;
        return this;
    }

    public TestLine hole(long from, long to) {
        holes.add(new OffsetRange(from, to));
        return this;
    }

    /** Adds a specification; the next three are about the one that was added last. */
    public TestLine counted(String spec, long number) {
        specs.add(new SpecCounts(spec, number, 0, Optional.empty(), Optional.empty(), List.of()));
        return this;
    }

    public TestLine late(long number) {
        return change(of ->
                new SpecCounts(of.spec(), of.counted(), number, of.horizonBefore(), of.horizonAfter(), of.windows()));
    }

    /** Where the horizon stood; null is none. */
    public TestLine horizon(Instant before, Instant after) {
        return change(of -> new SpecCounts(
                of.spec(),
                of.counted(),
                of.late(),
                Optional.ofNullable(before),
                Optional.ofNullable(after),
                of.windows()));
    }

    public TestLine windows(WindowCount... counts) {
        return change(of -> new SpecCounts(
                of.spec(), of.counted(), of.late(), of.horizonBefore(), of.horizonAfter(), List.of(counts)));
    }

    private TestLine change(UnaryOperator<SpecCounts> how) {
        specs.set(specs.size() - 1, how.apply(specs.get(specs.size() - 1)));
        return this;
    }

    /** Where the clock stood; null is none. */
    public TestLine clock(Instant before, Instant after) {
        clockBefore = before;
        clockAfter = after;
        return this;
    }

    public TestLine restored() {
        restored = true;
        return this;
    }

    /** Open in the state of an older generation. */
    public TestLine readBy(int generation) {
        readBy = generation;
        return restored();
    }

    public TestLine outOfOrderness(Duration setting) {
        outOfOrderness = setting;
        return this;
    }

    public AuditLine line() {
        long offsets = last - first + 1;
        long seen = records.orElse(
                offsets - holes.stream().mapToLong(OffsetRange::size).sum());
        return new AuditLine(
                key,
                first,
                last,
                seen,
                rows.orElse(seen),
                rejected,
                heartbeats,
                0,
                holes,
                specs,
                Optional.ofNullable(clockBefore),
                Optional.ofNullable(clockAfter),
                restored,
                Optional.ofNullable(readBy),
                new AuditLine.Settings(
                        specs.stream().map(SpecCounts::spec).toList(),
                        outOfOrderness,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        "1.0.0"));
    }

    /** The line as it is on the topic. */
    public String json() {
        return new String(line().json(), StandardCharsets.UTF_8);
    }
}
