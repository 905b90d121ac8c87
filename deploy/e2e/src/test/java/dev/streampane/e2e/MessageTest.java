// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.ContractFiles;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle reads each message that the contracts allow as they say. */
class MessageTest {

    @ParameterizedTest
    @EnumSource(Feed.class)
    void shouldReadWhatTheContractAllows(Feed feed) {
        assertReads(
                feed.contract(),
                value -> Message.of(feed, value),
                expected -> new Message(
                        expected.path(feed == Feed.READINGS ? "device" : "client")
                                .asText(),
                        time(expected),
                        feed.measures().stream()
                                .map(measure -> expected.get(measure.field()).bigIntegerValue())
                                .toList()));
    }

    @Test
    void shouldReadHeartbeats() {
        assertReads("heartbeat", Message::heartbeat, expected -> new Message("", time(expected), List.of()));
    }

    private static void assertReads(
            String contract, Function<byte[], Message> reader, Function<JsonNode, Message> expected) {
        ContractFiles files = ContractFiles.of(contract);
        assertThat(files.decoded().properties()).isNotEmpty().allSatisfy(file -> assertThat(
                        reader.apply(files.bytes(file.getKey())))
                .isEqualTo(expected.apply(file.getValue())));
    }

    private static long time(JsonNode expected) {
        return Instant.parse(expected.get("ts").textValue()).toEpochMilli();
    }
}
