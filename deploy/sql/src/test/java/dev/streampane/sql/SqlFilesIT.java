// SPDX-License-Identifier: Apache-2.0
package dev.streampane.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.pipeline.job.JobCatalog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of this folder, run as they are over topics that our own jobs read and wrote. */
class SqlFilesIT {

    private static final long SEED = 20_261_120;
    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final int SECONDS = 240;
    private static final int PARTITIONS = 4;
    private static final long B_MILLIS = 5_000;

    @TempDir
    private static Path directory;

    private static LocalKafka kafka;
    private static SqlFiles sql;

    @BeforeAll
    static void runTheJobs() throws Exception {
        kafka = LocalKafka.start(directory.resolve("kafka"));
        String servers = kafka.bootstrapServers();
        TopicCatalogue.load().create(servers);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic("words", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (var writer = new Writer(servers)) {
            writer.writeAll(new Random(SEED));
        }
        JobCatalog.main(job("weather-average", "--windows=tumbling(1m)"));
        JobCatalog.main(job("transaction-total", "--windows=tumbling(1m)"));
        JobCatalog.main(job("word-count", "--source=kafka:words"));
        sql = new SqlFiles(servers);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static String[] job(String name, String more) {
        return new String[] {
            name,
            "--bootstrap-servers=" + kafka.bootstrapServers(),
            "--mode=batch",
            "--generation=1",
            "--state-dir=off",
            more
        };
    }

    /** Readings, payments and texts with a disorder of less than B, and heartbeats to every partition. */
    private static final class Writer implements AutoCloseable {

        private final KafkaProducer<byte[], byte[]> producer;

        Writer(String servers) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer());
        }

        void writeAll(Random random) {
            write("device-readings", 0, "{\"device\":\"device0\",\"temperature\":20,\"humidity\":50}");
            write("device-readings", 0, "{\"device\":\"device0\",\"ts\":\"soon\",\"temperature\":20,\"humidity\":50}");
            write("transactions", 0, "{\"client\":\"0\",\"amount\":20}");
            for (int second = 0; second < SECONDS; second++) {
                for (int entity = 0; entity < 5; entity++) {
                    if (random.nextInt(3) > 0) {
                        Instant time = START.plusMillis(second * 1_000L - random.nextInt((int) B_MILLIS - 1_000));
                        write(
                                "device-readings",
                                entity % PARTITIONS,
                                "{\"device\":\"device%d\",\"ts\":\"%s\",\"temperature\":%d.%02d,\"humidity\":%d.5}"
                                        .formatted(
                                                entity,
                                                time,
                                                random.nextInt(40),
                                                random.nextInt(100),
                                                random.nextInt(100)));
                        write(
                                "transactions",
                                random.nextInt(PARTITIONS),
                                "{\"client\":\"%d\",\"ts\":\"%s\",\"amount\":%d.%04d}"
                                        .formatted(entity, time, random.nextInt(1_000), random.nextInt(10_000)));
                    }
                }
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    heartbeat("device-readings", partition, START.plusSeconds(second));
                    heartbeat("transactions", partition, START.plusSeconds(second));
                }
                write("words", 0, "flink  window w" + random.nextInt(10) + "\nflink");
            }
            write(
                    "time-series",
                    0,
                    "2026-11-20T06:00:00Z,pu136mod-ni-001,42\r\n2026-11-20T06:00:01Z,pu136mod-ns-021,on\r\n");
            heartbeat("time-series", 0, START);
            producer.flush();
        }

        private void write(String topic, int partition, String value) {
            producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8)));
        }

        private void heartbeat(String topic, int partition, Instant time) {
            var heartbeat = new ProducerRecord<byte[], byte[]>(
                    topic, partition, null, "{\"ts\":\"%s\"}".formatted(time).getBytes(UTF_8));
            heartbeat.headers().add(new RecordHeader("kind", "heartbeat".getBytes(UTF_8)));
            producer.send(heartbeat);
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    @Test
    void shouldHaveATableForEachTopic() {
        // Given
        Stream<String> topics = TopicCatalogue.load().topics().stream()
                .map(topic -> topic.name().replace('-', '_'));

        // Then
        assertThat(sql.tables()).containsAll(topics.toList());
    }

    @Test
    void shouldAverageAsWeatherAverageDoes() throws Exception {
        // Given
        List<String> job = sql.query(results(
                "weather-average",
                "`values`['avg_temp'], `values`['avg_hum'], `values`['min_temp'], `values`['max_temp']"));

        // When
        List<String> query = sql.run("average-per-device.sql");

        // Then
        assertThat(job).hasSizeGreaterThan(20);
        assertThat(query).containsExactlyInAnyOrderElementsOf(job);
    }

    @Test
    void shouldAddUpAsTransactionTotalDoes() throws Exception {
        // Given
        List<String> job = sql.query(results(
                "transaction-total", "`values`['total_amount'], `values`['min_amount'], `values`['max_amount']"));

        // When
        List<String> query = sql.run("total-per-client.sql");

        // Then
        assertThat(job).hasSizeGreaterThan(20);
        assertThat(query).containsExactlyInAnyOrderElementsOf(job);
    }

    /** What a job wrote to window-results, in the columns of the queries. */
    private static String results(String job, String values) {
        return "SELECT `key`, CAST(`window`.`start` AS TIMESTAMP(3)), CAST(`window`.`end` AS TIMESTAMP(3)), "
                + values
                + ", `count` FROM window_results WHERE job = '"
                + job
                + "'";
    }

    @Test
    void shouldCountWordsAsWordCountDoes() throws Exception {
        // Given
        List<String> job = sql.query("SELECT word, `count` FROM word_counts");

        // When
        List<String> query = sql.run("word-count.sql");

        // Then
        assertThat(job).hasSize(12);
        assertThat(query).containsExactlyInAnyOrderElementsOf(job);
    }

    @Test
    void shouldReadTheBooks() throws Exception {
        // When
        List<String> counted = sql.query("SELECT job, topic, SUM(`rejected`) FROM audit GROUP BY job, topic");

        // Then
        assertThat(counted)
                .containsExactlyInAnyOrder(
                        "weather-average|device-readings|2", "transaction-total|transactions|1", "word-count|words|0");
    }

    @Test
    void shouldReadTheRowsOfAMessage() throws Exception {
        assertThat(sql.query("SELECT step, name, `value` FROM time_series_rows"))
                .containsExactlyInAnyOrder(
                        "2026-11-20T06:00:00Z|pu136mod-ni-001|42", "2026-11-20T06:00:01Z|pu136mod-ns-021|on");
    }

    @Test
    void shouldFoldRevisionsToTheLastWord() throws Exception {
        // Given
        List<String> rows = sql.query("SELECT `id`, `count` FROM window_results");

        // Then
        assertThat(sql.query("SELECT `id`, `count` FROM last_window_results"))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void shouldPlanAQueryOfEachTable() {
        for (String table : sql.tables()) {
            assertThat(sql.plan("SELECT * FROM " + table)).as(table).contains("TableSourceScan");
        }
    }
}
