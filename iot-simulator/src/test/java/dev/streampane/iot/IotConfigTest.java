// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.iot.tags.TagSettings;
import dev.streampane.iot.tags.TagSettings.Names;
import dev.streampane.iot.tags.TagSettings.Numbers;
import dev.streampane.local.server.Checkout;
import dev.streampane.simulation.Allowed;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.Malformation;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IotConfigTest {

    @Test
    void shouldKeepDocumentedDefaults() {
        IotConfig config = TestConfig.of(Map.of());

        assertThat(config.topic()).isEqualTo("device-readings");
        assertThat(config.format()).isEqualTo(ReadingFormat.JSON);
        assertThat(config.zone()).isEqualTo("UTC");
        assertThat(config.seed()).isEqualTo(1);
        assertThat(config.start()).isEmpty();
        assertThat(config.limit()).isZero();
        assertThat(config.rate()).isZero();
        assertThat(config.heartbeats()).isTrue();
        assertThat(config.journal()).isEmpty();
        assertThat(config.buffer().asLongValue()).isEqualTo(8 * 1024 * 1024);
        assertThat(config.acknowledgementTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.devices().count()).isEqualTo(3);
        assertThat(config.devices().prefix()).isEqualTo("device");
        assertThat(config.devices().period())
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10));
        assertThat(config.devices().temperature().min()).containsExactly(BigDecimal.ZERO);
        assertThat(config.devices().temperature().max()).containsExactly(BigDecimal.valueOf(35));
        assertThat(config.devices().temperature().start()).isEmpty();
        assertThat(config.devices().humidity().min()).containsExactly(BigDecimal.valueOf(40));
        assertThat(config.devices().humidity().max()).containsExactly(BigDecimal.valueOf(90));
        assertThat(config.devices().humidity().start()).isEmpty();
        assertThat(config.tags().enabled()).isTrue();
        assertThat(config.tags().topic()).isEqualTo("time-series");
        assertThat(config.tags().rate()).isEqualTo(10);
        assertThat(TagConfig.settings(config.tags(), config.seed()))
                .isEqualTo(new TagSettings(
                        new Numbers(new Names("pu136mod-ni-", 1, 10), BigDecimal.ZERO, new BigDecimal(100)),
                        new Numbers(new Names("pu136mod-nd-", 11, 10), BigDecimal.ZERO, new BigDecimal(100)),
                        new Names("pu136mod-ns-", 21, 10),
                        List.of("running", "stopped", "warming up", "fault \"E7\""),
                        10,
                        0.02,
                        Duration.ofMinutes(15),
                        1));
        assertThat(FaultSettings.of(config.faults()))
                .isEqualTo(new FaultSettings(
                        new FaultSettings.Shift(0, Duration.ofMinutes(3)),
                        new FaultSettings.Shift(0, Duration.ofSeconds(3)),
                        new FaultSettings.Copies(0, 2),
                        new FaultSettings.Malformed(0, List.of(Malformation.values())),
                        new FaultSettings.Shift(0, Duration.ofHours(1)),
                        new FaultSettings.Shift(0, Duration.ofSeconds(30))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "iot.topic | ``",
                "iot.topic | ..",
                "iot.topic | a topic",
                "iot.topic | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaa",
                "iot.format | xml",
                "iot.zone | Mars/Olympus",
                "iot.zone | +25:00",
                "iot.seed | many",
                "iot.seed | 9223372036854775808",
                "iot.start | yesterday",
                "iot.start | 2026-11-20 06:00:00",
                "iot.start | 1969-12-31T23:59:59Z",
                "iot.start | +12026-11-20T06:00:00Z",
                "iot.limit | -1",
                "iot.rate | -1",
                "iot.rate | 1000001",
                "iot.rate | 1e3",
                "iot.rate | 1_000",
                "iot.buffer | 0",
                "iot.buffer | 49M",
                "iot.buffer | lots",
                "iot.acknowledgement-timeout | 1 m",
                "iot.acknowledgement-timeout | PT",
                "iot.acknowledgement-timeout | 0s",
                "iot.acknowledgement-timeout | -1s",
                "iot.acknowledgement-timeout | 11m",
                "iot.devices.count | 0",
                "iot.devices.count | 3.5",
                "iot.devices.period | 0s",
                "iot.devices.period | 2s,-1s",
                "iot.devices.period | 25h",
                "iot.devices.temperature.min | 36",
                "iot.devices.temperature.max | -1",
                "iot.devices.temperature.min | 0.001",
                "iot.devices.temperature.max | 1e9",
                "iot.devices.temperature.max | NaN",
                "iot.devices.temperature.start | 35.01",
                "iot.devices.humidity.min | 0x28",
                "iot.devices.humidity.start | 39.99",
                "iot.faults.late.probability | 1.1",
                "iot.faults.late.probability | -0.1",
                "iot.faults.late.probability | NaN",
                "iot.faults.late.by | 0s",
                "iot.faults.out-of-order.by | 31d",
                "iot.faults.duplicated.copies | 1",
                "iot.faults.malformed.kinds | odd",
                "iot.faults.future.by | 0s",
                "iot.faults.silent.by | forever",
                "iot.journal | /nowhere/at/all",
                "iot.tags.topic | a topic",
                "iot.tags.topic | device-readings",
                "iot.tags.rate | 0",
                "iot.tags.rate | 100001",
                "iot.tags.rows-per-message | 0",
                "iot.tags.rows-per-message | 10001",
                "iot.tags.seed | many",
                "iot.tags.old.probability | 1.1",
                "iot.tags.old.by | 0s",
                "iot.tags.integers.min | 0.5",
                "iot.tags.integers.min | 101",
                "iot.tags.integers.max | 1000001",
                "iot.tags.doubles.min | 0.0001",
                "iot.tags.doubles.max | -1",
                "iot.tags.doubles.max | NaN",
                "iot.tags.doubles.count | 0",
                "iot.tags.doubles.first | -1",
                "iot.tags.strings.prefix | ``",
                "iot.tags.strings.count | 10001",
                "kafka.bootstrap.servers | ``",
                "kafka.bootstrap.servers | localhost",
                "kafka.bootstrap.servers | http://localhost:9092",
                "kafka.bootstrap.servers | localhost:0",
                "kafka.bootstrap.servers | localhost:65536",
                "kafka.bootstrap.servers | localhost:9092,",
                "quarkus.http.port | 65536",
                "quarkus.http.port | -1",
                "quarkus.http.port | http",
            })
    void shouldRefuseWithKeyValueAndWhatIsAllowed(String key, String value) {
        assertThat(problems(Map.of(key, value)))
                .singleElement()
                .asString()
                .startsWith(key + ": '" + value + "' is not allowed; allowed is ")
                .doesNotContain("is null", "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iot.topic | weather_data",
                "iot.format | LEGACY",
                "iot.zone | Europe/Berlin",
                "iot.start | 1970-01-01T00:00:00Z",
                "iot.rate | 1000000",
                "iot.buffer | 64K",
                "iot.devices.prefix | garden 'é€😀' /\"",
                "iot.devices.temperature.min | -40,0,10.5",
                "iot.devices.temperature.start | 0,35,17.25",
                "iot.faults.future.by | -PT1H",
                "iot.tags.enabled | false",
                "iot.tags.integers.min | -1000000",
                "iot.tags.doubles.min | -0.125",
                "iot.tags.strings.texts | on\\\\, warm,off",
                "iot.tags.strings.prefix | Füllstand-ns-",
                "iot.faults.malformed.kinds | NOT_JSON,too-big",
                "kafka.bootstrap.servers | broker-1:9092, 127.0.0.1:9093,[::1]:9094",
                "quarkus.http.port | 0",
            })
    void shouldTakeWhatIsAllowed(String key, String value) {
        assertThat(problems(Map.of(key, value))).isEmpty();
    }

    @Test
    void shouldRefuseAKeyThatThereIsNot() {
        assertThat(problems(Map.of("iot.raet", "5")))
                .singleElement()
                .asString()
                .startsWith("iot.raet: there is no such setting; there are iot.acknowledgement-timeout,");
    }

    @Test
    void shouldNameEverythingThatIsWrong() {
        assertThat(problems(Map.of("iot.rate", "-1", "iot.limit", "-1", "iot.topic", "a b")))
                .hasSize(3);
    }

    @Test
    void shouldRefuseAJournalThatIsAFolderAndTakeOneThatIsAFile(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("a file – é"));

        assertThat(problems(Map.of("iot.journal", folder.toString()))).hasSize(1);
        assertThat(problems(Map.of("iot.journal", file.toString()))).isEmpty();
        assertThat(problems(Map.of("iot.journal", folder.resolve("new").toString())))
                .isEmpty();
    }

    @Test
    void shouldBeTheTableOfTheReadme() throws Exception {
        // Given
        List<String> rows = new ArrayList<>();

        // When
        new IotConfigCheck().methodsByKey().forEach((key, method) -> {
            WithDefault set = method.getAnnotation(WithDefault.class);
            String value = set == null ? "-" : "`" + set.value() + "`";
            String allowed = method.getAnnotation(Allowed.class).value();
            rows.add("| `" + key + "` | " + value + " | " + allowed + " | ");
        });

        // Then
        List<String> table = Files.readAllLines(Checkout.root().resolve("iot-simulator/README.md")).stream()
                .filter(line -> line.startsWith("| `iot."))
                .sorted()
                .toList();
        assertThat(table).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(table.get(i)).startsWith(rows.get(i));
        }
    }

    private static List<String> problems(Map<String, String> settings) {
        return new IotConfigCheck().problems(() -> TestConfig.builder(settings));
    }
}
