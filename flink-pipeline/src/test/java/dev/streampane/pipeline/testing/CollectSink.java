// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.pipeline.contract.Output;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Collects what a job says into a list of the test. */
record CollectSink(String id) implements Sink<Output> {

    private static final Map<String, List<Output>> COLLECTED = new ConcurrentHashMap<>();

    List<Output> outputs() {
        return COLLECTED.computeIfAbsent(id, ignored -> new CopyOnWriteArrayList<>());
    }

    @Override
    public SinkWriter<Output> createWriter(WriterInitContext context) {
        List<Output> outputs = outputs();
        return new SinkWriter<>() {
            @Override
            public void write(Output output, Context context) {
                outputs.add(output);
            }

            @Override
            public void flush(boolean endOfInput) {}

            @Override
            public void close() {}
        };
    }
}
