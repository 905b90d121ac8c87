// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Fetched;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DecodeRecordsTest {

    private final RecordHeaders headers = new RecordHeaders();

    @Test
    void shouldPassOnBytesAndPlace() {
        headers.add("kind", "reading".getBytes(UTF_8)).add("kind", "heartbeat".getBytes(UTF_8));

        Fetched fetched = fetched(1_000, TimestampType.LOG_APPEND_TIME, new byte[] {1}, new byte[] {2});

        assertThat(fetched.topic()).isEqualTo("device-readings");
        assertThat(fetched.topicId()).isEqualTo("id");
        assertThat(fetched.partition()).isEqualTo(3);
        assertThat(fetched.offset()).isEqualTo(42);
        assertThat(fetched.appendTime()).isEqualTo(1_000);
        assertThat(fetched.key()).containsExactly(1);
        assertThat(fetched.value()).containsExactly(2);
        assertThat(fetched.kind()).isEqualTo("heartbeat");
    }

    @Test
    void shouldHaveNoAppendTimeWhenTheProducerSetIt() {
        for (TimestampType type : new TimestampType[] {TimestampType.CREATE_TIME, TimestampType.NO_TIMESTAMP_TYPE}) {
            assertThat(fetched(1_000, type, null, null).guarded()).isFalse();
        }
    }

    @Test
    void shouldPassOnNothingWhereThereIsNothing() {
        headers.add("kind", null);

        Fetched fetched = fetched(-1, TimestampType.LOG_APPEND_TIME, null, null);

        assertThat(fetched.key()).isNull();
        assertThat(fetched.value()).isNull();
        assertThat(fetched.kind()).isNull();
    }

    private Fetched fetched(long timestamp, TimestampType type, byte[] key, byte[] value) {
        return DecodeRecords.fetched(
                new ConsumerRecord<>(
                        "device-readings", 3, 42, timestamp, type, 0, 0, key, value, headers, Optional.empty()),
                "id");
    }
}
