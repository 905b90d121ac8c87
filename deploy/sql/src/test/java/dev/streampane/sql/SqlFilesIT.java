// SPDX-License-Identifier: Apache-2.0
package dev.streampane.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.pipeline.job.JobCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.types.Row;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of this folder, run as they are over topics that our own jobs read and wrote. */
class SqlFilesIT {

    private static final long SEED = 20_261_120;
    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final int SECONDS = 240;
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;
    private static final long B_MILLIS = 5_000;

    /** Each has a topic of its own with its files. */
    private static final List<String> CONTRACTS = List.of("device-reading", "transaction", "heartbeat");

    /**
     * What SQL's JSON format reads otherwise than the jobs' decoders: it knows fields by one name and times by {@code Z} alone, rounds half up, and
     * takes numbers of extreme exponents for none.
     */
    private static final Map<String, String> OTHERWISE = """
                    client-number.json device NULL
                    legacy.json device NULL
                    legacy.json ts NULL
                    ts-zoneless.json ts NULL
                    ts-offset.json ts NULL
                    ts-offset-negative.json ts NULL
                    humidity-half-a-unit-rounds-to-0.json humidity 1
                    temperature-half-a-unit-rounds-to-0.json temperature 1
                    temperature-half-a-unit-over-rounds-to-the-largest.json temperature 1000000000001
                    temperature-minus-two-and-a-half-units-round-to-minus-2.json temperature -3
                    temperature-0-with-exponent-beyond-an-int.json temperature NULL
                    temperature-exponent-below-an-int-rounds-to-0.json temperature NULL
                    temperature-exponent-minus-999999999-rounds-to-0.json temperature NULL
                    amount-half-a-unit-rounds-to-0.json amount 1
                    amount-half-a-unit-over-rounds-to-the-largest.json amount 1000000000001
                    amount-minus-two-and-a-half-units-round-to-minus-2.json amount -3
                    amount-0-with-exponent-beyond-an-int.json amount NULL
                    amount-exponent-below-an-int-rounds-to-0.json amount NULL
                    amount-exponent-minus-999999999-rounds-to-0.json amount NULL
                    """.lines().collect(Collectors.toMap(
            line -> line.substring(0, line.lastIndexOf(' ')), line -> line.substring(line.lastIndexOf(' ') + 1)));

    /** What the jobs reject and the queries count, of both contracts. */
    private static final String COUNTED_OF_BOTH = """
                    duplicate_key--another-value.json duplicate_key--inside-an-unknown-object.json duplicate_key--same-value.json
                    duplicate_key--unknown-field.json duplicate_key--written-with-an-escape.json not_json--byte-order-mark.bin
                    not_json--raw-escape-character-in-string.json not_json--raw-newline-in-string.json not_json--raw-nul-in-string.json
                    not_json--raw-tab-in-string.json not_json--utf-16be.bin not_json--utf-16le.bin not_json--utf-32be.bin not_object--array.json
                    not_utf8--above-u10ffff.bin not_utf8--encoded-surrogate.bin not_utf8--overlong-c0-80.bin not_utf8--overlong-slash.bin
                    not_utf8--truncated-at-the-end.bin not_utf8--utf-16be-with-bom.bin not_utf8--utf-16le-with-bom.bin too_big--65537-bytes.json
                    too_deep--17-levels-of-arrays.json too_deep--17-levels-of-objects.json too_deep--500-arrays.json
                    too_long--unknown-name-4097-characters.json too_long--unknown-number-65-characters.json
                    too_long--unknown-string-4097-characters.json too_long--unknown-string-4097-escapes.json trailing--close-brace.json
                    trailing--comma.json trailing--comment.json trailing--garbage.json trailing--ndjson.json trailing--nul.json
                    trailing--two-objects-with-space.json trailing--two-objects.json type--client-true.json type--ts-hour-24.json
                    """;

    /** The same of each. */
    private static final Map<String, String> COUNTED =
            Map.of("device-reading", COUNTED_OF_BOTH + """
                    duplicate_key--device-and-client-differ-in-case.json duplicate_key--device-and-client-differ.json
                    not_utf8--device-inverted-surrogate-escapes.json not_utf8--device-lone-high-surrogate-escape.json
                    not_utf8--device-lone-low-surrogate-escape.json null--client.json too_long--device-129-characters-of-2-bytes.json
                    too_long--temperature-65-characters.json type--device-array.json type--device-object.json type--device-true.json
                    type--humidity-text.json type--temperature-text.json
                    """, "transaction", COUNTED_OF_BOTH + """
                    not_utf8--client-inverted-surrogate-escapes.json not_utf8--client-lone-high-surrogate-escape.json
                    not_utf8--client-lone-low-surrogate-escape.json null--lat.json null--lon.json null--merchant.json
                    too_long--amount-65-characters.json too_long--client-129-characters-of-2-bytes.json too_long--lat-65-characters.json
                    too_long--merchant-4097-characters.json type--amount-text.json type--client-array.json type--client-object.json
                    type--lat-text.json type--lat-true.json type--lon-array.json type--merchant-number.json
                    """);

    /** What the view of rows leaves out. */
    private static final List<String> QUOTED = List.of(
            "examples/every-field-quoted.csv",
            "examples/name-with-comma-space-equals-and-quote.csv",
            "examples/text-empty-quoted.csv",
            "examples/text-with-comma-quote-and-line-breaks.csv|2026-11-20T06:00:00Z|pu136mod-ns-021|on,");

    @TempDir
    private static Path directory;

    private static LocalKafka kafka;
    private static MiniCluster flink;
    private static SqlFiles sql;

    @BeforeAll
    static void runTheJobs() throws Exception {
        flink = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(PARALLELISM)
                .withRandomPorts()
                .build());
        flink.start();
        TestStreamEnvironment.setAsContext(
                flink, PARALLELISM); // where each job and query would start a cluster of its own
        kafka = LocalKafka.start(directory.resolve("kafka"));
        String servers = kafka.bootstrapServers();
        TopicCatalogue.load().create(servers);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(Stream.of(
                                    Stream.of("words"),
                                    CONTRACTS.stream(),
                                    COUNTED.keySet().stream().map(SqlFilesIT::rejected))
                            .flatMap(topics -> topics)
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
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

    /** The topic of what a contract rejects. */
    private static String rejected(String contract) {
        return contract + "-rejected";
    }

    @AfterAll
    static void stop() throws Exception {
        TestStreamEnvironment.unsetAsContext();
        try {
            flink.close();
        } finally {
            kafka.close();
        }
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

        void writeAll(Random random) throws IOException {
            write("device-readings", 0, "{\"device\":\"device0\",\"temperature\":20,\"humidity\":50}");
            write("device-readings", 0, "{\"device\":\"device0\",\"ts\":\"soon\",\"temperature\":20,\"humidity\":50}");
            write("transactions", 0, "{\"client\":\"0\",\"amount\":20}");
            for (int partition = 0; partition < PARTITIONS; partition++) {
                write(
                        "device-readings",
                        partition,
                        "{\"device\":\"device0\",\"ts\":\"9000-01-01T00:00:00Z\",\"temperature\":20,\"humidity\":50}");
                write("transactions", partition, "{\"client\":\"0\",\"ts\":\"9000-01-01T00:00:00Z\",\"amount\":20}");
            }
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
            for (String contract : CONTRACTS) {
                Inputs files = Inputs.of(contract);
                writeFiles(files, files.names(), contract);
            }
            for (String contract : COUNTED.keySet()) {
                Inputs files = Inputs.of(contract);
                writeFiles(files, files.rejected(), rejected(contract));
            }
            Inputs timeSeries = Inputs.of("time-series");
            writeFiles(timeSeries, timeSeries.names(), "time-series");
            heartbeat("time-series", 0, START);
            producer.flush();
        }

        private void writeFiles(Inputs files, List<String> names, String topic) throws IOException {
            for (String name : names) {
                producer.send(new ProducerRecord<>(topic, 0, null, files.bytes(name)));
            }
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

    @ParameterizedTest
    @CsvSource({
        "device-reading, device_readings, 'device,ts,temperature,humidity', 6",
        "transaction, transactions, 'client,ts,amount', 4",
        "heartbeat, device_readings, 'device,ts,temperature,humidity', 6",
        "heartbeat, transactions, 'client,ts,amount', 4"
    })
    void shouldReadInputsAsTheirContractSays(String contract, String table, String columns, int scale)
            throws Exception {
        // Given
        Inputs inputs = Inputs.of(contract);
        Map<String, String> wanted = inputs.texts(List.of(columns.split(",")), OTHERWISE);
        String files = table + "_like_" + contract.replace('-', '_');
        sql.addTable(files, table, contract);

        // When
        List<Row> rows = sql.rows("SELECT `offset`, " + columns + " FROM " + files);

        // Then
        assertThat(inputs.texts(rows, scale)).containsExactlyEntriesOf(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "device-reading, device_readings, average-per-device.sql",
        "transaction, transactions, total-per-client.sql"
    })
    void shouldCountNoMoreOfWhatTheJobsRejectThanItSays(String contract, String table, String file) throws Exception {
        // Given
        List<String> names = Inputs.of(contract).rejected();
        sql.addTable(table + "_rejected", table, rejected(contract));

        // When
        List<Row> rows = sql.rows("SELECT DISTINCT `offset` FROM TABLE(TUMBLE(TABLE " + table
                + "_rejected, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) " + sql.where(file));

        // Then
        assertThat(rows)
                .map(row -> names.get(((Number) row.getField(0)).intValue()).replaceFirst(".*/", ""))
                .containsExactlyInAnyOrderElementsOf(
                        List.of(COUNTED.get(contract).split("\\s+")));
    }

    /** Flink's SQL client shows the rows of a file ({@code -f}) in no other. */
    @Test
    void shouldShowRowsInTheModeOfFiles() {
        assertThat(sql.setting("sql-client.execution.result-mode")).isEqualTo("tableau");
    }

    static Stream<Arguments> queriesOfJobs() {
        return Stream.of(
                Arguments.of(
                        "average-per-device.sql",
                        results(
                                "weather-average",
                                "`values`['avg_temp'], `values`['avg_hum'], `values`['min_temp'], `values`['max_temp']"),
                        21),
                Arguments.of(
                        "total-per-client.sql",
                        results(
                                "transaction-total",
                                "`values`['total_amount'], `values`['min_amount'], `values`['max_amount']"),
                        21),
                Arguments.of("word-count.sql", "SELECT word, `count` FROM word_counts", 12));
    }

    /** What a job wrote to window-results, in the columns of the queries. */
    private static String results(String job, String values) {
        return "SELECT `key`, CAST(`window`.`start` AS TIMESTAMP(3)), CAST(`window`.`end` AS TIMESTAMP(3)), "
                + values
                + ", `count` FROM window_results WHERE job = '"
                + job
                + "'";
    }

    @ParameterizedTest
    @MethodSource("queriesOfJobs")
    void shouldGiveWhatTheJobDoes(String file, String published, int atLeast) throws Exception {
        // Given
        List<String> job = sql.query(published);

        // When
        List<String> query = sql.run(file);

        // Then
        assertThat(job).hasSizeGreaterThanOrEqualTo(atLeast);
        assertThat(query).containsExactlyInAnyOrderElementsOf(job);
    }

    @Test
    void shouldReadTheAudit() throws Exception {
        // When
        List<String> counted = sql.query("SELECT job, topic, SUM(`rejected`) FROM audit GROUP BY job, topic");

        // Then
        assertThat(counted)
                .containsExactlyInAnyOrder(
                        "weather-average|device-readings|6", "transaction-total|transactions|5", "word-count|words|0");
    }

    @Test
    void shouldReadRowsWithoutQuotesAsTheirContractSays() throws Exception {
        // Given
        Inputs inputs = Inputs.of("time-series");
        List<String> wanted = inputs.rows().stream()
                .filter(row -> QUOTED.stream().noneMatch(row::startsWith))
                .map(row -> row.substring(row.indexOf('|') + 1))
                .toList();

        // When
        List<Row> rows = sql.rows("SELECT step, name, `value` FROM time_series_rows");

        // Then
        assertThat(rows)
                .map(row -> Inputs.row(row.getFieldAs(0), row.getFieldAs(1), row.getFieldAs(2)))
                .containsExactlyInAnyOrderElementsOf(wanted);
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
            assertThat(sql.plan("SELECT * FROM " + table))
                    .as(table)
                    .contains("TableSourceScan")
                    .as("watermarks of each partition")
                    .doesNotContain(" WatermarkAssigner(");
        }
    }
}
