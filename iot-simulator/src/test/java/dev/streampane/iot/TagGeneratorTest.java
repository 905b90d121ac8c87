// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.streampane.local.ContractFiles;
import dev.streampane.simulation.RecordSchedule;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagGeneratorTest {

    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final String GOLDEN_0 = """
            2026-11-20T06:00:00Z,pu136mod-ni-001,7
            2026-11-20T06:00:00.166Z,pu136mod-ni-002,18
            2026-11-20T06:00:00.333Z,pu136mod-ni-003,81
            2026-11-20T06:00:00.500Z,pu136mod-nd-011,-0.554
            """.replace("\n", "\r\n");
    private static final String GOLDEN_1 = """
            2026-11-20T06:00:00.666Z,pu136mod-nd-012,6.361
            2026-11-20T06:00:00.833Z,pu136mod-nd-013,7.013
            """.replace("\n", "\r\n");
    private static final String[] TEXTS = {"running", "on, warm", "fault \"E7\"", "ü"};

    /** A message, or a heartbeat without rows, and when it was due. */
    private record Due(long millis, boolean heartbeat, String csv) {

        List<Row> rows() {
            return CsvReader.builder().ofCsvRecord(csv).stream()
                    .map(row -> new Row(Instant.parse(row.getField(0)), row.getField(1), row.getField(2)))
                    .toList();
        }
    }

    private record Row(Instant step, String name, String value) {}

    private static Map<String, String> settings(int rowsPerMessage, double old, long seed) {
        Map<String, String> settings = new HashMap<>();
        settings.put("iot.tags.integers.count", "3");
        settings.put("iot.tags.doubles.count", "3");
        settings.put("iot.tags.doubles.min", "-5.5");
        settings.put("iot.tags.doubles.max", "10");
        settings.put("iot.tags.strings.count", "3");
        settings.put("iot.tags.strings.texts", "running,on\\, warm,fault \"E7\",ü");
        settings.put("iot.tags.rows-per-message", "" + rowsPerMessage);
        settings.put("iot.tags.old.probability", "" + old);
        settings.put("iot.tags.seed", "" + seed);
        return settings;
    }

    private static RecordSchedule schedule(Map<String, String> settings, long rate) {
        settings.put("iot.tags.rate", "" + rate);
        IotConfig config = TestConfig.of(settings);
        return schedule(config, new TagGenerator(config, START.toEpochMilli()));
    }

    private static RecordSchedule schedule(IotConfig config, TagGenerator tags) {
        return new RecordSchedule(config, tags, ReadingGenerator.TARGET, START.toEpochMilli());
    }

    private static List<Due> take(int count, RecordSchedule schedule) {
        List<Due> taken = new ArrayList<>();
        while (taken.size() < count) {
            long due = schedule.nextDueMillis();
            schedule.next(false, record -> {
                assertThat(record.key()).isNull();
                if (record.heartbeat()) {
                    assertThat(record.sequence() * 1000).isEqualTo(due);
                    taken.add(new Due(due, true, ""));
                } else {
                    taken.add(new Due(due, false, new String(record.value(), UTF_8)));
                }
            });
        }
        return taken;
    }

    private static List<Due> messages(List<Due> taken) {
        return taken.stream().filter(due -> !due.heartbeat()).toList();
    }

    @Test
    void shouldGiveTheSameBytesForTheSameSeedAndStart() {
        // When
        List<Due> taken = take(4, schedule(settings(4, 0, 1), 6));

        // Then
        assertThat(taken)
                .containsExactly(
                        new Due(START.toEpochMilli(), true, ""),
                        new Due(START.toEpochMilli() + 500, false, GOLDEN_0),
                        new Due(START.toEpochMilli() + 833, false, GOLDEN_1),
                        new Due(START.toEpochMilli() + 1000, true, ""));
        assertThat(take(500, schedule(settings(4, 0.1, 1), 6)))
                .isEqualTo(take(500, schedule(settings(4, 0.1, 1), 6)))
                .isNotEqualTo(take(500, schedule(settings(4, 0.1, 2), 6)));
    }

    @Test
    void shouldKeepFaultsOfReadingsFromTags() {
        // Given
        Map<String, String> faulty = settings(4, 0, 1);
        for (String fault : List.of("late", "out-of-order", "duplicated", "malformed", "future", "silent")) {
            faulty.put("iot.faults." + fault + ".probability", "1");
        }

        // Then
        assertThat(take(100, schedule(faulty, 6))).isEqualTo(take(100, schedule(settings(4, 0, 1), 6)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 10, 333, 100_000})
    void shouldPutEachHeartbeatAfterAllRowsOfEarlierSteps(long rate) {
        // When
        List<Due> taken = take(3_000, schedule(settings(50, 0, 1), rate));

        // Then
        Instant heartbeat = Instant.MIN;
        long rows = 0;
        for (Due due : taken) {
            if (due.heartbeat()) {
                heartbeat = Instant.ofEpochMilli(due.millis());
                continue;
            }
            List<Instant> steps = due.rows().stream().map(Row::step).toList();
            List<Instant> expected = LongStream.range(rows, rows + steps.size())
                    .mapToObj(row -> START.plusMillis(row * 1000 / rate))
                    .toList();
            assertThat(steps).hasSizeBetween(1, 50).isEqualTo(expected);
            assertThat(steps.get(0)).isAfterOrEqualTo(heartbeat);
            assertThat(due.millis()).isEqualTo(steps.get(steps.size() - 1).toEpochMilli());
            rows += steps.size();
        }
        assertThat(taken).anyMatch(Due::heartbeat);
    }

    @Test
    void shouldMakeAShareOfTheRowsOldAndCountThem() {
        // Given
        Map<String, String> settings = settings(100, 0.1, 5);
        settings.put("iot.tags.rate", "1000");
        IotConfig config = TestConfig.of(settings);
        TagGenerator tags = new TagGenerator(config, START.toEpochMilli());

        // When
        List<Due> messages = messages(take(1_000, schedule(config, tags)));

        // Then
        long old = 0;
        long rows = 0;
        long oldest = 0;
        for (Due message : messages) {
            for (Row row : message.rows()) {
                Instant scheduled = START.plusMillis(rows++);
                if (row.step().isBefore(scheduled)) {
                    old++;
                    oldest = Math.max(
                            oldest, Duration.between(row.step(), scheduled).toMillis());
                } else {
                    assertThat(row.step()).isEqualTo(scheduled);
                }
            }
        }
        assertThat(tags.rows()).isEqualTo(rows);
        assertThat(tags.oldRows()).isEqualTo(old);
        assertThat((double) old / rows).isBetween(0.095, 0.105);
        assertThat(oldest)
                .isBetween(
                        Duration.ofMinutes(14).toMillis(),
                        Duration.ofMinutes(15).toMillis());
    }

    @Test
    void shouldTakeTagsInTurnAndKeepValuesWithinTheirBounds() {
        // When
        Map<String, List<String>> values = messages(take(2_000, schedule(settings(9, 0, 3), 90))).stream()
                .flatMap(message -> message.rows().stream())
                .collect(Collectors.groupingBy(
                        Row::name, TreeMap::new, Collectors.mapping(Row::value, Collectors.toList())));

        // Then
        assertThat(values.keySet())
                .containsExactly(
                        "pu136mod-nd-011",
                        "pu136mod-nd-012",
                        "pu136mod-nd-013",
                        "pu136mod-ni-001",
                        "pu136mod-ni-002",
                        "pu136mod-ni-003",
                        "pu136mod-ns-021",
                        "pu136mod-ns-022",
                        "pu136mod-ns-023");
        values.forEach((name, shown) -> {
            assertThat(shown).hasSizeGreaterThan(1_000).hasSizeLessThan(2_000);
            if (name.contains("-ns-")) {
                assertThat(shown).containsOnly(TEXTS);
            } else if (name.contains("-ni-")) {
                assertThat(shown)
                        .allMatch(value -> value.matches("[0-9]+"))
                        .allMatch(value -> Integer.parseInt(value) <= 100);
            } else {
                assertThat(shown)
                        .allMatch(value -> value.matches("-?[0-9]+[.][0-9]{3}"))
                        .map(BigDecimal::new)
                        .allMatch(value -> value.doubleValue() >= -5.5 && value.doubleValue() <= 10);
            }
            assertThat(Map.of("values", shown.stream().distinct().count()))
                    .as(name)
                    .doesNotContainValue(1L);
        });
    }

    @Test
    void shouldChangeTheRateFromNowOnWithoutARowOfAnEarlierTime() {
        // Given
        RecordSchedule schedule = schedule(settings(10, 0, 1), 1);
        take(6, schedule);
        long now = START.plusMillis(2_300).toEpochMilli();

        // When
        schedule.rate(10, now);

        // Then
        assertThat(messages(take(4, schedule)).stream().flatMap(due -> due.rows().stream()))
                .extracting(row -> row.step().toEpochMilli() - START.toEpochMilli())
                .startsWith(2_300L, 2_400L, 2_500L, 2_600L, 2_700L, 2_800L, 2_900L, 3_000L);
    }

    @Test
    void shouldGoOnAsIfNobodyHadAskedForTheRateThatItHas() {
        // Given
        Map<String, String> settings = settings(10, 0, 1);
        List<Due> alone = take(10, schedule(settings, 7));
        RecordSchedule schedule = schedule(settings, 7);

        // When
        List<Due> records = new ArrayList<>(take(5, schedule));
        schedule.rate(7, START.toEpochMilli() + 1);
        records.addAll(take(5, schedule));

        // Then
        assertThat(records).isEqualTo(alone);
    }

    @Test
    void shouldHaveNoHeartbeatsWhenTheyAreOff() {
        Map<String, String> settings = settings(10, 0, 1);
        settings.put("iot.heartbeats", "false");

        assertThat(take(100, schedule(settings, 100))).noneMatch(Due::heartbeat);
    }

    /** As the contract says that rows are read, which it describes for the reader. */
    @Test
    void shouldWriteRowsOfTheContract() throws Exception {
        // Given
        ContractFiles contract = ContractFiles.of("time-series");

        for (Due message : messages(take(1_000, schedule(settings(20, 0.1, 4), 100)))) {
            // Then
            assertThat(message.csv()).endsWith("\r\n");
            for (Row row : message.rows()) {
                assertThat(contract.violations(read(row).getBytes(UTF_8)))
                        .as(row.toString())
                        .isEmpty();
            }
        }
    }

    private static String read(Row row) {
        ObjectNode read = new ObjectMapper().createObjectNode();
        read.put("step", row.step().toString());
        read.put("name", row.name());
        if (row.name().contains("-ns-")) {
            return read.put("type", "STRING").put("text", row.value()).toString();
        }
        return read.put("type", row.name().contains("-ni-") ? "INTEGER" : "DOUBLE")
                .put("number", new BigDecimal(row.value()).movePointRight(6).longValueExact())
                .toString();
    }
}
