// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.kafka.KafkaSources.InputTopic;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumerator;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"deprecation", "try"})
class KafkaSourcesIT {

    @Test
    void shouldBeginWhereItIsTold() throws Exception {
        TopicPartition partition = new TopicPartition("begin", 0);
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers())) {
            log.create(partition.topic(), 1);
            log.write(partition.topic(), 0, null, "1");
            log.write(partition.topic(), 0, null, "2");
            var offsets = new KafkaSourceEnumerator.PartitionOffsetsRetrieverImpl((AdminClient) log.admin(), "begin");

            // what is open may be committed yet
            try (var open = log.transaction(partition.topic(), 0, "3")) {
                assertThat(start(log.servers(), "earliest").getPartitionOffsets(List.of(partition), offsets))
                        .containsOnly(Map.entry(partition, KafkaPartitionSplit.EARLIEST_OFFSET));
                assertThat(start(log.servers(), "latest").getPartitionOffsets(List.of(partition), offsets))
                        .containsOnly(Map.entry(partition, 2L));
            }
        }
    }

    /** With LATEST a consumer whose next record retention has deleted passes over all that is left. */
    @Test
    void shouldGoOnWithWhatRetentionHasLeft() {
        String servers = SharedKafka.empty().bootstrapServers();
        assertThat(start(servers, "earliest").getAutoOffsetResetStrategy()).isEqualTo(OffsetResetStrategy.EARLIEST);
        assertThat(start(servers, "latest").getAutoOffsetResetStrategy()).isEqualTo(OffsetResetStrategy.EARLIEST);
    }

    @Test
    void shouldEmitWhatAPollGaveAndGoOnBehindItsLastRecord() throws Exception {
        // Given
        var split = new KafkaPartitionSplitState(new KafkaPartitionSplit(new TopicPartition("payments", 0), 40));
        var clients = new Clients();
        var counted = new SimpleCounter();
        DecodedRecords<Transaction> polled;
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers())) {
            log.create("payments", 1);
            DecodeRecords<Transaction> decode = decode(log, "payments");
            polled = new DecodedRecords<>(payment(40));
            for (long offset = 40; offset < 43; offset++) {
                polled.add(payment(offset), decode);
            }
        }

        // When
        DecodingKafkaSource.<Transaction>emitter(counted).emitRecord(polled, clients, split);

        // Then
        assertThat(clients.emitted).containsExactly("client40", "client41", "client42");
        assertThat(split.getCurrentOffset()).isEqualTo(43);
        assertThat(counted.getCount())
                .as("beside the one that the reader counts")
                .isEqualTo(2);
    }

    @Test
    void shouldTellATopicThatIsMadeAnewWhileItIsReadFromTheOneBefore() throws Exception {
        // Given
        var partition = new TopicPartition("made-anew", 0);
        var decoded = new ArrayList<Decoded<Transaction>>();
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers());
                var consumer = consumer(log.servers())) {
            log.create(partition.topic(), 1);
            consumer.assign(List.of(partition));
            DecodeRecords<Transaction> decode = decode(log, partition.topic());
            log.write(partition.topic(), 0, null, json(0));
            log.write(partition.topic(), 0, null, json(1));
            read(consumer, decode, decoded, 2);

            // When
            log.admin().deleteTopics(List.of(partition.topic())).all().get();
            await().until(() -> !log.admin().listTopics().names().get().contains(partition.topic()));
            log.create(partition.topic(), 1);
            log.write(partition.topic(), 0, null, json(0));
            read(consumer, decode, decoded, 3);
        }

        // Then
        assertThat(decoded).extracting(row -> row.fetched().offset()).containsExactly(0L, 1L, 0L);
        assertThat(decoded.get(0).fetched().topicId())
                .isEqualTo(decoded.get(1).fetched().topicId())
                .isNotEqualTo(decoded.get(2).fetched().topicId());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String servers) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Until that many are decoded. */
    private static void read(
            KafkaConsumer<byte[], byte[]> consumer,
            DecodeRecords<Transaction> decode,
            List<Decoded<Transaction>> decoded,
            int number) {
        await().until(() -> {
            consumer.poll(Duration.ofMillis(20)).forEach(r -> decode.deserialize(r, new ListCollector<>(decoded)));
            return decoded.size() == number;
        });
    }

    private static DecodeRecords<Transaction> decode(KafkaLog log, String topic) {
        var decode = new DecodeRecords<>(
                new TransactionDecoder(ZoneOffset.UTC),
                List.of(new InputTopic("input-topic", topic)),
                JobConfig.of("transaction-total", "--bootstrap-servers=" + log.servers())
                        .kafka(),
                false);
        decode.open(new UnregisteredMetricsGroup());
        return decode;
    }

    private static ConsumerRecord<byte[], byte[]> payment(long offset) {
        return new ConsumerRecord<>("payments", 0, offset, null, json(offset).getBytes(UTF_8));
    }

    private static String json(long client) {
        return "{\"client\":\"client%d\",\"amount\":1,\"ts\":\"2026-11-20T06:00:00Z\"}".formatted(client);
    }

    /** Whose payments were emitted. */
    private static final class Clients implements SourceOutput<Decoded<Transaction>> {

        private final List<String> emitted = new ArrayList<>();

        @Override
        public void collect(Decoded<Transaction> decoded) {
            emitted.add(decoded.value().client());
        }

        @Override
        public void collect(Decoded<Transaction> decoded, long timestamp) {
            collect(decoded);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }

    private static OffsetsInitializer start(String servers, String from) {
        return KafkaSources.start(
                JobConfig.of("weather-average", "--bootstrap-servers=" + servers, "--start-from=" + from));
    }
}
