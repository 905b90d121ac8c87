// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.log.TopicLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CommittedTopicTest {

    private static final long[] SINCE = {};

    private final AtomicInteger resets = new AtomicInteger();
    private final List<JsonNode> objects = new ArrayList<>();
    private final CommittedTopic topic =
            new CommittedTopic(null, "window-audit", resets::incrementAndGet, objects::add);

    @Test
    void shouldBeLoadedAgainWhenATopicThatWasMadeAnewHasBeenRead() {
        // Given
        topic.start(layout("first"), SINCE);
        topic.caughtUp();
        // When
        topic.start(layout("second"), SINCE);
        // Then
        assertThat(topic.loaded()).isFalse();
        topic.caughtUp();
        assertThat(topic.loaded()).isTrue();
        assertThat(resets).hasValue(2);
    }

    @Test
    void shouldStayLoadedWhileTheSameTopicIsReadOn() {
        topic.start(layout("first"), SINCE);
        topic.caughtUp();
        topic.start(layout("first"), SINCE);
        assertThat(topic.loaded()).isTrue();
    }

    @Test
    void shouldPassOverWhatIsNoJsonObjectWithEachFieldOnce() {
        // Given
        topic.start(layout("first"), SINCE);
        // When
        topic.read(records("{\"n\":1}", "{\"n\":2,\"n\":2}", "[3]", "{\"n\":4} {}", "{\"n\":5}"), new long[1]);
        // Then
        assertThat(objects).extracting(json -> json.get("n").asInt()).containsExactly(1, 5);
    }

    private static ConsumerRecords<byte[], byte[]> records(String... values) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String value : values) {
            records.add(new ConsumerRecord<>(
                    "window-audit", 0, records.size(), null, value.getBytes(StandardCharsets.UTF_8)));
        }
        return new ConsumerRecords<>(Map.of(new TopicPartition("window-audit", 0), records), Map.of());
    }

    private static TopicLayout layout(String id) {
        return new TopicLayout("window-audit", id, new long[] {0}, new long[] {9});
    }
}
