// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.OpenSessionSerializer;
import dev.streampane.pipeline.window.OpenSession.Swallowed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Session windows of a key. A session fires as FINAL when the watermark reaches its last millisecond, and as REVISED when a late record
 * falls into it. A record that extends or joins published sessions makes a new session; when the new session fires, the published sessions
 * that were merged into it are RETRACTED.
 *
 * <p>Example: gap 10 s, allowed lateness L 60 s, records at 0 and 15 s, watermark 30 s: {@code [0,10) FINAL}, {@code [15,25) FINAL}. Then a
 * record at 8 s comes from a slower partition: {@code [0,25) FINAL}, {@code [0,10) RETRACTED}, {@code [15,25) RETRACTED}.
 *
 * <p>State: the open sessions of the key. A session is removed when {@code end - 1 + L + gap <= W} (W: watermark). A counted record with
 * event time t has {@code t + gap > C - B - L > W - L} (C: clock of its partition, B: out-of-orderness), so every session that it touches
 * ends at t or later and is still in state. A record with {@code t + gap - 1 + L <= W} could touch a session that has been removed. It is
 * dropped and the audit is corrected; this happens only with {@code idle-after} or when a partition is added.
 */
final class MergeSessions extends KeyedProcessFunction<String, Partial, Output> {

    /** Name of the operator's state: part of the on-disk format. */
    static final String SESSIONS = "sessions";

    private final SpecResults results;
    private final long gap;
    private final long allowedLateness;
    private final long preview;
    private transient MapState<Long, OpenSession> sessions;

    /** One index for each key with open sessions; rebuilt from state after a restore. */
    private transient Map<String, SessionIndex> indexes;

    MergeSessions(SpecResults results, Firing firing) {
        this.results = results;
        this.gap = ((WindowSpec.Session) results.spec()).gap().toMillis();
        this.allowedLateness = firing.allowedLateness().toMillis();
        this.preview = firing.preview().toMillis();
    }

    @Override
    public void open(OpenContext context) {
        sessions = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(SESSIONS, LongSerializer.INSTANCE, new OpenSessionSerializer()));
        indexes = new HashMap<>();
    }

    @Override
    public void processElement(Partial partial, Context context, Collector<Output> out) throws Exception {
        long watermark = context.timerService().currentWatermark();
        if (partial.minEventTime + gap - 1 + allowedLateness <= watermark) {
            context.output(PaneResults.DROPPED, partial);
            return;
        }
        OpenSession session = joined(OpenSession.of(partial, gap), context);
        if (session.end - 1 <= watermark) {
            fire(session, context, out);
        } else {
            context.timerService().registerEventTimeTimer(session.end - 1);
            schedulePreview(session, context);
            put(session, context);
        }
    }

    private void put(OpenSession session, Context context) throws Exception {
        SessionIndex index = index(context);
        sessions.put(session.start, session);
        index.put(session);
        indexes.put(context.getCurrentKey(), index);
    }

    private void remove(OpenSession session, Context context) throws Exception {
        SessionIndex index = index(context);
        sessions.remove(session.start);
        index.remove(session);
        if (index.isEmpty()) {
            indexes.remove(context.getCurrentKey());
        }
    }

    /** The index of the current key; stays in {@link #indexes} as long as the key has open sessions. */
    private SessionIndex index(Context context) throws Exception {
        SessionIndex known = indexes.get(context.getCurrentKey());
        if (known != null) {
            return known;
        }
        var restored = new SessionIndex();
        for (OpenSession open : sessions.values()) {
            restored.put(open);
            // the old timer may have been set with another allowed lateness, so it is set again
            context.timerService().registerEventTimeTimer(due(open));
        }
        if (!restored.isEmpty()) {
            indexes.put(context.getCurrentKey(), restored);
        }
        return restored;
    }

    /** Merges the open sessions that {@code session} touches into it, and removes them from state. */
    private OpenSession joined(OpenSession session, Context context) throws Exception {
        SessionIndex index = index(context);
        var touched = new ArrayList<OpenSession>(1);
        for (long start : index.touching(session.start, session.end)) {
            OpenSession open = sessions.get(start);
            touched.add(open);
            sessions.remove(start);
            index.remove(open); // an empty index may stay: the session is put or removed next
        }
        session.with(touched);
        // a record up to a gap before the start would belong to this session
        session.pane.complete &= session.start - gap >= session.pane.completeFrom;
        for (OpenSession open : touched) {
            if (dueAt(due(open), context).isEmpty()) {
                context.timerService().deleteEventTimeTimer(due(open));
            }
            if (open.previewAt != session.previewAt) {
                cancelPreview(open, context);
            }
        }
        return session;
    }

    /** The sessions whose timer is at {@code time}: at most one to fire and one to remove. */
    private List<OpenSession> dueAt(long time, Context context) throws Exception {
        var due = new ArrayList<OpenSession>(1);
        for (long end : new long[] {time + 1, time + 1 - allowedLateness - gap}) {
            Optional<Long> start = index(context).endingAt(end);
            OpenSession open = start.isEmpty() ? null : sessions.get(start.get());
            if (open != null && due(open) == time) {
                due.add(open);
            }
        }
        return due;
    }

    /** The time of the session's only timer: when to fire it and, after it has fired, when to remove it. */
    private long due(OpenSession session) {
        return session.pending ? session.end - 1 : clearing(session);
    }

    private long clearing(OpenSession session) {
        return session.end - 1 + allowedLateness + gap;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Output> out) throws Exception {
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            for (long start : index(context).removePreviewsAt(time)) {
                preview(sessions.get(start), context, out);
            }
            return;
        }
        for (OpenSession session : dueAt(time, context)) {
            if (session.pending) {
                fire(session, context, out);
            } else {
                remove(session, context);
            }
        }
    }

    /** Emits the session and what it retracts, and keeps it until its removal time, unless the watermark is already there. */
    private void fire(OpenSession session, Context context, Collector<Output> out) throws Exception {
        cancelPreview(session, context);
        String key = context.getCurrentKey();
        long watermark = context.timerService().currentWatermark();
        int generation = results.label().generation();
        Revision revision = Revision.after(session.published, generation);
        out.collect(results.result(key, session.start, session.end, revision, session.pane, watermark));
        String id = results.id(key, session.start, session.end);
        for (Swallowed gone : session.swallowed) {
            int rev = Revision.after(gone.published(), generation).rev();
            out.collect(
                    results.retraction(key, gone.start(), gone.end(), rev, gone.publishedComplete(), id, watermark));
        }
        session.published(revision, generation);
        if (clearing(session)
                <= watermark) { // always at the end of a batch, which accepts no timers from a timer callback
            remove(session, context);
        } else {
            context.timerService().registerEventTimeTimer(clearing(session));
            put(session, context);
        }
    }

    private void schedulePreview(OpenSession session, Context context) {
        if (preview > 0 && session.previewAt == 0) {
            session.previewAt = context.timerService().currentProcessingTime() + preview;
            context.timerService().registerProcessingTimeTimer(session.previewAt);
        }
    }

    /**
     * Cancels the preview of a session. Sessions of a key whose previews are due at the same time share one timer, which the last of them
     * deletes.
     */
    private void cancelPreview(OpenSession session, Context context) throws Exception {
        long due = session.previewAt;
        if (due == 0) {
            return;
        }
        index(context).removePreview(session);
        session.previewAt = 0;
        if (!index(context).hasPreviewAt(due)) {
            context.timerService().deleteProcessingTimeTimer(due);
        }
    }

    private void preview(OpenSession session, OnTimerContext context, Collector<Output> out) throws Exception {
        if (session.pending && preview > 0) {
            out.collect(results.result(
                    context.getCurrentKey(),
                    session.start,
                    session.end,
                    Revision.preview(session.published, results.label().generation()),
                    session.pane,
                    context.timerService().currentWatermark()));
        }
        session.previewAt = 0;
        sessions.put(session.start, session);
    }
}
