// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class IndexResultsTopologyTest {

    @Test
    void shouldRunTheSinkBesideItsSourceWithUidsAndNoKryo() {
        // Given
        Configuration flink = new Configuration();
        flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        flink.set(PipelineOptions.GENERIC_TYPES, false);
        var env = StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(2);
        var results = env.fromSequence(1, 10)
                .uid("numbers")
                .map(number -> Decoded.<IndexRequest>heartbeat(null, number))
                .returns(new IndexedDecoder("alerts", null).type())
                .setParallelism(3)
                .uid("results");
        // When
        IndexResultsTopology.build(results, record -> true, new DiscardingSink<>());
        // Then
        var graph = env.getStreamGraph();
        assertThat(graph.getStreamNodes())
                .allSatisfy(node -> assertThat(node.getTransformationUID()).isNotNull())
                .filteredOn(node -> node.getTransformationUID().equals("index-results"))
                .singleElement()
                .extracting(StreamNode::getParallelism)
                .isEqualTo(3);
        assertThat(graph.getJobGraph().getVerticesAsArray())
                .anySatisfy(
                        vertex -> assertThat(vertex.getName()).contains("->").contains("index-results"));
    }
}
