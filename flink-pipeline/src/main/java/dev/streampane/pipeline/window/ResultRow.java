// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import java.io.Serializable;
import java.time.Instant;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** Writes down what a pane of one specification holds when it fires. */
record ResultRow(JobLabel label, WindowSpec spec, ResultShape shape) implements Serializable {

    /**
     * One revision of the pane of {@code key} in {@code window}.
     *
     * @param rev its number in this generation
     * @param watermark the operator's when the pane fired
     */
    WindowResult of(
            String key, TimeWindow window, int rev, Status status, Partial pane, long watermark) {
        Instant start = Instant.ofEpochMilli(window.getStart());
        Instant end = Instant.ofEpochMilli(window.getEnd());
        return new WindowResult(
                ResultId.of(label.job(), spec, key, start, end),
                label.job(),
                spec.canonical(),
                key,
                new WindowResult.Window(spec.kind(), start, end, label.zone()),
                label.generation(),
                rev,
                status,
                status == Status.FINAL ? Cause.WATERMARK : Cause.LATE_RECORD,
                pane.complete,
                shape.values(pane),
                shape.sums(pane),
                pane.count,
                pane.late,
                Instant.ofEpochMilli(pane.minEventTime),
                Instant.ofEpochMilli(pane.maxEventTime),
                readable(watermark),
                pane.provenance.inputs(),
                label.jobVersion());
    }

    /** Neither "none yet" nor the "no more" of an ended input is a time that people could read. */
    private static Instant readable(long watermark) {
        return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE
                ? null
                : Instant.ofEpochMilli(watermark);
    }
}
