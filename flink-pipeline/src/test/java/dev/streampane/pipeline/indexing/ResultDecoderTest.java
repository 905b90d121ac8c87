// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultDecoderTest {

    private final IndexedDecoder decoder = new IndexedDecoder("alerts", null);

    @Test
    void shouldWriteTwoDocumentsPerResult() throws IOException {
        // Given
        ObjectNode result = WindowResults.example("weather-average");
        // When
        IndexRequest request = request(WindowResults.bytes(result));
        // Then
        String id = result.get("id").textValue();
        assertThat(request.id()).isEqualTo(id);
        assertThat(request.documents())
                .extracting(IndexRequest.Document::index, IndexRequest.Document::id)
                .map(tuple -> tuple.toList().toString())
                .containsExactly(
                        "[window-results-weather-average-2026.11, " + id + "]",
                        "[window-history-weather-average-2026.11, " + id + "~1~1]");
    }

    @Test
    void shouldAddPlaceTimeAndLegacyFieldsOfWeather() throws IOException {
        // When
        ObjectNode document = document(WindowResults.example("weather-average"));
        // Then
        assertThat(document.get("log"))
                .hasToString("{\"epoch\":\"epoch\",\"partition\":2,\"offset\":41,\"appended\":1000}");
        assertThat(fields(document))
                .containsEntry("@timestamp", "\"2026-11-20T06:01:00Z\"")
                .containsEntry("client", "\"device1\"")
                .containsEntry("row_date", "\"2026-11-20\"")
                .containsEntry("row_time", "\"06:00:59\"")
                .containsEntry("avg_temp", "19.380000")
                .containsEntry("avg_hum", "57.091250")
                .doesNotContainKeys("total_amount", "window_start");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key|'ke\\u0079'",
                "','|', '",
                "','|',\n'",
                "'^'|' '",
                "'$'|'  '",
                "'}$'|',\"later\":1}'",
                "'\"zone\"'|'\"later\":{},\"zone\"'",
            })
    void shouldMakeTheSameDocumentOfAResultThatIsWrittenInAnotherWay(String pattern, String written)
            throws IOException {
        // Given
        byte[] result = WindowResults.bytes(WindowResults.example("weather-average"));
        String other =
                new String(result, StandardCharsets.UTF_8).replaceAll(pattern, Matcher.quoteReplacement(written));
        assertThat(other.getBytes(StandardCharsets.UTF_8)).isNotEqualTo(result);
        // When
        byte[] source = request(other.getBytes(StandardCharsets.UTF_8))
                .documents()
                .get(0)
                .source();
        // Then
        assertThat(source).doesNotContain('\n');
        assertThat(Json.EXACT.readTree(source))
                .isEqualTo(
                        Json.EXACT.readTree(request(result).documents().get(0).source()));
    }

    @Test
    void shouldSayNoTimeOfAppendingWhenTheTopicDoesNot() throws IOException {
        // Given
        byte[] value = WindowResults.bytes(WindowResults.example("weather-average"));
        // When
        Decoded<IndexRequest> decoded = decoder.decode(
                new Fetched("window-results", "epoch", 2, 41, Fetched.NO_APPEND_TIME, null, value, null));
        // Then
        assertThat(Json.EXACT
                        .readTree(decoded.value().documents().get(0).source())
                        .get("log"))
                .hasToString("{\"epoch\":\"epoch\",\"partition\":2,\"offset\":41}");
    }

    @Test
    void shouldAddLegacyFieldsOfTotals() throws IOException {
        // Given
        ObjectNode total = WindowResults.example("transaction-total");
        // When
        ObjectNode document = document(total);
        // Then
        assertThat(fields(document))
                .containsEntry("client", total.get("key").toString())
                .containsEntry("window_start", total.at("/window/start").toString())
                .containsEntry("window_end", total.at("/window/end").toString())
                .containsEntry("total_amount", total.at("/values/total_amount").toString())
                .doesNotContainKeys("row_date", "avg_temp");
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-11-20T23:00:00Z, 2026-11-20, 23:59:59",
        "America/New_York, 2026-11-20T00:00:00Z, 2026-11-19, 18:59:59",
        "UTC, 2026-11-20T00:00:00.500Z, 2026-11-20, 00:00:00",
        "UTC, 9999-12-31T23:59:59.999Z, 9999-12-31, 23:59:59"
    })
    void shouldGiveDateAndTimeOfTheLastMillisecondInTheJobsZone(String zone, String end, String date, String time)
            throws IOException {
        // Given
        ObjectNode result = WindowResults.example("weather-average");
        ((ObjectNode) result.get("window")).put("end", end).put("zone", zone);
        // When
        ObjectNode document = document(result);
        // Then
        assertThat(document.get("row_date").textValue()).isEqualTo(date);
        assertThat(document.get("row_time").textValue()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "global(every=30s), 59654880, 2026.09",
        "global(every=30s), 59740199, 2026.10",
        "global(every=1h), 497832, 2026.10",
        "global(count=30), 17, global"
    })
    void shouldKeepGenerationsOfAGlobalPaneInOneIndex(String spec, long number, String place) throws IOException {
        // Given: one generation has seen the key since May, the other began to read in November
        ObjectNode result = WindowResults.example("weather-average");
        result.put("spec", spec);
        for (String start : List.of("2026-05-31T23:30:00Z", "2026-11-01T00:30:00Z")) {
            ((ObjectNode) result.get("window"))
                    .put("kind", "global")
                    .put("number", number)
                    .put("start", start);
            // When
            IndexRequest request = request(WindowResults.bytes(result));
            // Then
            assertThat(request.documents().get(0).index()).isEqualTo("window-results-weather-average-" + place);
        }
    }

    @Test
    void shouldTakeTheMonthOfTheStartInUtc() throws IOException {
        // Given
        ObjectNode result = WindowResults.example("weather-average");
        ((ObjectNode) result.get("window"))
                .put("start", "2026-11-30T23:30:00Z")
                .put("end", "2026-12-01T00:30:00Z")
                .put("zone", "Europe/Berlin");
        // When
        IndexRequest request = request(WindowResults.bytes(result));
        // Then
        assertThat(request.documents().get(0).index()).endsWith("-2026.11");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|EMPTY",
                "' '|NOT_JSON",
                "'nonsense'|NOT_JSON",
                "'[1]'|NOT_OBJECT",
                "'{}'|MISSING",
                "'{} {}'|TRAILING",
                "'{\"id\":1,\"id\":2}'|DUPLICATE_KEY",
                "'{\"id\":null}'|NULL",
                "'{\"id\":1}'|TYPE"
            })
    void shouldSayWhyAMessageIsNoResult(String value, RejectReason reason) {
        assertThat(decode(value.getBytes(StandardCharsets.UTF_8)).reason()).isEqualTo(reason);
    }

    @Test
    void shouldRefuseAResultWithoutAnId() {
        // Given
        ObjectNode result = WindowResults.example("weather-average").put("id", "");
        // When
        Decoded<IndexRequest> decoded = decode(WindowResults.bytes(result));
        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.EMPTY);
        assertThat(decoded.message()).isEqualTo("id is empty");
    }

    @ParameterizedTest
    @CsvSource({"/window/start, 2026-11-20T06:00", "/window/end, soon", "/window/zone, Mars/Base"})
    void shouldRefuseTimesAndZonesThatAreNone(String field, String text) {
        // Given
        ObjectNode result = WindowResults.example("weather-average");
        ((ObjectNode) result.get("window")).put(field.substring("/window/".length()), text);
        // When
        Decoded<IndexRequest> decoded = decode(WindowResults.bytes(result));
        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.TYPE);
        assertThat(decoded.message()).startsWith(field.substring(1).replace('/', '.'));
    }

    @ParameterizedTest
    @CsvSource({
        "start, +300000000-01-01T00:00:00Z",
        "end, +300000000-01-01T00:00:00Z",
        "end, -999999999-01-01T00:00:00Z"
    })
    void shouldRefuseTimesThatMillisecondsCannotHold(String field, String text) {
        // Given
        ObjectNode result = WindowResults.example("weather-average");
        ((ObjectNode) result.get("window")).put(field, text);
        // When
        Decoded<IndexRequest> decoded = decode(WindowResults.bytes(result));
        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.RANGE);
        assertThat(decoded.message()).startsWith("window." + field);
    }

    @Test
    void shouldRefuseATombstoneAndKeepItsPlace() {
        // When
        Decoded<IndexRequest> decoded = decode(null);
        // Then
        assertThat(decoded.value()).isNull();
        assertThat(decoded.reason()).isEqualTo(RejectReason.EMPTY);
        assertThat(decoded.fetched().offset()).isEqualTo(41);
    }

    private ObjectNode document(ObjectNode result) throws IOException {
        IndexRequest request = request(WindowResults.bytes(result));
        byte[] source = request.documents().get(0).source();
        assertThat(request.documents().get(1).source()).isEqualTo(source);
        return (ObjectNode) Json.EXACT.readTree(source);
    }

    private IndexRequest request(byte[] value) {
        return decode(value).value();
    }

    private Decoded<IndexRequest> decode(byte[] value) {
        return decoder.decode(new Fetched("window-results", "epoch", 2, 41, 1_000, null, value, null));
    }

    private static Map<String, String> fields(ObjectNode document) {
        var fields = new java.util.LinkedHashMap<String, String>();
        document.properties().forEach(p -> fields.put(p.getKey(), p.getValue().toString()));
        return fields;
    }
}
