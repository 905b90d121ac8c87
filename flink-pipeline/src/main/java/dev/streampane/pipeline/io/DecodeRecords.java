// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Decoder;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.io.KafkaSources.InputTopic;
import dev.streampane.pipeline.job.Brokers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** One record from Kafka, decoded: always at least one answer, so that the offsets that pass are the offsets that were read. */
final class DecodeRecords<T> implements KafkaRecordDeserializationSchema<Decoded<T>> {

    private static final long serialVersionUID = 1L;
    private static final String KIND = "kind";

    private final Decoder<T> decoder;
    private final List<InputTopic> topics;
    private final Properties kafka;
    private transient Map<String, String> topicIds;

    DecodeRecords(Decoder<T> decoder, List<InputTopic> topics, Properties kafka) {
        this.decoder = decoder;
        this.topics = List.copyOf(topics);
        this.kafka = kafka;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        topicIds = new HashMap<>();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded<T>> out) {
        decoder.decode(fetched(record, topicId(record.topic())), out);
    }

    @Override
    public TypeInformation<Decoded<T>> getProducedType() {
        return decoder.type();
    }

    static Fetched fetched(ConsumerRecord<byte[], byte[]> record, String topicId) {
        Header kind = record.headers().lastHeader(KIND);
        return new Fetched(
                record.topic(),
                topicId,
                record.partition(),
                record.offset(),
                record.timestampType() == TimestampType.LOG_APPEND_TIME
                        ? record.timestamp()
                        : Fetched.NO_APPEND_TIME,
                record.key(),
                record.value(),
                kind == null || kind.value() == null
                        ? null
                        : new String(kind.value(), StandardCharsets.UTF_8));
    }

    /** Asked once per topic and run. */
    private String topicId(String topic) {
        String known = topicIds.get(topic);
        if (known != null) {
            return known;
        }
        try (Brokers brokers = Brokers.connect(kafka)) {
            String id = brokers.topic(optionOf(topic), topic).topicId().toString();
            topicIds.put(topic, id);
            return id;
        }
    }

    private String optionOf(String topic) {
        return topics.stream()
                .filter(input -> input.name().equals(topic))
                .findFirst()
                .orElseThrow()
                .option();
    }
}
