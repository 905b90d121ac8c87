// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.contract.Output;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** An output as a record of its channel's topic; Kafka chooses the partition by the key. */
final class OutputRecords implements KafkaRecordSerializationSchema<Output> {

    private static final long serialVersionUID = 1L;

    private final Map<Output.Channel, String> topics;

    OutputRecords(Map<Output.Channel, String> topics) {
        this.topics = new EnumMap<>(topics);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(Output output, KafkaSinkContext context, Long timestamp) {
        RecordHeaders headers = new RecordHeaders();
        output.headers().forEach((name, text) -> headers.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return new ProducerRecord<>(topics.get(output.channel()), null, null, output.key(), output.value(), headers);
    }
}
