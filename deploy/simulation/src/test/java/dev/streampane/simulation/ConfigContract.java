// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Checkout;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A simulator's configuration, without a running application.
 *
 * @param <C> its mapping
 */
public abstract class ConfigContract<C extends SimulatorConfig> {

    private final Class<C> type;
    private final Supplier<ConfigCheck<C>> check;
    private final String module;
    private final int managementPort;
    private final String prefix;

    /**
     * @param module of the simulator, whose README lists the settings
     * @param managementPort where its health is asked for by default
     */
    protected ConfigContract(Class<C> type, Supplier<ConfigCheck<C>> check, String module, int managementPort) {
        this.type = type;
        this.check = check;
        this.module = module;
        this.managementPort = managementPort;
        this.prefix = check.get().prefix();
    }

    /** The defaults with these settings changed. */
    public static <C> C config(Class<C> type, Map<String, String> settings) {
        return builder(settings)
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(type)
                .build()
                .getConfigMapping(type);
    }

    private static SmallRyeConfigBuilder builder(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>();
        all.put("kafka.bootstrap.servers", "127.0.0.1:9092");
        all.putAll(settings);
        return new SmallRyeConfigBuilder().withSources(new PropertiesConfigSource(all, "test", 500));
    }

    /** {@code @} is the prefix of the simulator's settings. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "@.topic | ``",
                "@.topic | ..",
                "@.topic | a topic",
                "@.topic | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaa",
                "@.format | xml",
                "@.zone | Mars/Olympus",
                "@.zone | +25:00",
                "@.seed | many",
                "@.seed | 9223372036854775808",
                "@.start | yesterday",
                "@.start | 2026-11-20 06:00:00",
                "@.start | 1969-12-31T23:59:59Z",
                "@.start | +12026-11-20T06:00:00Z",
                "@.limit | -1",
                "@.rate | -1",
                "@.rate | 1000001",
                "@.rate | 1e3",
                "@.rate | 1_000",
                "@.heartbeats | ture",
                "@.heartbeats | flase",
                "@.heartbeats | 2",
                "@.loopback-hosts | ture",
                "@.buffer | 0",
                "@.buffer | 49M",
                "@.buffer | lots",
                "@.buffer | 9999999999G",
                "@.acknowledgement-timeout | 999999999999999d",
                "@.acknowledgement-timeout | 1 m",
                "@.acknowledgement-timeout | PT",
                "@.acknowledgement-timeout | 0s",
                "@.acknowledgement-timeout | -1s",
                "@.acknowledgement-timeout | 11m",
                "@.faults.late.probability | 1.1",
                "@.faults.late.probability | -0.1",
                "@.faults.late.probability | NaN",
                "@.faults.late.by | 0s",
                "@.faults.out-of-order.by | 31d",
                "@.faults.duplicated.copies | 1",
                "@.faults.malformed.kinds | odd",
                "@.faults.future.by | 0s",
                "@.faults.future.by | PT-9223372036854775808S",
                "@.faults.silent.by | forever",
                "@.journal | /nowhere/at/all",
                "kafka.bootstrap.servers | ``",
                "kafka.bootstrap.servers | localhost",
                "kafka.bootstrap.servers | http://localhost:9092",
                "kafka.bootstrap.servers | localhost:0",
                "kafka.bootstrap.servers | localhost:65536",
                "kafka.bootstrap.servers | localhost:9092,",
                "quarkus.http.port | 65536",
                "quarkus.http.port | -1",
                "quarkus.http.port | http",
                "quarkus.http.port | ${NOPE}",
                "quarkus.management.port | 65536",
                "quarkus.http.limits.max-body-size | 9999999999G",
                "quarkus.http.limits.max-body-size | lots",
                "kafka.bootstrap.servers | ${NOPE}",
            })
    void shouldRefuseWithKeyValueAndWhatIsAllowed(String key, String value) {
        assertRefused(key.replace("@", prefix), value);
    }

    /** Holds what is said of a wrong value to its form. */
    protected void assertRefused(String key, String value) {
        assertThat(problems(Map.of(key, value)))
                .singleElement()
                .asString()
                .startsWith(key + ": '" + value + "' is not allowed; allowed is ")
                .doesNotContain("is null", "\n");
    }

    /** {@code @} is the prefix of the simulator's settings. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "@.format | LEGACY",
                "@.zone | Europe/Berlin",
                "@.start | 1970-01-01T00:00:00Z",
                "@.rate | 1000000",
                "@.heartbeats | FALSE",
                "@.heartbeats | off",
                "@.loopback-hosts | Yes",
                "@.loopback-hosts | ``",
                "@.buffer | 64K",
                "@.faults.future.by | -PT1H",
                "@.faults.malformed.kinds | NOT_JSON,too-big",
                "kafka.bootstrap.servers | broker-1:9092, 127.0.0.1:9093,[::1]:9094",
                "kafka.bootstrap.servers | ${SERVERS:broker-1:9092}",
                "quarkus.http.port | 0",
                "quarkus.http.port | ${PORT:8083}",
                "quarkus.management.port | 0",
                "quarkus.http.limits.max-body-size | 1M",
            })
    void shouldTakeWhatIsAllowed(String key, String value) {
        assertThat(problems(Map.of(key.replace("@", prefix), value))).isEmpty();
    }

    @Test
    void shouldRefuseAKeyThatThereIsNot() {
        assertThat(problems(Map.of(prefix + ".raet", "5")))
                .singleElement()
                .asString()
                .startsWith("%1$s.raet: there is no such setting; there are %1$s.acknowledgement-timeout,"
                        .formatted(prefix));
    }

    @Test
    void shouldNameEverythingThatIsWrong() {
        assertThat(problems(Map.of(prefix + ".rate", "-1", prefix + ".limit", "-1", prefix + ".topic", "a b")))
                .hasSize(3);
    }

    @Test
    void shouldRefuseAJournalThatIsAFolderAndTakeOneThatIsAFile(@TempDir Path folder) throws Exception {
        String journal = prefix + ".journal";
        Path file = Files.createFile(folder.resolve("a file – é"));

        assertThat(problems(Map.of(journal, folder.toString()))).hasSize(1);
        assertThat(problems(Map.of(journal, file.toString()))).isEmpty();
        assertThat(problems(Map.of(journal, folder.resolve("new").toString()))).isEmpty();
    }

    @Test
    void shouldAskForHealthWhereTheServiceTellsIt() {
        assertThat(Checkout.root().resolve(module + "/src/main/resources/application.properties"))
                .content()
                .contains("\nquarkus.management.port=" + managementPort + "\n");
    }

    @Test
    void shouldCheckTheBoundsThatItNames() {
        assertThat(check.get().settings()).allSatisfy((key, setting) -> {
            String allowed = setting.method().getAnnotation(Allowed.class).value();
            assertThat(allowed.replaceFirst("from 1970 to 9999", ""))
                    .doesNotContainPattern("from (.* to )?-?[0-9]|at most [a-z]");
        });
    }

    @Test
    void shouldBeTheTableOfTheReadme() throws Exception {
        // Given
        List<String> rows = new ArrayList<>();

        // When
        check.get().settings().forEach((key, setting) -> {
            WithDefault set = setting.method().getAnnotation(WithDefault.class);
            String value = set == null ? "-" : "`" + set.value() + "`";
            rows.add("| `" + key + "` | " + value + " | " + setting.allowed() + " | ");
        });

        // Then
        List<String> table = Files.readAllLines(Checkout.root().resolve(module + "/README.md")).stream()
                .filter(line -> line.startsWith("| `" + prefix + "."))
                .sorted()
                .toList();
        assertThat(table).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(table.get(i)).startsWith(rows.get(i));
        }
    }

    /** What is wrong with these settings. */
    protected List<String> problems(Map<String, String> settings) {
        return check.get().problems(() -> builder(settings));
    }
}
