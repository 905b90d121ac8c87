// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowId;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import java.io.Serializable;
import java.time.Instant;

/** Creates the results of one window specification, each a {@link WindowResult}, from its panes. Not thread-safe. */
final class SpecResults implements Serializable {

    private final JobLabel label;
    private final WindowSpec spec;
    private final ResultShape shape;
    private final String idsBegin;

    /** The last times used: many keys in a row have panes with the same times. */
    private transient Times times;

    private record Times(long start, long end, WindowResult.Window window, String idsEnd) {}

    SpecResults(JobLabel label, WindowSpec spec, ResultShape shape) {
        this.label = label;
        this.spec = spec;
        this.shape = shape;
        this.idsBegin = WindowId.ofSpec(label.job(), spec);
    }

    JobLabel label() {
        return label;
    }

    WindowSpec spec() {
        return spec;
    }

    /** The result of the pane of {@code key} in {@code [start, end)}. */
    Output result(String key, long start, long end, Revision revision, Partial pane, long watermark) {
        return result(id(key, start, end), key, times(start, end).window(), revision, null, pane, watermark);
    }

    /** The result of the pane with that number; the specification is a {@link WindowSpec.Global}. */
    Output numbered(String key, long number, Revision revision, Partial pane, long watermark) {
        return result(
                id(key, number),
                key,
                window(number, pane.minEventTime, pane.maxEventTime + 1),
                revision,
                null,
                pane,
                watermark);
    }

    private Output result(
            String id,
            String key,
            WindowResult.Window window,
            Revision revision,
            String mergedInto,
            Partial pane,
            long watermark) {
        var result = new WindowResult(
                id,
                label.job(),
                spec.canonical(),
                key,
                window,
                label.generation(),
                revision.rev(),
                revision.status(),
                revision.cause(),
                pane.complete,
                mergedInto,
                shape.values(pane),
                shape.sums(pane),
                pane.count,
                pane.late,
                time(pane.minEventTime),
                time(pane.maxEventTime),
                time(watermark),
                pane.provenance.inputs(),
                label.jobVersion());
        return result.output();
    }

    /**
     * Retracts the session of {@code key} in {@code [start, end)}.
     *
     * @param complete whether an earlier result of the session was complete: a retraction that is not would rank below that result
     * @param mergedInto the id of the session that it was merged into
     */
    Output retraction(String key, long start, long end, int rev, boolean complete, String mergedInto, long watermark) {
        var nothing = new Partial();
        nothing.complete = complete;
        return result(
                id(key, start, end),
                key,
                times(start, end).window(),
                new Revision(rev, Status.RETRACTED, Cause.MERGED),
                mergedInto,
                nothing,
                watermark);
    }

    String id(String key, long number) {
        return idsBegin + WindowId.key(key) + '~' + number;
    }

    String id(String key, long start, long end) {
        return idsBegin + WindowId.key(key) + times(start, end).idsEnd();
    }

    private Times times(long start, long end) {
        if (times == null || times.start() != start || times.end() != end) {
            WindowResult.Window window = window(null, start, end);
            times = new Times(start, end, window, WindowId.times(window.start(), window.end()));
        }
        return times;
    }

    private WindowResult.Window window(Long number, long start, long end) {
        return new WindowResult.Window(
                spec.kind(),
                number,
                Instant.ofEpochMilli(start),
                Instant.ofEpochMilli(end),
                spec instanceof CalendarSpec calendar ? calendar.zone().getId() : label.zone());
    }

    /** Null for Long.MIN_VALUE and Long.MAX_VALUE: the watermark before the first one and at the end of the input, and the times of an empty pane. */
    private static Instant time(long millis) {
        return millis == Long.MIN_VALUE || millis == Long.MAX_VALUE ? null : Instant.ofEpochMilli(millis);
    }
}
