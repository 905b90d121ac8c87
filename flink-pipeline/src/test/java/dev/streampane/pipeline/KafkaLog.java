// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker as its clients see it: writes records, reads what is committed. */
public final class KafkaLog implements AutoCloseable {

    private final String servers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;

    /** On brokers that have the catalogue's topics from now on. */
    public KafkaLog(String servers) {
        this.servers = servers;
        TopicCatalogue.load().create(servers);
        Properties settings = properties();
        settings.setProperty("linger.ms", "0"); // who writes a record waits for it
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        admin = Admin.create(properties());
    }

    /** The brokers. */
    public String servers() {
        return servers;
    }

    /** Questions about the brokers. */
    public Admin admin() {
        return admin;
    }

    /** Makes a topic as the catalogue's are. */
    public void create(String topic, int partitions) {
        create(topic, partitions, Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "16777216"));
    }

    /** Makes a topic. */
    public void create(String topic, int partitions, Map<String, String> config) {
        Topics.create(admin, new NewTopic(topic, partitions, (short) 1).configs(config));
    }

    /** Writes a record and waits until it is there; answers its offset. */
    public long write(String topic, int partition, String key, String value, String... kind)
            throws ExecutionException, InterruptedException {
        var record = new ProducerRecord<>(
                topic,
                partition,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8));
        for (String text : kind) {
            record.headers().add(new RecordHeader("kind", text.getBytes(UTF_8)));
        }
        return producer.send(record).get().offset();
    }

    /**
     * Writes records in a transaction each: there is an offset without a record behind each of them. Waits for each marker, as a broker refuses a
     * record of the next transaction with INVALID_TXN_STATE if the marker arrives while it verifies the record.
     */
    public void commitEach(String topic, int partition, List<String> values) {
        try (KafkaProducer<String, String> producer = transactional("commit-" + topic);
                var reader = CommittedLog.reader(servers, topic, "read_committed")) {
            for (String value : values) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, partition, null, value));
                producer.commitTransaction();
                await("the marker")
                        .until(() -> reader.endOffsets(reader.assignment()).equals(Topics.ends(admin, List.of(topic))));
            }
        }
    }

    /** A transaction that has written a record and is open until this is closed, which aborts it. */
    public Closeable transaction(String topic, int partition, String value)
            throws ExecutionException, InterruptedException {
        KafkaProducer<String, String> open = transactional("open-" + topic);
        open.beginTransaction();
        open.send(new ProducerRecord<>(topic, partition, null, value)).get();
        return open;
    }

    private KafkaProducer<String, String> transactional(String id) {
        Properties settings = properties();
        settings.setProperty("transactional.id", id);
        var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    /** Everything in the topic that a {@code read_committed} reader gets now. */
    public List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        return TopicRecords.all(servers, topic, "read_committed");
    }

    /** Everything in the topic, be it committed, open or aborted. */
    public List<ConsumerRecord<byte[], byte[]>> written(String topic) {
        return TopicRecords.all(servers, topic, "read_uncommitted");
    }

    /** A {@code read_committed} reader of what comes from now on. */
    public Tail tail(String topic) {
        return new Tail(topic);
    }

    /** See {@link #tail}. */
    public final class Tail implements AutoCloseable {

        private final KafkaConsumer<byte[], byte[]> consumer;

        private Tail(String topic) {
            consumer = CommittedLog.reader(servers, topic, "read_committed");
            consumer.seekToEnd(consumer.assignment());
            consumer.assignment().forEach(consumer::position);
        }

        /** How many records came, waiting at most 20 ms for the first. */
        public int poll() {
            return consumer.poll(Duration.ofMillis(20)).count();
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /** The values of {@link #committed} as text. */
    public List<String> committedValues(String topic) {
        return committed(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    /** The transactions that the brokers know, in any state, whose ids begin so. */
    public List<TransactionListing> transactions(String prefix) throws ExecutionException, InterruptedException {
        return admin.listTransactions().all().get().stream()
                .filter(listing -> listing.transactionalId().startsWith(prefix))
                .toList();
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", servers);
        return properties;
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
