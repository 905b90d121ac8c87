// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.job.JobConfig;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumerator;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation")
class KafkaSourcesIT {

    @Test
    void shouldBeginWhereItIsTold() throws Exception {
        TopicPartition partition = new TopicPartition("begin", 0);
        try (KafkaLog log = new KafkaLog(SharedKafka.empty().bootstrapServers())) {
            log.create(partition.topic(), 1);
            log.write(partition.topic(), 0, null, "1");
            log.write(partition.topic(), 0, null, "2");
            var offsets = new KafkaSourceEnumerator.PartitionOffsetsRetrieverImpl((AdminClient) log.admin(), "begin");

            assertThat(start("earliest").getPartitionOffsets(List.of(partition), offsets))
                    .containsOnly(Map.entry(partition, KafkaPartitionSplit.EARLIEST_OFFSET));
            assertThat(start("latest").getPartitionOffsets(List.of(partition), offsets))
                    .containsOnly(Map.entry(partition, 2L));
        }
    }

    /** With LATEST a consumer whose next record retention has deleted passes over all that is left. */
    @Test
    void shouldGoOnWithWhatRetentionHasLeft() {
        assertThat(start("earliest").getAutoOffsetResetStrategy()).isEqualTo(OffsetResetStrategy.EARLIEST);
        assertThat(start("latest").getAutoOffsetResetStrategy()).isEqualTo(OffsetResetStrategy.EARLIEST);
    }

    private static OffsetsInitializer start(String from) {
        return KafkaSources.start(
                JobConfig.of("weather-average", "--bootstrap-servers=127.0.0.1:9092", "--start-from=" + from));
    }
}
