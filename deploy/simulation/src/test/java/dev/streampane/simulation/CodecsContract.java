// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.FileRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kafka.compression.type} passes to the producer: each codec of the Kafka client writes. */
public abstract class CodecsContract {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    static Path folder;

    private static LocalKafka kafka;

    private final String module;
    private final String prefix;

    /**
     * @param module of the simulator
     * @param prefix of its environment variables
     */
    protected CodecsContract(String module, String prefix) {
        this.module = module;
        this.prefix = prefix;
    }

    @BeforeAll
    static void start() {
        kafka = LocalKafka.start(folder.resolve("kafka"));
    }

    @AfterAll
    static void end() {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldWriteWithTheCodec(CompressionType codec) throws Exception {
        // Given
        String topic = "codec-" + codec.name;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        ProcessBuilder builder =
                new ProcessBuilder(ServiceUnderTest.command(ServiceUnderTest.build(), module, List.of("-Xmx128m")));
        builder.environment()
                .putAll(Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        kafka.bootstrapServers(),
                        "KAFKA_COMPRESSION_TYPE",
                        codec.name,
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(FreePorts.next()),
                        "QUARKUS_MANAGEMENT_PORT",
                        Integer.toString(FreePorts.next()),
                        prefix + "_TOPIC",
                        topic,
                        prefix + "_RATE",
                        "1000"));
        builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve(topic + ".log").toFile());
        // When
        Process process = builder.start();
        try {
            // Then
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(process.isAlive())
                        .as(Files.readString(folder.resolve(topic + ".log")))
                        .isTrue();
                assertThat(TopicReader.read(kafka.bootstrapServers(), topic)).hasSizeGreaterThan(500);
            });
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(codecs(topic)).containsExactly(codec);
    }

    /** The codecs of a topic's batches, as they lie in its log. */
    private static Set<CompressionType> codecs(String topic) throws IOException {
        Path log = folder.resolve("kafka/log/" + topic + "-0/00000000000000000000.log");
        FileRecords records = FileRecords.open(log.toFile(), false);
        try {
            Set<CompressionType> codecs = new HashSet<>();
            records.batches().forEach(batch -> codecs.add(batch.compressionType()));
            return codecs;
        } finally {
            records.closeHandlers(); // close() cuts the file to its size, which the broker changes
        }
    }
}
