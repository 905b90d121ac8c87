// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.Fixtures;
import dev.streampane.results.aggregates.AggregateQuery.Function;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.ResultJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollupTest {

    private static final Interval HOUR = Interval.parse("1h", ZoneOffset.UTC).orElseThrow();

    @ParameterizedTest
    @CsvSource({
        // sum of both, count of both, average: ties go to the even neighbour
        "1, 2, 0.000000",
        "3, 2, 0.000002",
        "5, 2, 0.000002",
        "-1, 2, 0.000000",
        "-3, 2, -0.000002",
        "1, 3, 0.000000",
        "2, 3, 0.000001",
        "999999999999999999999999999999, 3, 333333333333333333333333.333333"
    })
    void shouldDivideOnceHalfEven(String sum, int count, String average) {
        // Given: a window that has all but one record, and one that has it and nothing in its sum
        Rollup<Instant> rollup = rollup(Function.AVG, "temp");
        // When
        rollup.add(reading("06:00:00", sum, count - 1));
        rollup.add(reading("06:59:00", "0", 1));
        // Then
        assertThat(rollup.rolled(true).items()).hasSize(1);
        assertThat(rollup.rolled(true)
                        .items()
                        .get(0)
                        .get("value")
                        .decimalValue()
                        .toPlainString())
                .isEqualTo(average);
        assertThat(rollup.rolled(true).items().get(0).get("exact").asBoolean()).isTrue();
    }

    @Test
    void shouldCallNothingExactWhileWindowsMayBeMissing() {
        Rollup<Instant> rollup = rollup(Function.AVG, "temp");
        rollup.add(reading("06:00:00", "5000000", 1));
        assertThat(rollup.rolled(false).items().get(0).get("exact").asBoolean()).isFalse();
    }

    @Test
    void shouldAddUpInUnitsOfTheValues() {
        // Given
        Rollup<Instant> rollup = rollup(Function.SUM, "amount");
        // When
        rollup.add(window("06:00:00", "{\"total_amount\":360.0000}", "{\"amount\":\"3600000\"}", 3));
        rollup.add(window("06:01:00", "{\"total_amount\":-0.0001}", "{\"amount\":\"-1\"}", 1));
        // Then
        assertThat(rollup.rolled(true).items().get(0).get("value")).hasToString("359.9999");
        assertThat(rollup.rolled(true).items().get(0).get("count").asLong()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"AVG, 1.5", "SUM, 4.5", "MIN, 1.5", "MAX, 1.5"})
    void shouldAddNothingOfANumberThatNoMemoryHolds(Function function, BigDecimal value) {
        // Given
        Rollup<Instant> rollup = rollup(function, "temp");
        // When
        for (String number : List.of("1e-600000000", "1e600000000", "1.5")) {
            rollup.add(window(
                    "06:00:00",
                    "{\"avg_temp\":" + number + ",\"min_temp\":" + number + ",\"max_temp\":" + number + "}",
                    "{}",
                    3));
        }
        // Then
        assertThat(rollup.rolled(true).items().get(0).get("value").decimalValue())
                .isEqualByComparingTo(value);
    }

    @Test
    void shouldPutWindowsIntoTheBucketOfTheirStartAndLeaveOutRetractedOnes() {
        // Given
        Rollup<Instant> rollup = rollup(Function.MAX, "temp");
        // When
        rollup.add(reading("06:59:30", "5000000", 1));
        rollup.add(((ObjectNode) reading("07:00:00", "7000000", 1)).put("complete", false));
        rollup.add(((ObjectNode) reading("08:00:00", "7000000", 1)).put("status", "RETRACTED"));
        // Then
        List<ObjectNode> buckets = rollup.rolled(true).items();
        assertThat(buckets)
                .extracting(bucket -> bucket.get("start").asText())
                .containsExactly("2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z");
        assertThat(buckets)
                .extracting(bucket -> bucket.get("incomplete").asInt())
                .containsExactly(0, 1);
        assertThat(buckets.get(0).get("end").asText()).isEqualTo("2026-11-20T07:00:00Z");
        // the first one's window ends at 07:00:30
        assertThat(buckets)
                .extracting(bucket -> bucket.get("whole").asBoolean())
                .containsExactly(false, true);
    }

    @Test
    void shouldKnowTheUnitsOfEveryResultOfTheContract() throws IOException {
        int sums = 0;
        for (Path example : Fixtures.contractFiles("window-result", "examples")) {
            JsonNode result = ResultJson.JSON.readTree(Fixtures.bytes(example));
            for (Map.Entry<String, JsonNode> value : result.path("values").properties()) {
                boolean average = value.getKey().startsWith("avg_");
                if (!average && !value.getKey().startsWith("total_")) {
                    continue;
                }
                // Given: numbers as other tools write them
                Rollup<Instant> rollup =
                        new Rollup<>(average ? Function.AVG : Function.SUM, Measure.of(value.getKey(), result), HOUR);
                // When
                rollup.add(withoutTrailingZeros(result));
                // Then
                JsonNode item = rollup.rolled(true).items().get(0);
                assertThat(item.get("value").decimalValue())
                        .as("%s %s", example.getFileName(), value.getKey())
                        .isEqualByComparingTo(value.getValue().decimalValue());
                assertThat(item.get("exact").asBoolean()).as("%s", example).isTrue();
                sums++;
            }
        }
        assertThat(sums).isGreaterThan(20);
    }

    private static JsonNode withoutTrailingZeros(JsonNode result) {
        ObjectNode normal = result.deepCopy();
        ObjectNode values = normal.putObject("values");
        result.path("values")
                .properties()
                .forEach(value -> values.set(
                        value.getKey(),
                        value.getValue().isNumber()
                                ? values.numberNode(value.getValue().doubleValue())
                                : value.getValue()));
        return normal;
    }

    @Test
    void shouldSayThatItIsNotExactWhatWasRoundedBefore() {
        // Given: an average without a sum
        Rollup<Instant> rollup = rollup(Function.AVG, "load");
        // When
        rollup.add(window("06:00:00", "{\"avg_load\":1.000001}", "{}", 3));
        rollup.add(window("06:01:00", "{\"last\":\"open\"}", "{}", 3));
        // Then
        assertThat(rollup.rolled(true).items()).hasSize(1);
        assertThat(rollup.rolled(true).items().get(0).get("exact").asBoolean()).isFalse();
        assertThat(rollup.rolled(true).items().get(0).get("windows").asInt()).isEqualTo(1);
        assertThat(rollup.rolled(true).items().get(0).get("value")).hasToString("1.000001");
    }

    @Test
    void shouldNotDivideSumsOfNumbersByACountThatHasTextsInIt() {
        // Given: three rows of a tag, two of which were numbers
        Rollup<Instant> rollup = rollup(Function.AVG, "temp");
        // When
        rollup.add(window(
                "06:00:00",
                "{\"avg_temp\":5.000000,\"min_temp\":4.000000,\"last\":\"open\"}",
                "{\"temp\":\"10000000\"}",
                3));
        // Then
        assertThat(rollup.rolled(true).items().get(0).get("value")).hasToString("5.000000");
        assertThat(rollup.rolled(true).items().get(0).get("exact").asBoolean()).isFalse();
    }

    @Test
    void shouldAnswerByTheNameOfAValueOnlyWhatItIsAbout() {
        // Given
        JsonNode result = reading("06:00:00", "1", 1);
        // Then
        assertThat(Measure.of("temp", result).orElseThrow().functions()).containsExactlyInAnyOrder(Function.values());
        assertThat(Measure.of("min_temp", result).orElseThrow().functions())
                .containsExactlyInAnyOrder(Function.MIN, Function.COUNT);
        assertThat(Measure.of("avg_temp", result).orElseThrow().functions()).doesNotContain(Function.MIN, Function.MAX);
        assertThat(Measure.of("avg_temp", result).orElseThrow().name()).isEqualTo("temp");
        assertThat(Measure.of("hum", result)).isEmpty();
        // of a name that does not say it, nobody knows whether it is a sum or a mean
        for (String sums : List.of("{}", "{\"energy\":\"4500\"}")) {
            assertThat(Measure.of("energy", window("06:00:00", "{\"energy\":4.5}", sums, 3))
                            .orElseThrow()
                            .functions())
                    .containsExactlyInAnyOrder(Function.MIN, Function.MAX, Function.COUNT);
        }
    }

    @Test
    void shouldRankAnyNumberOfKeysAndAnswerNoMoreIntervalsThanFit() {
        // Given
        TopKeys top = new TopKeys(3, false);
        Interval seconds = Interval.parse("1s", ZoneOffset.UTC).orElseThrow();
        Rollup<String> byKey = new Rollup<>(Function.COUNT, Optional.empty(), top);
        Rollup<Instant> byTime = new Rollup<>(Function.COUNT, Optional.empty(), seconds);
        for (int n = 0; n <= 10_000; n++) {
            JsonNode result = ResultJson.read(Fixtures.result("job", "k" + n, Fixtures.SIX.plusSeconds(n)));
            byKey.add(((ObjectNode) result).put("count", n + 1));
            if (n < 10_000) {
                byTime.add(result);
            }
        }
        // Then
        Rollup.Rolled keys = byKey.rolled(true);
        assertThat(keys.groups()).isEqualTo(10_001);
        assertThat(keys.items())
                .extracting(item -> item.get("key").asText())
                .containsExactly("k10000", "k9999", "k9998");
        JsonNode another = ResultJson.read(Fixtures.result("job", "k", Fixtures.SIX.plusSeconds(10_000)));
        assertThatThrownBy(() -> byTime.add(another))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().detail()).contains("choose a longer interval"));
    }

    private static Rollup<Instant> rollup(Function function, String measure) {
        return new Rollup<>(
                function,
                Optional.of(new Measure(measure, java.util.EnumSet.allOf(Function.class), MissingNode.getInstance())),
                HOUR);
    }

    /** One of temperatures in 10^-6. */
    private static JsonNode reading(String time, String sum, long count) {
        return window(
                time,
                "{\"avg_temp\":0.000000,\"min_temp\":-1.500000,\"max_temp\":7.000000}",
                "{\"temp\":\"" + sum + "\"}",
                count);
    }

    private static JsonNode window(String time, String values, String sums, long count) {
        ObjectNode result = (ObjectNode) ResultJson.read(Fixtures.result(
                values.contains("amount") ? "transaction-total" : "weather-average",
                "k",
                Instant.parse("2026-11-20T" + time + "Z")));
        result.set("values", ResultJson.read(values));
        result.set("sums", ResultJson.read(sums));
        return result.put("count", count);
    }
}
