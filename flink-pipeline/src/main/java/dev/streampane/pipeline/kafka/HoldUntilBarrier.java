// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.OutputSerializer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Holds outputs until just before the next checkpoint barrier.
 *
 * <p>They become visible at the same time as without it, but the transaction that writes them is open from the barrier to the commit only,
 * and not from the first of them on: an open transaction hides what all other jobs write to the same topics. For jobs with long checkpoint
 * intervals, whose outputs are late records, dead letters and audit lines. Nothing is held across a checkpoint, so there is no state; when
 * more than {@value #FULL} bytes are held, all are passed on at once.
 */
public final class HoldUntilBarrier extends AbstractStreamOperator<Output>
        implements OneInputStreamOperator<Output, Output> {

    static final int FULL = 8 << 20;

    private static final String UID = "hold-rejects";

    /** Size of a record without its key and value, most of it headers. */
    private static final int OVERHEAD = 1024;

    private transient List<Output> held;
    private transient long bytes;

    /** The same outputs, but they come only with each checkpoint. */
    public static DataStream<Output> of(DataStream<Output> outputs) {
        return outputs.transform(UID, OutputSerializer.TYPE, new HoldUntilBarrier())
                .uid(UID);
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new ArrayList<>();
    }

    @Override
    public void processElement(StreamRecord<Output> element) {
        Output record = element.getValue();
        held.add(record);
        bytes += OVERHEAD + size(record.key()) + size(record.value());
        if (bytes > FULL) {
            release();
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        release();
    }

    @Override
    public void finish() throws Exception {
        release();
        super.finish();
    }

    private void release() {
        held.forEach(record -> output.collect(new StreamRecord<>(record)));
        held.clear();
        bytes = 0;
    }

    private static int size(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
