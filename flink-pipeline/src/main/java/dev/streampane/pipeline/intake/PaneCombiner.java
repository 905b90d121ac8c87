// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.window.Firing;
import dev.streampane.pipeline.window.FirstWindow;
import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Pre-aggregates the records that one specification counts, by key and pane, where a pane is a tumbling or calendar window, a slice of
 * sliding windows, or up to one gap of a session. So a pane gets one partial per task and checkpoint instead of one per record.
 *
 * <p>The results are the same as without it. Before a watermark, all partials that it could fire are sent. A record that comes after the
 * watermark has passed its pane is sent alone and at once, because each such record causes a revision; so is every record of a
 * specification that depends on arrival. All partials are sent before a checkpoint barrier, so that there is no state; before the input
 * becomes idle; at its end; when {@value #MAX_HELD} partials or {@value #MAX_BYTES} bytes are held; and, with previews, before each
 * watermark.
 *
 * <p>Runs in the task thread only. Must be chained to {@link Intake}.
 */
final class PaneCombiner<T> extends AbstractStreamOperator<Partial>
        implements OneInputStreamOperator<Counted<T>, Partial> {

    /** Maximum number of partials that are held. */
    static final int MAX_HELD = 1 << 16;

    private static final long MAX_BYTES = 32 << 20;

    /** Approximate size of a partial without its key and texts. */
    private static final int PARTIAL_BYTES = 400;

    private static final long NEVER = Long.MAX_VALUE;

    private final int index;
    private final WindowSpec spec;
    private final Measures<T> measures;
    private final boolean previews;
    private final long sessionGap;
    private final long slice;
    private transient StreamRecord<Partial> out;
    private transient List<PendingPartial> held;
    private transient PendingPartial[] table;
    private transient long bytes;
    private transient long watermark;
    private transient FirstWindow first;

    /** The smallest {@link PendingPartial#closes}. */
    private transient long nextToClose;

    private transient long paneStart;
    private transient long paneEnd;
    private transient long paneCloses;

    /** A partial that has not been sent yet. */
    private static final class PendingPartial {
        private final String key;
        private final long pane;
        private final int hash;
        private Partial partial;

        /** The smallest watermark that could fire its pane or a window that the pane belongs to. */
        private long closes = NEVER;

        PendingPartial(String key, long pane, int hash) {
            this.key = key;
            this.pane = pane;
            this.hash = hash;
            this.partial = Partial.of(key);
        }

        boolean is(String otherKey, long otherPane, int otherHash) {
            return hash == otherHash && pane == otherPane && key.equals(otherKey);
        }
    }

    PaneCombiner(int index, WindowSpec spec, Measures<T> measures, Firing firing) {
        this.index = index;
        this.spec = spec;
        this.measures = measures;
        this.previews = !firing.preview().isZero();
        this.sessionGap =
                spec instanceof WindowSpec.Session session ? session.gap().toMillis() : 0;
        this.slice = spec instanceof WindowSpec.Sliding sliding ? sliding.slice() : 0;
    }

    @Override
    public void open() throws Exception {
        super.open();
        out = new StreamRecord<>(null);
        first = new FirstWindow(spec);
        held = new ArrayList<>();
        table = new PendingPartial[64];
        watermark = Long.MIN_VALUE;
        nextToClose = NEVER;
        paneStart = NEVER;
        paneEnd = NEVER;
    }

    @Override
    public void processElement(StreamRecord<Counted<T>> element) {
        Counted<T> counted = element.getValue();
        if (!counted.countedBy(index)) {
            return;
        }
        long time = counted.eventTime();
        if (time < paneStart || time >= paneEnd) {
            findPane(time);
        }
        String key = spec.allKeys() ? "" : measures.key().apply(counted.value());
        if (paneCloses <= watermark) {
            Partial alone = Partial.of(key);
            add(counted, alone);
            send(alone);
            return;
        }
        PendingPartial entry = entry(key, sessionGap > 0 ? 0 : paneStart);
        if (!takes(entry.partial, time)) {
            send(entry.partial);
            entry.partial = Partial.of(key);
            entry.closes = NEVER;
        }
        add(counted, entry.partial);
        entry.closes = Math.min(entry.closes, paneCloses);
        nextToClose = Math.min(nextToClose, paneCloses);
        if (held.size() >= MAX_HELD || bytes >= MAX_BYTES) {
            sendUpTo(NEVER);
        }
    }

    private void findPane(long time) {
        if (slice > 0) {
            paneStart = Math.floorDiv(time, slice) * slice;
            paneEnd = paneStart + slice;
            paneCloses = spec.firstEnd(time) - 1;
        } else if (sessionGap > 0) {
            // a session that this record extends may end at this very time
            paneStart = time;
            paneEnd = time + 1;
            paneCloses = time - 1;
        } else if (spec.dependsOnArrival()) {
            paneStart = Long.MIN_VALUE;
            paneEnd = NEVER;
            paneCloses = Long.MIN_VALUE;
        } else {
            paneStart = first.at(time).start();
            paneEnd = first.end();
            paneCloses = paneEnd - 1;
        }
    }

    /**
     * Whether a record of that time can be added: the record's partition still fits, and a partial of a session spans less than one gap,
     * because the session operator keeps or drops a partial by its oldest record.
     */
    private boolean takes(Partial partial, long time) {
        return partial.count == 0
                || partial.provenance.hasRoom()
                        && (sessionGap == 0
                                || Math.max(time, partial.maxEventTime) - Math.min(time, partial.minEventTime)
                                        < sessionGap);
    }

    private void add(Counted<T> counted, Partial partial) {
        partial.add(
                counted.eventTime(),
                counted.topic(),
                counted.partition(),
                counted.offset(),
                measures.metrics().apply(counted.value()));
        partial.mark(first, counted.eventTime(), counted.passed(), counted.completeFrom());
        Optional<String> text = measures.text().apply(counted.value());
        if (text.isPresent()) {
            bytes += text.get().length();
            partial.add(new Texts(
                    1, text.get(), counted.eventTime(), counted.partition(), counted.offset(), counted.row()));
        }
    }

    private PendingPartial entry(String key, long pane) {
        int hash = key.hashCode() * 31 + Long.hashCode(pane * 0x9E3779B97F4A7C15L);
        int slot = slot(key, pane, hash);
        if (table[slot] != null) {
            return table[slot];
        }
        var entry = new PendingPartial(key, pane, hash);
        table[slot] = entry;
        held.add(entry);
        bytes += PARTIAL_BYTES + key.length();
        if (held.size() * 2 > table.length) {
            fill(new PendingPartial[table.length * 2]);
        }
        return entry;
    }

    /** The slot of the entry or, if there is none, the empty slot for it. */
    private int slot(String key, long pane, int hash) {
        int slot = (hash ^ hash >>> 16) & table.length - 1;
        while (table[slot] != null && !table[slot].is(key, pane, hash)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    private void fill(PendingPartial[] empty) {
        table = empty;
        for (PendingPartial entry : held) {
            table[slot(entry.key, entry.pane, entry.hash)] = entry;
        }
    }

    /** Sends the partials that the watermark {@code mark} could fire. */
    private void sendUpTo(long mark) {
        if (nextToClose > mark) {
            return;
        }
        nextToClose = NEVER;
        bytes = 0;
        int kept = 0;
        for (PendingPartial entry : held) {
            if (entry.closes <= mark) {
                send(entry.partial);
            } else {
                held.set(kept++, entry);
                nextToClose = Math.min(nextToClose, entry.closes);
                Texts texts = entry.partial.texts;
                bytes += PARTIAL_BYTES + entry.key.length() + (texts == null ? 0 : texts.last.length());
            }
        }
        held.subList(kept, held.size()).clear();
        Arrays.fill(table, null);
        fill(table);
    }

    private void send(Partial partial) {
        output.collect(out.replace(partial, partial.minEventTime));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        sendUpTo(previews ? NEVER : watermark);
        super.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        if (status.isIdle()) {
            sendUpTo(NEVER);
        }
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        sendUpTo(NEVER);
    }

    @Override
    public void finish() throws Exception {
        sendUpTo(NEVER);
        super.finish();
    }
}
