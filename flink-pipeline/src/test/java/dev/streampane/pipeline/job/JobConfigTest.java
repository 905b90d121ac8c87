// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.wordcount.ChangelogTargets;
import dev.streampane.pipeline.wordcount.WordCountOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of the options that a user can get wrong is a named case. */
class JobConfigTest {

    private static final String WEATHER = "weather-average";
    private static final String INDEX = "index-results";

    @ParameterizedTest
    @CsvSource({
        "datagen, Datagen[]",
        "kafka:texts, Topic[name=texts]",
        "file:/data/a:b.txt, 'Files[path=file:/data/a:b.txt, directory=false]'",
        "dir:s3://bucket/texts, 'Files[path=s3://bucket/texts, directory=true]'",
        "socket:[::1]:9999, 'Socket[host=::1, port=9999]'"
    })
    void shouldReadWhereTextComesFrom(String text, String source) {
        assertThat(of("word-count", Map.of(), "--source=" + text).get(WordCountOptions.SOURCE))
                .hasToString(source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MeterEnergy",
                "meter_energy",
                "meter-",
                "meter--energy",
                "meter/energy",
                "zähler",
                "weather-average-north",
                ""
            })
    void shouldRefuseNamesThatOthersCannotTake(String job) {
        assertThatThrownBy(() -> JobConfig.of(job))
                .isInstanceOf(BadOptionException.class)
                .hasMessage(
                        "a job's name '%s' is not allowed; allowed are at most 100 lower-case letters and digits, with single - between, such as meter-energy, that do not begin with weather-average- or transaction-total-",
                        job);
    }

    @Test
    void shouldReadSeveralOutputs() {
        ChangelogTargets targets = of("word-count", Map.of(), "--output=console,/data/counts,topic")
                .get(WordCountOptions.OUTPUT);

        assertThat(targets.topic()).isTrue();
        assertThat(targets.console()).isTrue();
        assertThat(targets.directory()).map(Object::toString).contains("file:/data/counts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", " ", "a\n", "\u0007", "\u3000"})
    void shouldRefuseBeginningsThatNoWordHas(String text) {
        assertThatThrownBy(() -> of("word-count", Map.of(), "--starts-with=" + text))
                .hasMessageContaining("is not allowed; allowed is a text of up to 256 bytes");
    }

    @Test
    void shouldTakeEveryDefaultInEveryJobThatHasIt() {
        for (Job job : JobCatalog.jobs()) {
            Map<String, String> defaults = new LinkedHashMap<>();
            for (JobOption<?> option : job.options()) {
                assertThat(option.parse(option.fallback())).isNotNull();
                defaults.put(option.name(), option.fallback());
            }
            assertThat(of(job.name(), Map.of()).settings()).containsExactlyEntriesOf(defaults);
        }
    }

    @Test
    void shouldReadValuesOfEveryType() {
        JobConfig config = config(
                "--windows=tumbling(10s); all:tumbling(1h,offset=15m)",
                "--out-of-orderness",
                "PT1.5S",
                "--idle-after=30s",
                "--zone=Europe/Berlin",
                "--parallelism",
                "4",
                "--state-dir=/var/lib/stream pane/zustände");

        assertThat(config.get(JobOption.WINDOWS))
                .extracting(WindowSpec::canonical)
                .containsExactly("tumbling(10s)", "all:tumbling(1h,offset=15m)");
        assertThat(config.get(JobOption.OUT_OF_ORDERNESS)).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.get(JobOption.IDLE_AFTER)).contains(Duration.ofSeconds(30));
        assertThat(config.get(JobOption.ZONE)).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(config.get(JobOption.PARALLELISM)).isEqualTo(4);
        assertThat(config.get(JobOption.STATE_DIR))
                .map(Object::toString)
                .contains("file:/var/lib/stream pane/zustände");
    }

    @ParameterizedTest
    @CsvSource({"0ms,0", "1ms,1", "5s,5000", "2m,120000", "3h,10800000", "30d,2592000000", "PT0S,0"})
    void shouldReadDurations(String text, long millis) {
        assertThat(config("--skew", text).get(JobOption.SKEW)).hasMillis(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:1", "kafka-1.example:9092,kafka_2:65535", "[::1]:9092", "10.0.0.1:9092"})
    void shouldTakeBrokers(String text) {
        assertThat(config("--bootstrap-servers", text).get(JobOption.BOOTSTRAP_SERVERS))
                .isEqualTo(text);
    }

    @Test
    void shouldRefuseTopicsThatCannotExist() {
        assertThatThrownBy(() -> config("--input-topic=a\nb"))
                .hasMessageContaining("is not allowed; allowed is a topic name");
        assertThatThrownBy(() -> config("--audit-topic", "a".repeat(250)))
                .hasMessageContaining("is not allowed; allowed is a topic name")
                .hasMessageContaining("(250 characters)");
        assertThat(config("--audit-topic", "a".repeat(249)).get(JobOption.AUDIT_TOPIC))
                .hasSize(249);
    }

    @Test
    void shouldPassPreviewsAndTimeToLiveOn() {
        // When
        JobConfig config = config("--preview=1s", "--state-ttl=2d");

        // Then
        assertThat(config.intake().preview()).hasSeconds(1);
        assertThat(config.intake().stateTtl()).hasDays(2);
        assertThat(config().intake().preview()).isZero();
        assertThat(config().intake().stateTtl()).isZero();
    }

    @Test
    void shouldRefuseCredentialsInAnAddressAndNotShowThem() {
        assertThatThrownBy(() -> of(INDEX, Map.of(), "--elasticsearch-url=http://me:geheim@es:9200"))
                .hasMessageContaining("'http://***@es:9200' is not allowed")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void shouldTakeArgumentsForAnyJobThatHasThem() {
        // When
        JobConfig index = of(INDEX, Map.of(), "--any.windows=tumbling(10s)", "--any.bulk-actions", "5");

        // Then
        assertThat(index.settings()).doesNotContainKey("windows").containsEntry("bulk-actions", "5");
        assertThat(config("--any.kafka.linger.ms=3").settings()).containsEntry("kafka.linger.ms", "3");
        assertThatThrownBy(() -> config("--any.window=tumbling(1m)"))
                .hasMessageStartingWith("--window is no option of weather-average;");
        assertThatThrownBy(() -> config("--skew=1s", "--any.skew=2s")).hasMessageContaining("given twice");
        assertThatThrownBy(() -> config("--any.skew")).hasMessageStartingWith("--skew: the value is missing");
    }

    @Test
    void shouldShowVeryLongValueCutAndWithoutControlCharacters() {
        assertThatThrownBy(() -> config("--zone=" + "x".repeat(10_000)))
                .message()
                .hasSizeLessThan(400)
                .contains("(10000 characters)");
        assertThatThrownBy(() -> config("--zone=a\nb\u001b[31m"))
                .hasMessageStartingWith("--zone: 'a?b?[31m' is not allowed");
    }

    @Test
    void shouldPreferArgumentsToEnvironmentToFileToDefault(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("my jobs ü.properties");
        Files.writeString(
                file, "zone=Europe/Berlin\nskew = 3m \nparallelism=8\nbulk-actions=5\n# why\n", StandardCharsets.UTF_8);

        JobConfig config = of(
                WEATHER,
                Map.of(
                        "STREAMPANE_SKEW",
                        "2m",
                        "STREAMPANE_PARALLELISM",
                        "6",
                        "STREAMPANE_FLUSH_INTERVAL",
                        "1s",
                        "STREAMPANE_HOME",
                        "/opt",
                        "PATH",
                        "/bin"),
                "--config",
                file.toString(),
                "--parallelism",
                "4");

        assertThat(config.get(JobOption.ZONE)).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(config.get(JobOption.SKEW)).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.get(JobOption.PARALLELISM)).isEqualTo(4);
        assertThat(config.get(JobOption.GENERATION)).isEqualTo(1);
    }

    @Test
    void shouldTakeFileFromEnvironment(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("p"), "generation=7");

        JobConfig config = of(WEATHER, Map.of("STREAMPANE_CONFIG", file.toString()));

        assertThat(config.get(JobOption.GENERATION)).isEqualTo(7);
    }

    @Test
    void shouldRefuseFilesThatSayNoOptions(@TempDir Path directory) throws IOException {
        Path unknown = Files.writeString(directory.resolve("unknown"), "windws=tumbling(1m)");
        Path twice = Files.writeString(directory.resolve("twice"), "zone=UTC\nzone=UTC\n");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0});
        Path escape = Files.writeString(directory.resolve("escape"), "zone=\\u12");
        Path bad = Files.writeString(directory.resolve("bad"), "skew=never");

        assertThatThrownBy(() -> config("--config=" + unknown))
                .hasMessageStartingWith("'windws' in " + unknown + " is no option of the jobs;");
        assertThatThrownBy(() -> config("--config=" + twice))
                .hasMessage("--config: '" + twice + "' holds 'zone' twice; allowed is once");
        for (Path file : List.of(directory, directory.resolve("missing"), binary, escape)) {
            assertThatThrownBy(() -> config("--config=" + file))
                    .hasMessageStartingWith("--config: '" + file + "' cannot be read (");
        }
        assertThatThrownBy(() -> config("--config=" + bad)).hasMessageStartingWith("--skew: 'never' is not allowed;");
    }

    @Test
    void shouldRefuseBadValuesFromTheEnvironment() {
        assertThatThrownBy(() -> of(WEATHER, Map.of("STREAMPANE_GENERATION", "0")))
                .hasMessageStartingWith("--generation: '0' is not allowed;");
    }

    @Test
    void shouldPassKafkaPropertiesThroughAndHideSecrets() {
        JobConfig config = of(
                WEATHER,
                Map.of(
                        "STREAMPANE_KAFKA_SECURITY_PROTOCOL",
                        "SSL",
                        "STREAMPANE_KAFKA_SSL_TRUSTSTORE_PASSWORD",
                        "geheim"),
                "--kafka.compression.type",
                "zstd");

        assertThat(config.kafka())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.truststore.password", "geheim")
                .containsEntry("compression.type", "zstd")
                .containsEntry("bootstrap.servers", "127.0.0.1:9092");
        assertThat(config.settings())
                .containsEntry("kafka.security.protocol", "SSL")
                .containsEntry("kafka.compression.type", "zstd")
                .doesNotContainKey("kafka.ssl.truststore.password");
        assertThat(config.settings().toString()).doesNotContain("geheim");
    }

    @Test
    void shouldTakeASecretAmongTheArgumentsOnlyAsAReference() {
        assertThatThrownBy(() -> config("--kafka.sasl.jaas.config=x password=\"geheim\";"))
                .hasMessageStartingWith("--kafka.sasl.jaas.config: a secret is not allowed among the arguments")
                .hasMessageContaining("STREAMPANE_KAFKA_SASL_JAAS_CONFIG")
                .hasMessageNotContaining("geheim");

        JobConfig config = config(
                "--kafka.config.providers=file",
                "--kafka.config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider",
                "--kafka.sasl.jaas.config=${file:/run/secrets/user:sasl.jaas.config}");

        assertThat(config.kafka())
                .containsEntry("sasl.jaas.config", "${file:/run/secrets/user:sasl.jaas.config}")
                .containsEntry(
                        "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
    }

    @Test
    void shouldTakeForSecretsWhatKafkasClientsDo() {
        Set<String> notSecret = Set.of("ssl.keystore.certificate.chain", "ssl.truststore.certificates");
        for (ConfigDef client :
                List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef())) {
            assertThat(client.configKeys().values()).allSatisfy(key -> assertThat(KafkaProperties.isSecret(key.name))
                    .as(key.name)
                    .isEqualTo(key.type == ConfigDef.Type.PASSWORD && !notSecret.contains(key.name)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "th-TH-u-ca-buddhist"})
    void shouldReadTheSameInEveryLocaleAndZone(String tag) {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));

            JobConfig config = of(WEATHER, Map.of("STREAMPANE_IDLE_AFTER", "30s"), "--windows=tumbling(1m)");

            assertThat(config.get(JobOption.IDLE_AFTER)).isEqualTo(Optional.of(Duration.ofSeconds(30)));
            assertThat(config.get(JobOption.ZONE)).isEqualTo(ZoneId.of("UTC"));
            assertRefused(
                    () -> config("--generation=0"),
                    "--generation: '0' is not allowed; allowed is a whole number from 1 to 268435455");
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void shouldGiveIntakeItsSettings() {
        var intake =
                config("--generation=3", "--start-from=latest", "--skew=1m").intake();

        assertThat(intake.job()).isEqualTo(WEATHER);
        assertThat(intake.generation()).isEqualTo(3);
        assertThat(intake.jobVersion()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
        assertThat(intake.skew()).isEqualTo(Duration.ofMinutes(1));
        assertThat(intake.idleAfter()).isZero();
        assertThat(intake.fromEarliest()).isFalse();
    }

    /** A job, an option, the beginning of what is allowed, and values that are not; ␣ is a space, ∅ none at all. */
    private static final String VALUES = """
            weather-average | allowed-lateness | a duration from 0ms to 30d | -1s | 1␣m | PT | ∅ | ␣ | 1 | s | 1S | 1.5s | 1e3ms | 1_000ms | 31d | ٥s \
            | P1Y | PT-1S | PT0.0001S | 999999999999999d | 9999999999999999ms | 0x5s | ∞
            weather-average | bootstrap-servers | host:port | ∅ | localhost | localhost: | :9092 | http://localhost:9092 | localhost:0 | localhost:-1 \
            | localhost:65536 | a:9092, | a:9092,,b:9092 | a:9092,␣b:9092 | a␣b:9092 | a:٩٠٩٢
            weather-average | parallelism | a whole number from 1 to 32768 | 0 | -1 | 32769 | 2147483648 | two | 1e3 | 1_0 | 1;2 | ∅ | +1 | १
            weather-average | zone | a time zone such as UTC or Europe/Berlin | Mars/Olympus | +25:00 | ∅ | utc+99 | Europe␣Berlin
            weather-average | state-dir | off or | state | ./state | ../x | ∅ | ~/state | C:\\state
            weather-average | start-from | earliest or latest | Earliest | 0 | ∅ | newest
            weather-average | input-topic | a topic name | ∅ | . | .. | a␣b | a/b | ä | a,b
            index-results | elasticsearch-url | http://host:port | 127.0.0.1:9200 | ftp://a:9200 | http:// | http://a:99999 | http://a:9200/?x=1 \
            | http://a:9200, | http://a:9200/one,http://b:9200/two | ∅
            word-count | source | datagen, kafka:TOPIC | ∅ | Datagen | datagen: | kafka: | kafka:a/b | file: | file:relative | dir:./x \
            | socket:localhost | socket:localhost:0 | socket::9999 | http://x
            word-count | output | topic, console | ∅ | topic,topic | console, | stdout | /a,/b | topic,␣console
            time-series-speed | integer-names | a regular expression such as .*-ni-.*, 1 to 256 characters | ∅ | ( | a{2,1} | [a- | *
            """;

    static Stream<Arguments> values() {
        return VALUES.lines().map(line -> line.split(" \\| ")).flatMap(row -> Stream.of(row)
                .skip(3)
                .map(value -> Arguments.of(
                        row[0], row[1], row[2], value.replace('␣', ' ').replace("∅", ""))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRefuseValuesThatAreNone(String job, String option, String allowed, String value) {
        assertThatThrownBy(() -> of(job, Map.of(), "--" + option + "=" + value))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--%s: '%s' is not allowed; ", option, value)
                .hasMessageContaining("allowed is " + allowed);
    }

    /** Arguments, and what is said of them; where that ends with …, it goes on. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            weather-average --mode=batch --preview=1s | --preview: '1s' is not allowed; allowed is off with --mode batch
            weather-average --parallelism=8 --max-parallelism=4 | --parallelism: '8' is not allowed; allowed is at most --max-parallelism, which is 4
            weather-average --mode=batch --windows=tumbling(1m);global(count=100) | --mode: 'batch' is not allowed; allowed is streaming with tumbling(1m);global(count=100): what a global window holds depends on the order of arrival
            weather-average --windows=tumbling(1m);session(5x) | --windows: 'tumbling(1m);session(5x)' is not allowed: at character 22 is '5x'; allowed is a whole number with ms, s, m, h or d, from 1ms to 366d, such as 30s
            weather-average --checkpoint-interval=1ms | --checkpoint-interval: '1ms' is not allowed; allowed is on-output or a duration from 100ms to 1h
            index-results --checkpoint-interval=on-output | --checkpoint-interval: 'on-output' is not allowed; allowed is a duration, for this job has no output to wait for
            time-series-archive --checkpoint-interval=on-output | --checkpoint-interval: 'on-output' is not allowed; allowed is a duration, for this job has no output to wait for
            weather-average --checkpoint-interval=1m --transaction-timeout=1m | --transaction-timeout: '1m' is not allowed; allowed is more than --checkpoint-interval… 90000ms
            weather-average --commit-pause=1m --transaction-timeout=1m | --transaction-timeout: '1m' is not allowed; allowed is more than --checkpoint-interval, or a longer --commit-pause,… 90000ms
            index-results --start-from=latest | --start-from: 'latest' is not allowed; allowed is earliest, as positions stand for all records below them
            index-results --input-topic=all --alerts-topic=all | --alerts-topic: 'all' is not allowed; allowed is a topic other than that of --input-topic
            index-results --input-topic=lines --index-audit-topic=lines | --index-audit-topic: 'lines' is not allowed; allowed is off or a topic other than those of --input-topic and --alerts-topic
            index-results --alerts-topic=lines --index-audit-topic=lines | --index-audit-topic: 'lines' is not allowed; allowed is off or a topic other than those of --input-topic and --alerts-topic
            word-count --watch-interval=1s | --watch-interval: '1s' is not allowed; allowed is off with a --source other than file: and dir:
            word-count --source=kafka:texts --watch-interval=1s | --watch-interval: '1s' is not allowed; allowed is off with a --source other than file: and dir:
            word-count --source=dir:/data --output=topic,/data/counts | --output: 'topic,/data/counts' is not allowed; allowed is a DIR that does not lie in --source, where its rows would be text again
            word-count --source=dir:s3://bucket --output=s3://bucket/counts | --output: 's3://bucket/counts' is not allowed; allowed is a DIR that does not lie in --source, where its rows would be text again
            word-count --source=dir:/ --output=/data | --output: '/data' is not allowed; allowed is a DIR that does not lie in --source, where its rows would be text again
            word-count --source=dir:file:///data/ --output=/data | --output: '/data' is not allowed; allowed is a DIR that does not lie in --source, where its rows would be text again
            word-count --source=dir:/data --words-per-second=6 | --words-per-second: '6' is not allowed; allowed is 5, the default, with a --source other than datagen
            fraud-detection --small-amount=500 --large-amount=500.00 | --small-amount: '500' is not allowed; allowed is less than --large-amount, which is 500
            fraud-detection --large-amount=0.5 | --small-amount: '1' is not allowed; allowed is less than --large-amount, which is 0.5
            weather-average --window tumbling(1m) | --window is no option of weather-average; allowed are … windows
            weather-average --bulk-actions 5 | --bulk-actions is no option of weather-average;…
            index-results --windows tumbling(1m) | --windows is no option of index-results;…
            weather-average ∅ | '' is not allowed here; allowed are options as --name value or --name=value
            weather-average windows | 'windows' is not allowed here; allowed are options as --name value or --name=value
            weather-average -w | '-w' is not allowed here; allowed are options as --name value or --name=value
            weather-average -- | '--' is not allowed here; allowed are options as --name value or --name=value
            weather-average - | '-' is not allowed here; allowed are options as --name value or --name=value
            weather-average * | '*' is not allowed here; allowed are options as --name value or --name=value
            weather-average --generation | --generation: the value is missing; allowed is a whole number from 1 to 268435455
            weather-average --generation --parallelism 2 | --generation: the value is missing; allowed is a whole number from 1 to 268435455
            weather-average --zone=UTC --zone UTC | --zone: given twice; allowed is once
            weather-average --kafka.compresion.type=zstd | --kafka.compresion.type: no Kafka client has this property;…
            weather-average --kafka.compression.type=rar | --kafka.compression.type: 'rar' is not allowed;…
            weather-average --kafka.partition.discovery.interval.ms=10s | --kafka.partition.discovery.interval.ms: '10s' is not allowed; allowed is a long
            weather-average --kafka.linger.ms=soon | --kafka.linger.ms: 'soon' is not allowed; allowed is a long…
            weather-average --kafka.max.block.ms=120001 | --kafka.max.block.ms: '120001' is not allowed; allowed is at most 120000, for Flink ends a TaskManager of which a task takes 3 minutes to end
            weather-average --kafka.delivery.timeout.ms=30000 | --kafka.delivery.timeout.ms: '30000' is not allowed; allowed is at least 30005, which is linger.ms and request.timeout.ms together
            weather-average --kafka.retries=0 | --kafka.retries: '0' is not allowed; allowed is at least 1, for the job's producers are idempotent
            index-results --kafka.retries=0 | --kafka.retries: '0' is not allowed; allowed is at least 1, for the job's producers are idempotent
            weather-average --kafka.max.in.flight.requests.per.connection=6 | --kafka.max.in.flight.requests.per.connection: '6' is not allowed; allowed is at most 5, for the job's producers are idempotent
            weather-average --kafka.max.request.size=1048576 | --kafka.max.request.size: '1048576' is not allowed; allowed is at least 2162688, for inputs that are passed on
            weather-average --kafka.buffer.memory=1048576 | --kafka.buffer.memory: '1048576' is not allowed; allowed is at least 2162688, for inputs that are passed on
            """)
    void shouldSayWhatIsNotAllowed(String arguments, String message) {
        String[] said = message.split("…", -1);
        assertThatThrownBy(() -> parse(arguments))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith(said[0])
                .hasMessageContaining(said.length == 1 ? said[0] : said[1].strip())
                .message()
                .satisfies(line -> assertThat(said.length > 1 || line.equals(message))
                        .as(line)
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weather-average --mode=batch --windows=session(1m)",
                "word-count --source=dir:/data --watch-interval=1s --words-per-second=5",
                "word-count --source=dir:/data --output=/data-counts",
                "word-count --source=dir:/data --output=/data/_counts/of/words",
                "word-count --words-per-second=6",
                "fraud-detection --small-amount=499.9999",
                "weather-average --commit-pause=1m --transaction-timeout=1m --checkpoint-interval=5s",
                "weather-average --kafka.delivery.timeout.ms=20000 --kafka.request.timeout.ms=15000 --kafka.linger.ms=5000",
                "weather-average --kafka.request.timeout.ms=200000 --kafka.max.block.ms=120000",
                "weather-average --kafka.retries=1 --kafka.max.in.flight.requests.per.connection=5",
                "index-results --kafka.delivery.timeout.ms=30000",
                "index-results --kafka.max.request.size=1048576",
                "index-results --kafka.buffer.memory=1048576",
                "word-count --source=kafka:word-counts --output=console"
            })
    void shouldTakeWhatFitsTogether(String arguments) {
        assertThatCode(() -> parse(arguments)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "weather-average, input-topic=, late-topic dead-letters-topic audit-topic",
        "fraud-detection, input-topic=, dead-letters-topic",
        "index-results, input-topic=, dead-letters-topic",
        "index-results, alerts-topic=, dead-letters-topic",
        "index-results, index-audit-topic=, dead-letters-topic",
        "word-count, source=kafka:, dead-letters-topic audit-topic word-counts-topic"
    })
    void shouldRefuseToReadWhatTheJobItselfSaysOfWhatItReads(String job, String read, String written) {
        assertThat(written.split(" "))
                .allSatisfy(topic -> assertRefused(
                        () -> parse("%s --%ssaid --%s=said".formatted(job, read, topic)),
                        "--%s: 'said' is not allowed; allowed is a topic other than that of --%s, or the job would read its own output in a loop"
                                .formatted(read.replaceAll("=.*", ""), topic)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transaction.timeout.ms transaction.two.phase.commit.enable transactional.id isolation.level enable.idempotence acks",
                "bootstrap.servers auto.offset.reset enable.auto.commit partitioner.class partitioner.ignore.keys"
            })
    void shouldRefuseKafkaPropertiesThatThePromisesRestOn(String properties) {
        assertThat(properties.split(" "))
                .allSatisfy(property -> assertThatThrownBy(() -> config("--kafka." + property + "=1"))
                        .hasMessageStartingWith("--kafka." + property + ": is set by the job; allowed is "));
    }

    /** A job and its arguments, between spaces; ∅ is an empty one. */
    private static JobConfig parse(String line) {
        List<String> words = List.of(line.replace("∅", "").split(" ", -1));
        return JobConfig.of(words.get(0), words.subList(1, words.size()), Map.of());
    }

    private static JobConfig config(String... args) {
        return of(WEATHER, Map.of(), args);
    }

    private static JobConfig of(String job, Map<String, String> environment, String... args) {
        return JobConfig.of(job, Arrays.asList(args), environment);
    }

    private static void assertRefused(ThrowingCallable start, String line) {
        assertThatThrownBy(start).isInstanceOf(BadOptionException.class).hasMessage(line);
    }
}
