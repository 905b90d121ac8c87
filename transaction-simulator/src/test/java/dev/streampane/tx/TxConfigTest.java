// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import dev.streampane.simulation.Allowed;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.Malformation;
import io.smallrye.config.WithDefault;
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

class TxConfigTest {

    @Test
    void shouldKeepDocumentedDefaults() {
        TxConfig config = TestConfig.of(Map.of());

        assertThat(config.topic()).isEqualTo("transactions");
        assertThat(config.format()).isEqualTo(TransactionFormat.JSON);
        assertThat(config.zone()).isEqualTo("UTC");
        assertThat(config.seed()).isEqualTo(1);
        assertThat(config.start()).isEmpty();
        assertThat(config.limit()).isZero();
        assertThat(config.rate()).isZero();
        assertThat(config.heartbeats()).isTrue();
        assertThat(config.journal()).isEmpty();
        assertThat(config.buffer().asLongValue()).isEqualTo(8 * 1024 * 1024);
        assertThat(config.acknowledgementTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.clients().count()).isEqualTo(4);
        assertThat(config.clients().first()).isEqualTo(1);
        assertThat(config.clients().skew()).isZero();
        assertThat(config.amounts().distribution()).isEqualTo(SpendingPattern.Distribution.UNIFORM);
        assertThat(config.amounts().min()).isEqualTo("1");
        assertThat(config.amounts().max()).isEqualTo("200");
        assertThat(config.amounts().step()).isEqualTo("1");
        assertThat(config.amounts().typical()).isEqualTo("40");
        assertThat(config.amounts().spread()).isEqualTo(0.8);
        assertThat(config.merchants()).hasSize(10).startsWith("Bakery").endsWith("Hotel");
        assertThat(config.locations().latitude()).isEqualTo("52.52");
        assertThat(config.locations().longitude()).isEqualTo("13.405");
        assertThat(config.locations().radiusKm()).isEqualTo(25);
        assertThat(config.locations().speedKmh()).isEqualTo(100);
        assertThat(config.scenarios().rate()).isEqualTo(1);
        assertThat(config.scenarios().smallAmount()).isEqualTo("1");
        assertThat(config.scenarios().largeAmount()).isEqualTo("500");
        assertThat(config.scenarios().smallLargeWindow()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.scenarios().burstCount()).isEqualTo(10);
        assertThat(config.scenarios().burstWindow()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.scenarios().meanFactor()).isEqualTo("10");
        assertThat(config.scenarios().meanMinCount()).isEqualTo(10);
        assertThat(config.scenarios().highValue()).isEqualTo("250");
        assertThat(config.scenarios().maxSpeedKmh()).isEqualTo(900);
        assertThat(config.scenarios().travelWindow()).isEqualTo(Duration.ofHours(1));
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
                "tx.topic | ``",
                "tx.topic | ..",
                "tx.topic | a topic",
                "tx.topic | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaa",
                "tx.format | xml",
                "tx.zone | Mars/Olympus",
                "tx.zone | +25:00",
                "tx.seed | many",
                "tx.seed | 9223372036854775808",
                "tx.start | yesterday",
                "tx.start | 2026-11-20 06:00:00",
                "tx.start | 1969-12-31T23:59:59Z",
                "tx.start | +12026-11-20T06:00:00Z",
                "tx.limit | -1",
                "tx.rate | -1",
                "tx.rate | 1000001",
                "tx.rate | 1e3",
                "tx.rate | 1_000",
                "tx.buffer | 0",
                "tx.buffer | 49M",
                "tx.buffer | lots",
                "tx.acknowledgement-timeout | 1 m",
                "tx.acknowledgement-timeout | PT",
                "tx.acknowledgement-timeout | 0s",
                "tx.acknowledgement-timeout | -1s",
                "tx.acknowledgement-timeout | 11m",
                "tx.clients.count | 0",
                "tx.clients.count | 3.5",
                "tx.clients.first | -1",
                "tx.clients.skew | 6",
                "tx.clients.skew | NaN",
                "tx.period | 0s",
                "tx.period | 25h",
                "tx.amounts.distribution | pareto",
                "tx.amounts.min | 201",
                "tx.amounts.max | 0",
                "tx.amounts.min | 0.001",
                "tx.amounts.max | 1e9",
                "tx.amounts.step | 0",
                "tx.amounts.typical | -1",
                "tx.amounts.spread | 0",
                "tx.locations.latitude | 91",
                "tx.locations.longitude | east",
                "tx.locations.radius-km | 101",
                "tx.locations.speed-kmh | -1",
                "tx.scenarios.rate | -1",
                "tx.scenarios.rate | 60001",
                "tx.scenarios.small-amount | 0",
                "tx.scenarios.large-amount | 0.001",
                "tx.scenarios.small-large-window | 999ms",
                "tx.scenarios.burst-count | 0",
                "tx.scenarios.burst-window | 25h",
                "tx.scenarios.mean-factor | 0.99",
                "tx.scenarios.mean-factor | 1.001",
                "tx.scenarios.mean-min-count | 1001",
                "tx.scenarios.high-value | 1e9",
                "tx.scenarios.max-speed-kmh | 0",
                "tx.scenarios.travel-window | 59s",
                "tx.faults.late.probability | 1.1",
                "tx.faults.late.probability | -0.1",
                "tx.faults.late.probability | NaN",
                "tx.faults.late.by | 0s",
                "tx.faults.out-of-order.by | 31d",
                "tx.faults.duplicated.copies | 1",
                "tx.faults.malformed.kinds | odd",
                "tx.faults.future.by | 0s",
                "tx.faults.silent.by | forever",
                "tx.journal | /nowhere/at/all",
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
                "tx.topic | client_amount",
                "tx.format | LEGACY",
                "tx.zone | Europe/Berlin",
                "tx.start | 1970-01-01T00:00:00Z",
                "tx.rate | 1000000",
                "tx.buffer | 64K",
                "tx.amounts.distribution | LOG_NORMAL",
                "tx.amounts.min | -0.5",
                "tx.merchants | Café €😀,\"A\" & B",
                "tx.faults.future.by | -PT1H",
                "tx.faults.malformed.kinds | NOT_JSON,too-big",
                "kafka.bootstrap.servers | broker-1:9092, 127.0.0.1:9093,[::1]:9094",
                "quarkus.http.port | 0",
            })
    void shouldTakeWhatIsAllowed(String key, String value) {
        assertThat(problems(Map.of(key, value))).isEmpty();
    }

    @Test
    void shouldRefuseAKeyThatThereIsNot() {
        assertThat(problems(Map.of("tx.raet", "5")))
                .singleElement()
                .asString()
                .startsWith("tx.raet: there is no such setting; there are tx.acknowledgement-timeout,");
    }

    @Test
    void shouldNameEverythingThatIsWrong() {
        assertThat(problems(Map.of("tx.rate", "-1", "tx.limit", "-1", "tx.topic", "a b")))
                .hasSize(3);
    }

    @Test
    void shouldRefuseAJournalThatIsAFolderAndTakeOneThatIsAFile(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("a file – é"));

        assertThat(problems(Map.of("tx.journal", folder.toString()))).hasSize(1);
        assertThat(problems(Map.of("tx.journal", file.toString()))).isEmpty();
        assertThat(problems(Map.of("tx.journal", folder.resolve("new").toString())))
                .isEmpty();
    }

    @Test
    void shouldBeTheTableOfTheReadme() throws Exception {
        // Given
        List<String> rows = new ArrayList<>();

        // When
        new TxConfigCheck().methodsByKey().forEach((key, method) -> {
            WithDefault set = method.getAnnotation(WithDefault.class);
            String value = set == null ? "-" : "`" + set.value() + "`";
            String allowed = method.getAnnotation(Allowed.class).value();
            rows.add("| `" + key + "` | " + value + " | " + allowed + " | ");
        });

        // Then
        List<String> table = Files.readAllLines(Checkout.root().resolve("transaction-simulator/README.md")).stream()
                .filter(line -> line.startsWith("| `tx."))
                .sorted()
                .toList();
        assertThat(table).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(table.get(i)).startsWith(rows.get(i));
        }
    }

    private static List<String> problems(Map<String, String> settings) {
        return new TxConfigCheck().problems(() -> TestConfig.builder(settings));
    }
}
