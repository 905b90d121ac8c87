// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Creates the clients that read Kafka: consumers are {@code read_committed}, never commit offsets, and have small buffers.
 *
 * <p>Every {@code kafka.*} setting of the process is passed on to the clients. Creating one fails with a
 * {@link org.apache.kafka.common.KafkaException} when no broker's host name can be resolved.
 */
@ApplicationScoped
public class KafkaAccess {

    private static final int MAX_FETCH_BYTES = 4 << 20;

    private final Map<String, Object> settings;

    public KafkaAccess(@Identifier("default-kafka-broker") Map<String, Object> settings) {
        this.settings = settings;
    }

    public String bootstrapServers() {
        return String.valueOf(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** A consumer with additional settings, without a group and with {@code auto.offset.reset=none}: the caller must assign and seek. */
    Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> own) {
        Map<String, Object> consumer = common(clientId);
        consumer.putAll(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                MAX_FETCH_BYTES,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName(),
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName()));
        consumer.remove(ConsumerConfig.GROUP_ID_CONFIG);
        consumer.putAll(own);
        return new KafkaConsumer<>(consumer);
    }

    public Admin admin(String clientId) {
        return Admin.create(common(clientId));
    }

    private Map<String, Object> common(String clientId) {
        Map<String, Object> common = new HashMap<>(settings);
        common.putAll(Map.of(
                CommonClientConfigs.CLIENT_ID_CONFIG, clientId,
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500,
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 8_000));
        return common;
    }
}
