// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.Fixtures;
import dev.streampane.results.tail.FilledTail;
import dev.streampane.results.tail.TailEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\nb", "a\\r\\nb", "\\r", "data: x", "\\nid: 1\\nevent: reset\\n\\n",
                "\u2028", "\u2029", "\u0085", ": comment", "größe-\uD83D\uDE00"
            })
    void shouldKeepAPayloadInOneLineOfData(String key) throws IOException {
        // Given
        String result = Fixtures.result("job", "KEY", Fixtures.SIX).replace("KEY", key);
        TailEntry entry = new FilledTail(10).add(0, result);
        Frame frame = new Frame(entry, "t~i~1.0");
        // When
        String sse = Format.SSE.joined(List.of(frame)).toString();
        String line = Format.NDJSON.joined(List.of(frame)).toString();
        // Then
        assertThat(sse).isEqualTo("event: window\ndata: " + result + "\nid: t~i~1.0\n\n");
        assertThat(line).endsWith("\n").doesNotContain("\r");
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        JsonNode read = JSON.readTree(line);
        assertThat(read.path("event").asText()).isEqualTo("window");
        assertThat(read.path("id").asText()).isEqualTo("t~i~1.0");
        assertThat(read.path("data")).isEqualTo(JSON.readTree(result));
    }

    @Test
    void shouldEncodeOnceForAllClientsThatTakeABatch() {
        // Given
        FilledTail filled = new FilledTail(10);
        Broadcaster broadcaster = new Broadcaster(filled.tail(), 10, 1 << 20);
        Broadcaster.FramePosition begin = broadcaster.join();
        filled.add(0, Fixtures.result("job", "k", Fixtures.SIX));
        filled.add(1, Fixtures.result("job", "l", Fixtures.SIX));
        broadcaster.publish();
        // When
        Broadcaster.Batch batch =
                broadcaster.read(begin.epoch(), begin.number(), 0, 1 << 20).orElseThrow();
        // Then
        assertThat(batch.bytes(Format.SSE)).isSameAs(batch.bytes(Format.SSE));
        assertThat(batch.bytes(Format.NDJSON)).isSameAs(batch.bytes(Format.NDJSON));
        assertThat(batch.bytes(Format.SSE).toString())
                .containsSubsequence("event: window\n", "\n\n", "event: window\n");
    }

    @Test
    void shouldSendPreviewsWithoutAnId() {
        // Given
        String result = Fixtures.result("job", "k", Fixtures.SIX);
        // When
        List<Frame> frames = List.of(new Frame(new FilledTail(10).add(0, result), ""));
        // Then
        assertThat(Format.SSE.joined(frames)).hasToString("event: window\ndata: " + result + "\n\n");
        assertThat(Format.NDJSON.joined(frames)).hasToString("{\"event\":\"window\",\"data\":" + result + "}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'', SSE", "*/*, SSE",
        "application/x-ndjson, NDJSON", "'application/x-ndjson;q=0.9, */*;q=0.1', NDJSON",
        "'Application/X-NDJSON', NDJSON", "'text/event-stream, application/x-ndjson', SSE",
        "application/json, SSE", "'application/x-ndjson;q=0, */*', SSE",
        "'application/x-ndjson, text/event-stream;q=0', NDJSON"
    })
    void shouldSendLinesToThoseWhoAskForThem(String accept, Format format) {
        assertThat(Format.preferred(accept.isEmpty() ? List.of() : List.of(accept)))
                .isEqualTo(format);
    }

    @Test
    void shouldLeaveAClientTheIdThatItCameWith() {
        assertThat(Format.SSE.greeting(7, Optional.empty())).isEqualTo("retry: 7\n\n");
        assertThat(Format.SSE.greeting(7, Optional.of("t~i~1.0"))).isEqualTo("retry: 7\nid: t~i~1.0\n\n");
        assertThat(Format.SSE.greeting(7, Optional.of("x\n\nevent: y"))).isEqualTo("retry: 7\nid: garbage\n\n");
        assertThat(Format.SSE.greeting(7, Optional.of("x".repeat(5_000)))).isEqualTo("retry: 7\nid: garbage\n\n");
    }
}
