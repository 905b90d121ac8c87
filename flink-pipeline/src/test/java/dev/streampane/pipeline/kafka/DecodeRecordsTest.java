// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.kafka.KafkaSources.InputTopic;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.UserCodeClassLoader;
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

    @Test
    void shouldLeaveOutATopicThatIsNotAskedForAnyMore() {
        // Given
        List<Decoded<Transaction>> decoded = new ArrayList<>();
        var records = records("window-results", true);

        // When
        records.deserialize(new ConsumerRecord<>("audit", 0, 7, null, new byte[] {1}), new ListCollector<>(decoded));

        // Then
        assertThat(decoded).isEmpty();
    }

    @Test
    void shouldNameOptionAndTopicWhenStateIsThatOfAnotherTopic() {
        // Given
        var records = records("readings", false);
        var old = new ConsumerRecord<byte[], byte[]>("device-readings", 0, 7, null, new byte[] {1});

        // When Then
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> records.deserialize(old, new ListCollector<>(new ArrayList<>())))
                .havingCause()
                .withMessageStartingWith("--input-topic: 'readings' is not allowed; allowed is device-readings, which");
    }

    private static DecodeRecords<Transaction> records(String topic, boolean leavesOut) {
        var records = new DecodeRecords<>(
                new TransactionDecoder(ZoneOffset.UTC),
                List.of(new InputTopic("input-topic", topic)),
                new Properties(),
                leavesOut);
        records.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                throw new UnsupportedOperationException("the decoders load no classes");
            }
        });
        return records;
    }

    private Fetched fetched(long timestamp, TimestampType type, byte[] key, byte[] value) {
        return DecodeRecords.fetched(
                new ConsumerRecord<>(
                        "device-readings", 3, 42, timestamp, type, 0, 0, key, value, headers, Optional.empty()),
                "id");
    }
}
