// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;

/** The job graph of index-results: source and sink are one chain, so that all records of a partition reach one writer, in order. */
final class IndexResultsTopology {

    static final String SINK_UID = "index-results";
    private static final String TOPICS_UID = "same-topics";
    private static final String INDICES_UID = "same-indices";

    private IndexResultsTopology() {}

    /** Writes results and alerts as documents, at the parallelism of the source. */
    static <T> DataStreamSink<Decoded<T>> build(
            DataStream<Decoded<T>> results, FilterFunction<Decoded<T>> sameIndices, Sink<Decoded<T>> documents) {
        return results.filter(new SameTopics<>())
                .setParallelism(results.getParallelism())
                .uid(TOPICS_UID)
                .name(TOPICS_UID)
                .filter(sameIndices)
                .setParallelism(results.getParallelism())
                .uid(INDICES_UID)
                .name(INDICES_UID)
                .sinkTo(documents)
                .setParallelism(results.getParallelism())
                .uid(SINK_UID)
                .name(SINK_UID);
    }
}
