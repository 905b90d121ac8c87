// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.streampane.pipeline.decode.Fetched;
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
        Fetched record = new Fetched("t", "i", 0, 0, Fetched.NO_APPEND_TIME, null, null, null);

        assertThatIOException()
                .isThrownBy(
                        () -> serializer.serialize(state(List.of(IndexRequest.refused(record, "empty", "no value")))))
                .withMessageContaining("a request is left");
    }

    @Test
    void shouldRefuseAVersionThatItDoesNotKnow() throws IOException {
        byte[] written = serializer.serialize(state(List.of()));
        assertThatIOException()
                .isThrownBy(() -> serializer.deserialize(2, written))
                .withMessageContaining("version 2");
    }

    private static BufferedRequestState<IndexRequest> state(List<IndexRequest> requests) {
        return new BufferedRequestState<>(requests.stream()
                .map(request -> new RequestEntryWrapper<>(request, 10 + requests.indexOf(request)))
                .toList());
    }
}
