// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.streampane.pipeline.decode.Decoded;
import java.io.IOException;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class IndexRequestSerializerTest {

    private final IndexRequestSerializer serializer = new IndexRequestSerializer();

    @Test
    void shouldGiveBackNoRequests() throws IOException {
        byte[] written = serializer.serialize(state(List.of()));

        assertThat(serializer.deserialize(serializer.getVersion(), written).getBufferedRequestEntries())
                .isEmpty();
    }

    @Test
    void shouldRefuseRequests() {
        var document = new IndexRequest.Document("numbers", "1", 1, new byte[0]);
        var request = Decoded.value(null, new IndexRequest("number-1", List.of(document)), 0);

        assertThatIOException()
                .isThrownBy(() -> serializer.serialize(state(List.of(request))))
                .withMessage("a request is left at a snapshot: number-1");
    }

    @Test
    void shouldRefuseAVersionThatItDoesNotKnow() throws IOException {
        byte[] written = serializer.serialize(state(List.of()));
        assertThatIOException()
                .isThrownBy(() -> serializer.deserialize(2, written))
                .withMessageContaining("version 2");
    }

    private static BufferedRequestState<Decoded<IndexRequest>> state(List<Decoded<IndexRequest>> requests) {
        return new BufferedRequestState<>(requests.stream()
                .map(request -> new RequestEntryWrapper<>(request, 10 + requests.indexOf(request)))
                .toList());
    }
}
