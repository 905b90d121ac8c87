// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.streampane.pipeline.intake.Fetched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class IndexRequestSerializerTest {

    private final IndexRequestSerializer serializer = new IndexRequestSerializer();

    @Test
    void shouldGiveBackWhatWasWritten() throws IOException {
        // Given
        Fetched full = new Fetched(
                "window-results", "kTZ0", 3, 1L << 40, 1_795_413_600_000L, bytes("gerät"), bytes("{}"), "reading");
        Fetched bare = new Fetched("t", "i", 0, 0, Fetched.NO_APPEND_TIME, null, null, null);
        var requests = List.of(
                IndexRequest.of(
                        full,
                        "a~b",
                        List.of(
                                new IndexRequest.Document("i", "a~b", 1L << 60, bytes("{}")),
                                new IndexRequest.Document("h", "a~b~1~1", 7, bytes("[]")))),
                IndexRequest.refused(bare, "empty", "no value"));
        // When
        byte[] written = serializer.serialize(state(requests));
        var read = serializer.deserialize(serializer.getVersion(), written);
        // Then
        assertThat(read.getBufferedRequestEntries())
                .extracting(RequestEntryWrapper::getRequestEntry)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(requests);
        assertThat(read.getBufferedRequestEntries())
                .extracting(RequestEntryWrapper::getSize)
                .containsExactly(10L, 11L);
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

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
