// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of one window of one run, whose verdicts and sums are worked out by hand here. */
class ExplanationTest {

    private static final String CORRECTION = """
            {"kind":"correction","job":"weather-average","generation":1,"spec":"tumbling(1m)","topic":"device-readings",
             "partition":0,"offset":6,"windowEnd":"2026-11-20T06:01:00Z","count":1}""";

    /** Temperatures 10, 20, 30 and 40 of device d in the first minute. */
    private static final String RESULT = """
            {'id':'weather-average~tumbling-1m~d~20261120T060000.000Z~20261120T060100.000Z',
             'job':'weather-average','spec':'tumbling(1m)','key':'d',
             'window':{'kind':'tumbling','start':'2026-11-20T06:00:00Z','end':'2026-11-20T06:01:00Z','zone':'UTC'},
             'generation':1,'rev':2,'status':'REVISED','cause':'late-record','complete':true,
             'values':{'avg_temp':25.000000,'avg_hum':50.000000,'min_temp':10.000000,'max_temp':40.000000,
                       'min_hum':50.000000,'max_hum':50.000000},
             'sums':{'temp':'100000000','hum':'200000000'},'count':4,'late':1,
             'minEventTime':'2026-11-20T06:00:01Z','maxEventTime':'2026-11-20T06:00:50Z','watermark':null,
             'inputs':[{'topic':'device-readings','partition':0,'first':0,'last':6},
                       {'topic':'device-readings','partition':1,'first':0,'last':0}],'jobVersion':'1'}""".replace('\'', '"');

    /** What the first two records give, and no word of the others. */
    private static final String FINAL_BEFORE =
            "log: FINAL revision 1 of generation 1 follows revision 2 of generation 1";

    private static final String FIRST_REVISION = RESULT.replace(
                    "\"rev\":2,\"status\":\"REVISED\"", "\"rev\":1,\"status\":\"FINAL\"")
            .replace("late-record", "watermark")
            .replace("\"count\":4,\"late\":1", "\"count\":2,\"late\":0")
            .replace("25.000000", "15.000000")
            .replace("40.000000", "20.000000")
            .replace("100000000", "30000000")
            .replace("200000000", "100000000")
            .replace("06:00:50Z", "06:00:30Z")
            .replace("\"last\":6}", "\"last\":1}]")
            .replaceAll("(?s)\\]\\s*,\\s*\\{[^}]*\\}\\]", "]");

    private static final String EVERYTHING = """
            ['cause','complete','count','generation','id','inputs','job','jobVersion','key','late','maxEventTime','minEventTime',\
            'rev','spec','status','sums.hum','sums.temp','values.avg_hum','values.avg_temp','values.max_hum',\
            'values.max_temp','values.min_hum','values.min_temp','window.end','window.kind','window.start','window.zone']""".replace('\'', '"');

    private static final String NOTHING =
            "\"values\":{},\"sums\":{},\"count\":0,\"late\":0,\"minEventTime\":null,\"maxEventTime\":null,";

    private final Scene scene = new Scene("tumbling(1m)");

    private ObjectNode aMinute() {
        inputsOfAMinute();
        scene.result(FIRST_REVISION);
        return scene.result(RESULT);
    }

    private void inputsOfAMinute() {
        scene.reading(0, 1, "10");
        scene.reading(0, 30, "20");
        scene.reading(0, "e", 31, 31, "99");
        scene.heartbeat(0, 60);
        scene.reading(0, 61, "5");
        scene.heartbeat(0, 70);
        scene.reading(0, "d", 50, 71, "30"); // its window's end has passed
        scene.heartbeat(0, 126);
        scene.reading(0, "d", 59, 127, "77"); // its window is closed
        scene.add(0, "{", null, 128);
        scene.reading(0, "d", 1000, 130, "1"); // more than 5 min ahead
        scene.heartbeat(0, 130);
        scene.reading(1, 20, "40");
        scene.heartbeat(1, 130);
    }

    private ObjectNode anAuditedMinute() {
        ObjectNode document = aMinute();
        lineOfPartition0();
        lineOfPartition1();
        return document;
    }

    private void lineOfPartition0() {
        scene.line(1, 0, 0, 11, "{'rejected':2,'heartbeats':4,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':5,'late':1,'horizonAfter':'2026-11-20T06:01:05Z',
                 'windows':[{'end':'2026-11-20T06:01:00Z','counted':4},{'end':'2026-11-20T06:02:00Z','counted':1}]}""");
    }

    private void lineOfPartition0UpTo5() {
        scene.line(1, 0, 0, 5, "{'heartbeats':2,'clockAfter':'2026-11-20T06:01:10Z'}", """
                {'counted':4,'horizonAfter':'2026-11-20T06:00:05Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':3}]}""");
    }

    private void lineOfPartition1() {
        lineOfPartition1(1, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", "06:01:05");
    }

    private void lineOfPartition1(long last, String line, String horizonAfter) {
        scene.line(1, 1, 0, last, line, """
                {'counted':1,'horizonAfter':'2026-11-20T%sZ','windows':[{'end':'2026-11-20T06:01:00Z','counted':1}]}""".formatted(horizonAfter));
    }

    @Test
    void shouldAddTheRestOfALineToIt() {
        // Given
        ObjectNode document = aMinute();
        scene.line(1, 0, 0, 11, "{'rejected':2,'heartbeats':4,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':1,'horizonAfter':'2026-11-20T06:01:05Z','windows':[{'end':'2026-11-20T06:02:00Z','counted':1}]}""");
        scene.line(1, 0, 12, 11, "{'clockBefore':'2026-11-20T06:02:10Z','clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':4,'late':1,'horizonBefore':'2026-11-20T06:01:05Z','horizonAfter':'2026-11-20T06:01:05Z',
                 'windows':[{'end':'2026-11-20T06:01:00Z','counted':4}]}""");
        lineOfPartition1();
        // When Then
        ObjectNode answer = explainedAs(document, "equal");
        assertThat(answer.path("scope").asText()).isEqualTo("window");
        assertThat(answer.path("lines")).hasSize(2).allMatch(line -> line.path("agrees")
                .asBoolean());
    }

    @ParameterizedTest
    @CsvSource({"d, equal", "e, different"})
    void shouldFindTheFirstRevisionWhereItsKeyWasBeforeTheTopicGotMorePartitions(String window, String verdict) {
        // Given
        scene.log.topic("window-results", 2);
        inputsOfAMinute();
        scene.log.add(
                "window-results",
                1,
                "d",
                FIRST_REVISION.replace("~d~", "~" + window + "~"),
                Scene.SIX.plusSeconds(299));
        ObjectNode document = scene.result(RESULT);
        lineOfPartition0();
        lineOfPartition1();
        // When Then
        explainedAs(document, verdict);
    }

    @Test
    void shouldTellAForgedDocumentFromAForgedLog() {
        // Given
        ObjectNode document = anAuditedMinute();
        ObjectNode forged = document.deepCopy();
        forged.put("count", 5);
        // When Then
        ObjectNode answer = explainedAs(forged, "different");
        assertThat(findings(answer)).containsExactly("document: differs from the log");
        assertThat(answer.path("differences"))
                .hasToString("[{\"field\":\"count\",\"document\":5,\"log\":4,\"recomputed\":4}]");
        // When
        scene.log.replace("window-results", 0, 1, RESULT.replace("\"count\":4", "\"count\":5"));
        // Then
        answer = explainedAs(forged, "different");
        assertThat(findings(answer)).containsExactly("log: differs from the inputs");
        assertThat(answer.path("differences"))
                .hasToString("[{\"field\":\"count\",\"document\":5,\"log\":5,\"recomputed\":4}]");
    }

    @Test
    void shouldSeeWhateverIsForgedInADocument() {
        ObjectNode document = anAuditedMinute();
        List<String> forged = new ArrayList<>();
        for (String field : List.of(
                "/values/avg_temp",
                "/values/min_hum",
                "/sums/temp",
                "/count",
                "/late",
                "/minEventTime",
                "/inputs/0/last",
                "/window/zone",
                "/rev",
                "/status",
                "/client",
                "/avg_temp",
                "/log/offset",
                "/log/partition")) {
            ObjectNode other = document.deepCopy();
            int cut = field.lastIndexOf('/');
            ObjectNode parent = (ObjectNode) other.at(field.substring(0, cut));
            JsonNode old = other.at(field);
            parent.set(
                    field.substring(cut + 1),
                    old.isTextual()
                            ? Scene.json("{'v':'7'}").get("v")
                            : Scene.json("{'v':7}").get("v"));
            forged.add(field + " " + verdict(scene.explain(other)));
        }
        assertThat(forged).allMatch(line -> line.endsWith(" different"));
        ObjectNode poorer = document.deepCopy();
        ((ObjectNode) poorer.path("values")).remove("max_temp");
        explainedAs(poorer, "different");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/id, 'x'", "/spec, 'tumbling(2m)'",
                "/key, 'e'", "/window/kind, 'sliding'",
                "/window/start, '2026-11-20T05:59:00Z'", "/window/end, '2026-11-20T06:02:00Z'",
                "/values/avg_temp, 25.000001", "/values/more, 1",
                "/sums/hum, '200000001'", "/count, 5",
                "/late, 0", "/minEventTime, '2026-11-20T06:00:02Z'",
                "/maxEventTime, '2026-11-20T06:00:51Z'", "/inputs/0/last, 7",
                "/complete, false", "/generation, 2",
                "/rev, 1", "/rev, 3",
                "/status, 'FINAL'", "/status, 'RETRACTED'",
                "/cause, 'watermark'", "/watermark, '2026-11-20T06:00:59.998Z'",
                "/watermark, '2026-11-20 06:01:00'"
            })
    void shouldSeeWhateverIsForgedInTheLogAndItsDocument(String field, String value) {
        // Given
        ObjectNode document = anAuditedMinute();
        JsonNode result = Scene.json(RESULT);
        int cut = field.lastIndexOf('/');
        for (JsonNode forged : List.of(document, result)) {
            ((ObjectNode) forged.at(field.substring(0, cut)))
                    .set(
                            field.substring(cut + 1),
                            Scene.json("{'v':" + value + "}").get("v"));
        }
        scene.log.replace("window-results", 0, 1, result.toString());
        // When Then
        explainedAs(document, "different");
    }

    @Test
    void shouldListWhatIsNotHeldAgainstAnything() {
        // Given: nothing tells of the generation's run
        anAuditedMinute();
        // Then: the revisions before tell of rev, status and generation, where there are any
        assertThat(scene.explain(scene.result(RESULT.replace("\"rev\":2", "\"rev\":3")))
                        .path("unchecked"))
                .hasToString("[\"jobVersion\",\"window.zone\"]");
    }

    @Test
    void shouldSeeThatAWindowWasFinalBefore() {
        // Given
        anAuditedMinute();
        // When Then
        ObjectNode answer = explainedAs(scene.result(FIRST_REVISION), "different");
        assertThat(findings(answer)).contains(FINAL_BEFORE);
    }

    @ParameterizedTest
    @CsvSource({"05:54:55Z, -5, false", "05:54:56Z, -5, true", "05:54:55Z, -4, true"})
    void shouldNotHoldCompleteAgainstABeginningThatItDoesNotKnow(String clock, double written, boolean unchecked) {
        // Given: what was read before began 5 min after the clock at the latest, and was appended before its line was
        // written; B is 5 s
        scene.heartbeat(0, -10);
        scene.reading(0, 1, "10");
        scene.reading(0, 30, "20");
        scene.heartbeat(0, 130);
        scene.writing(written).line(1, 0, 0, 0, """
                {'heartbeats':1,'clockBefore':'2026-11-20T%s','clockAfter':'2026-11-20T05:59:50Z'}""".formatted(clock), """
                {'horizonAfter':'2026-11-20T05:58:45Z'}""");
        scene.writing(600)
                .line(
                        1,
                        0,
                        1,
                        3,
                        "{'heartbeats':1,'clockBefore':'2026-11-20T05:59:50Z','clockAfter':'2026-11-20T06:02:10Z'}",
                        """
                        {'counted':2,'horizonBefore':'2026-11-20T05:58:45Z','horizonAfter':'2026-11-20T06:01:05Z',
                         'windows':[{'end':'2026-11-20T06:01:00Z','counted':2}]}""");
        scene.quietPartition1(1);
        ObjectNode document = scene.result(FIRST_REVISION.replace("\"first\":0,\"last\":1", "\"first\":1,\"last\":2"));
        // When Then
        ObjectNode answer = explainedAs(document, "equal");
        assertThat(answer.path("unchecked").toString().contains("complete")).isEqualTo(unchecked);
    }

    @Test
    void shouldSeeThatARevisionIsMissing() {
        // Given: the first revision is of another window
        ObjectNode document = anAuditedMinute();
        scene.log.replace("window-results", 0, 0, FIRST_REVISION.replace("~d~", "~e~"));
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(findings(answer))
                .containsExactly("log: REVISED revision 2 of generation 1 is the first of its window");
        // When: whether it was there is not known
        scene.log.expire("window-results", 0, 1);
        // Then
        answer = explainedAs(document, "equal");
        assertThat(answer.path("unchecked"))
                .hasToString("[\"generation\",\"jobVersion\",\"rev\",\"status\",\"window.zone\"]");
    }

    @Test
    void shouldSeeThatAResultOmitsRecordsThoughItIsSound() {
        // Given: what the first two records give, and no word of the others
        anAuditedMinute();
        ObjectNode document = scene.result(FIRST_REVISION);
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(findings(answer))
                .containsExactly("log: omits records of its window that the inputs hold", FINAL_BEFORE);
        assertThat(answer.at("/omitted/count").asInt()).isEqualTo(4);
    }

    @Test
    void shouldMissNoRecordsThatOnlyARevisionHasWhichDoesNotHoldAsItIsNotComplete() {
        // Given: partition 1 was read from offset 1 on, and a record of it is in a second revision
        scene.reading(0, 1, "10");
        scene.reading(0, 30, "20");
        scene.heartbeat(0, 130);
        scene.heartbeat(1, 0);
        scene.reading(1, 20, "30");
        scene.heartbeat(1, 130);
        scene.line(1, 0, 0, 2, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':2,'horizonAfter':'2026-11-20T06:01:05Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':2}]}""");
        scene.line(1, 1, 1, 2, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':1,'horizonAfter':'2026-11-20T06:01:05Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':1}]}""");
        ObjectNode document = scene.result(FIRST_REVISION);
        scene.result(RESULT.replace("\"complete\":true", "\"complete\":false"));
        // When
        ObjectNode answer = explainedAs(document, "equal");
        // Then
        assertThat(answer.path("scope").asText()).isEqualTo("window");
        assertThat(findings(answer)).containsExactly("log: omits records with which its window would not be complete");
    }

    @Test
    void shouldSeeARecordOfAnotherPartitionThatWasAppendedLongBefore() {
        // Given: the only record that the result names was appended 20 min later
        scene.reading(1, 20, "40");
        scene.heartbeat(1, 130);
        lineOfPartition1();
        scene.writing(1500);
        scene.reading(0, "d", 1, 1300, "10");
        scene.heartbeat(0, 1400);
        scene.heartbeat(1, 1400);
        scene.line(1, 0, 0, 1, "{'heartbeats':1,'clockAfter':'2026-11-20T06:23:20Z'}", """
                {'counted':1,'horizonAfter':'2026-11-20T06:22:15Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':1}]}""");
        scene.line(
                1,
                1,
                2,
                2,
                "{'heartbeats':1,'clockBefore':'2026-11-20T06:02:10Z','clockAfter':'2026-11-20T06:23:20Z'}",
                "{'horizonBefore':'2026-11-20T06:01:05Z','horizonAfter':'2026-11-20T06:22:15Z'}");
        String one = FIRST_REVISION
                .replace("\"count\":2", "\"count\":1")
                .replace("15.000000", "10.000000")
                .replace("20.000000", "10.000000")
                .replace("30000000", "10000000")
                .replace("\"100000000\"", "\"50000000\"")
                .replace("06:00:30Z", "06:00:01Z")
                .replace("\"last\":1}", "\"last\":0}");
        // When
        ObjectNode answer = scene.explain(scene.result(one));
        // Then
        assertThat(answer.path("scope").asText()).isEqualTo("window");
        assertThat(answer.path("differences")).as("%s", answer).isEmpty();
        assertThat(findings(answer)).containsExactly("log: omits records of its window that the inputs hold");
    }

    @Test
    void shouldFindTheLinesOfRecordsThatAreHoursAheadOfTheirAppendTimes() {
        // Given
        scene.skew("PT6H");
        scene.reading(0, "d", 1, -17_990, "10");
        scene.reading(0, "d", 30, -17_980, "20");
        scene.writing(-17_970);
        scene.line(1, 0, 0, 1, "{'clockAfter':'2026-11-20T06:00:30Z'}", """
                {'counted':2,'horizonAfter':'2026-11-20T05:59:25Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':2}]}""");
        scene.writing(140);
        scene.heartbeat(0, 130);
        scene.line(
                1,
                0,
                2,
                2,
                "{'heartbeats':1,'clockBefore':'2026-11-20T06:00:30Z','clockAfter':'2026-11-20T06:02:10Z'}",
                "{'horizonBefore':'2026-11-20T05:59:25Z','horizonAfter':'2026-11-20T06:01:05Z'}");
        scene.quietPartition1(1);
        // When Then
        explainedAs(scene.result(FIRST_REVISION), "equal");
    }

    @Test
    void shouldNotAccuseTheLogOfARevisionThatElasticsearchDoesNotShowYet() {
        // Given: the revision that counts the late records is not indexed yet
        ObjectNode document = scene.result(FIRST_REVISION);
        anAuditedMinute();
        // When Then
        ObjectNode answer = explainedAs(new ExplainedWindow(document, null, null, false), "equal");
        assertThat(findings(answer))
                .containsExactly(
                        "log: may have a newer revision, of more records, that Elasticsearch does not show yet");
        assertThat(answer.has("omitted")).isFalse();
    }

    @Test
    void shouldSeeThatARecordHasAnotherWindowsId() {
        // Given: the id of device e, and everything else of device d
        anAuditedMinute();
        ObjectNode document = scene.result(RESULT.replace("~d~", "~e~"));
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(answer.path("differences"))
                .hasToString("[{'field':'id','document':'%1$se%2$s','log':'%1$se%2$s','recomputed':'%1$sd%2$s'}]"
                        .formatted("weather-average~tumbling-1m~", "~20261120T060000.000Z~20261120T060100.000Z")
                        .replace('\'', '"'));
    }

    @Test
    void shouldSayWhatElasticsearchHasLost() {
        // Given: the window's document was deleted, its revision is still in the history
        ObjectNode revision = anAuditedMinute();
        // When Then
        ObjectNode answer = explainedAs(new ExplainedWindow(null, null, revision, true), "different");
        assertThat(findings(answer)).containsExactly("document: is missing from Elasticsearch; the log has the window");
        assertThat(answer.at("/recomputed/count").asInt()).isEqualTo(4);
    }

    @Test
    void shouldSayWhatWasThereToBeCompared() {
        // Given
        ObjectNode document = anAuditedMinute();
        // Then
        assertThat(compared(document, null, null)).hasToString("[\"document\",\"log\"]");
        assertThat(compared(null, Scene.json(RESULT), null)).hasToString("[\"log\"]");
        assertThat(compared(null, null, document)).hasToString("[\"log\"]");
        // When: the log begins behind the record
        scene.log.expire("window-results", 0, 2);
        // Then
        assertThat(compared(document, null, null)).hasToString("[\"document\"]");
        assertThat(compared(null, null, document)).hasToString("[\"history\"]");
        assertThat(compared(null, document, document)).hasToString("[\"memory\"]");
        assertThat(findings(scene.explain(new ExplainedWindow(null, document, document, true))))
                .contains("document: is missing from Elasticsearch, which had it; the log does not have its record");
    }

    private JsonNode compared(JsonNode document, JsonNode tail, JsonNode revision) {
        ObjectNode answer = scene.explain(new ExplainedWindow(document, tail, revision, true));
        assertThat(answer.path("differences")).as("%s", answer).isEmpty();
        return answer.path("compared");
    }

    @Test
    void shouldReadNoMoreThanTheNamedOffsetsWhileTheWindowCanChange() {
        // Given: the horizon of partition 1 has not reached the window's end
        ObjectNode document = aMinute();
        lineOfPartition0();
        lineOfPartition1(0, "{'clockAfter':'2026-11-20T06:00:20Z'}", "05:59:15");
        // When Then
        ObjectNode answer = explainedAs(document, "equal");
        assertThat(answer.path("settling").asBoolean()).isTrue();
        assertThat(answer.at("/read/records").asInt()).isEqualTo(8);
        assertThat(answer.at("/lines/0/agrees").isNull()).isTrue();
    }

    @Test
    void shouldSayThatATopicWasMadeAnewSinceTheResultWasMadeOfIt() {
        // Given: the topic of that name has two records, the result names more
        ObjectNode document = aMinute();
        scene.log.topic(Scene.INPUT, 2);
        scene.reading(0, 1, "10");
        scene.reading(1, 2, "10");
        scene.line(1, 0, 0, 11, "{'topicId':'another-topic-of-name'}", "{'horizonAfter':'2026-11-20T06:01:05Z'}");
        // When Then
        ObjectNode answer = explainedAs(document, "unaudited");
        assertThat(answer.path("summary").asText())
                .isEqualTo("Topic device-readings was recreated: the inputs of this result are gone.");
        // When: another generation reads the new one
        scene.line(2, 0, 0, 0, "{}", "{'horizonAfter':'2026-11-20T06:01:05Z'}");
        // Then
        explainedAs(document, "unaudited");
    }

    @Test
    void shouldNameTheOffsetsThatNoLineCovers() {
        // Given
        ObjectNode document = aMinute();
        lineOfPartition0();
        // When Then
        ObjectNode answer = explainedAs(document, "unaudited");
        assertThat(answer.path("unaudited"))
                .hasToString("{\"topic\":\"device-readings\",\"partition\":1,\"first\":0,\"last\":0}");
        assertThat(answer.path("unchecked")).hasToString(EVERYTHING);
        // When: a line in between is missing
        scene.line(1, 1, 1, 1, "{'clockBefore':'2026-11-20T06:00:20Z'}", "{}");
        // Then
        answer = explainedAs(document, "unaudited");
        assertThat(answer.path("summary").asText())
                .startsWith("No audit line covers offsets 0 to 0 of device-readings-1");
    }

    @Test
    void shouldSayWhichInputsHaveExpired() {
        // Given
        ObjectNode document = anAuditedMinute();
        scene.log.expire("device-readings", 0, 3);
        // When Then
        ObjectNode answer = explainedAs(document, "expired");
        assertThat(answer.path("expired"))
                .hasToString("{\"topic\":\"device-readings\",\"partition\":0,\"firstNeeded\":0,\"firstThere\":3}");
        assertThat(answer.path("unchecked")).hasToString(EVERYTHING);
        // When
        document.put("count", 5);
        // Then: what can be compared is compared
        explainedAs(document, "different");
    }

    @Test
    void shouldSayThatTheInputsOfAResultThatNamesTheTopicAloneHaveExpired() {
        // Given
        ObjectNode document = aMinute();
        document.putArray("inputs").addObject().put("topic", "device-readings");
        scene.log.replace(
                "window-results",
                0,
                1,
                RESULT.replaceFirst("\"inputs\":\\[[^]]*]", "\"inputs\":[{\"topic\":\"device-readings\"}]"));
        scene.log.expire("device-readings", 0, 12);
        scene.log.expire("device-readings", 1, 2);
        // When Then: the lines, too
        explainedAs(document, "unaudited");
        // Given
        lineOfPartition0();
        lineOfPartition1();
        // When Then
        explainedAs(document, "expired");
    }

    @Test
    void shouldReadALineThatBeginsWithOffsetsThatTheLogHadLost() {
        // Given
        for (int lost = 0; lost < 3; lost++) {
            scene.heartbeat(1, 0);
        }
        aMinute();
        scene.log.expire("device-readings", 1, 3);
        lineOfPartition0();
        lineOfPartition1(4, "{'holes':[[0,2]],'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", "06:01:05");
        String result = RESULT.replace("\"complete\":true", "\"complete\":false")
                .replace("\"first\":0,\"last\":0", "\"first\":3,\"last\":3");
        // When
        ObjectNode answer = scene.explain(scene.result(result));
        // Then
        assertThat(answer.path("recomputed").path("count").asInt())
                .as("%s", answer)
                .isEqualTo(4);
        assertThat(answer.path("lines")).hasSize(2).allMatch(line -> line.path("agrees")
                .asBoolean());
        assertThat(answer.at("/recomputed/complete").asBoolean()).isFalse();
    }

    @Test
    void shouldRefuseWhatIsTooMuchWithTheCommandThatDoesIt() {
        // Given
        ObjectNode document = anAuditedMinute();
        // When
        Problem problem = catchThrowableOfType(ProblemException.class, () -> scene.explain(document, 7))
                .problem();
        // Then
        assertThat(problem.type()).isEqualTo(ProblemType.TOO_MUCH_TO_EXPLAIN);
        assertThat(problem.members())
                .containsEntry(
                        "command",
                        "streampane replay weather-average --generation 1 --compare"
                                + " --from 2026-11-20T06:00:00Z --to 2026-11-20T06:01:00Z");
        // When: what the result names can be read, and no more
        assertThat(scene.explain(document, 8).at("/read/records").asInt()).isEqualTo(8);
    }

    @Test
    void shouldGoByTheLinesOfItsGenerationThoughThoseOfTheOneBeforeAreComplete() {
        // Given: the next generation read everything again, long after
        anAuditedMinute();
        scene.writing(1500);
        scene.heartbeat(0, 1400);
        scene.heartbeat(1, 1400);
        String later = "{'heartbeats':1,'clockBefore':'2026-11-20T06:02:10Z','clockAfter':'2026-11-20T06:23:20Z'}";
        String closed = "{'horizonBefore':'2026-11-20T06:01:05Z','horizonAfter':'2026-11-20T06:22:15Z'}";
        scene.line(1, 0, 12, 12, later, closed);
        scene.line(1, 1, 2, 2, later, closed);
        String again = "{'clockAfter':'2026-11-20T06:23:20Z'}";
        String all = "{'horizonAfter':'2026-11-20T06:22:15Z'}";
        scene.line(2, 0, 0, 12, again, all);
        scene.line(2, 1, 0, 2, again, all);
        // When
        ObjectNode answer = scene.explain(scene.result(RESULT.replace("\"generation\":1", "\"generation\":2")));
        // Then
        assertThat(answer.path("lines"))
                .as("%s", answer)
                .hasSize(2)
                .allMatch(line -> line.path("generation").asInt() == 2);
    }

    @Test
    void shouldFollowSettingsThatChangeInTheMiddle() {
        // Given: L is 10 s from offset 6 on, which closes the window before the late record
        ObjectNode document = aMinute();
        lineOfPartition0UpTo5();
        lineOfPartition1();
        scene.settings(Duration.ZERO, Duration.ofSeconds(10));
        scene.line(
                1,
                0,
                6,
                11,
                "{'rejected':2,'heartbeats':2,'clockBefore':'2026-11-20T06:01:10Z','clockAfter':'2026-11-20T06:02:10Z'}",
                "{'late':2,'horizonBefore':'2026-11-20T06:01:00Z','horizonAfter':'2026-11-20T06:02:00Z'}");
        // When Then: the record at offset 6 is not in the window
        ObjectNode answer = explainedAs(document, "different");
        assertThat(answer.at("/recomputed/count").asInt()).isEqualTo(3);
        assertThat(answer.at("/recomputed/late").asInt()).isZero();
        assertThat(answer.at("/read/late").asInt()).isEqualTo(2);
        assertThat(answer.path("lines")).allMatch(line -> line.path("agrees").asBoolean());
    }

    @Test
    void shouldNotHoldEventTimesAgainstAppendTimesThatAreNone() {
        // Given
        scene.unguarded();
        ObjectNode document = aMinute();
        scene.line(1, 0, 0, 11, "{'rejected':1,'heartbeats':4,'clockAfter':'2026-11-20T06:16:40Z'}", """
                {'counted':6,'late':1,'horizonAfter':'2026-11-20T06:15:35Z','windows':[{'end':'2026-11-20T06:01:00Z','counted':4}]}""");
        lineOfPartition1();
        // When Then
        ObjectNode answer = explainedAs(document, "equal");
        assertThat(answer.at("/read/rejected").asInt()).isEqualTo(1);
        assertThat(answer.at("/read/unguarded").asInt()).isEqualTo(14);
        assertThat(answer.path("lines")).allMatch(line -> line.path("agrees").asBoolean());
    }

    @Test
    void shouldLeaveOutWhatACorrectionTakesBack() {
        // Given
        ObjectNode document = anAuditedMinute();
        scene.log.add("audit", 0, "weather-average/device-readings/0", CORRECTION, Scene.SIX.plusSeconds(600));
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(answer.at("/recomputed/count").asInt()).isEqualTo(3);
        assertThat(answer.at("/read/corrected").asInt()).isEqualTo(1);
    }

    @Test
    void shouldFindACorrectionInAPartitionOfTheAuditThatIsBehindAnother() {
        // Given: what ends the reading of one partition was written before the correction in the other
        ObjectNode document = aMinute();
        scene.log.topic("audit", 2);
        lineOfPartition1();
        scene.log.add("audit", 0, "another/device-readings/0", "{}", Scene.SIX.plusSeconds(900));
        scene.auditing(1);
        lineOfPartition0();
        scene.log.add("audit", 1, "another/device-readings/1", "{}", Scene.SIX.plusSeconds(601));
        scene.log.add("audit", 1, "weather-average/device-readings/0", CORRECTION, Scene.SIX.plusSeconds(602));
        // When
        ObjectNode answer = scene.explain(document);
        // Then
        assertThat(answer.at("/read/corrected").asInt()).as("%s", answer).isEqualTo(1);
    }

    @Test
    void shouldNotLeaveOutWhatACorrectionTookBackOfAGenerationBeforeTheOneThatBeganAnew() {
        // Given
        anAuditedMinute();
        scene.log.add("audit", 0, "weather-average/device-readings/0", CORRECTION, Scene.SIX.plusSeconds(600));
        String clock = "{'clockAfter':'2026-11-20T06:02:10Z'}";
        String closed = "{'horizonAfter':'2026-11-20T06:01:05Z'}";
        scene.line(2, 0, 0, 11, clock, closed);
        scene.line(2, 1, 0, 1, clock, closed);
        // When
        ObjectNode answer = scene.explain(scene.result(RESULT.replace("\"generation\":1", "\"generation\":2")));
        // Then
        assertThat(answer.at("/recomputed/count").asInt()).as("%s", answer).isEqualTo(4);
        assertThat(answer.at("/read/corrected").asInt()).isZero();
    }

    @Test
    void shouldNotLeaveOutWhatACorrectionTookBackOfWhatTheGenerationThatWentOnReadAgain() {
        // Given: generation 1 has read all, and 2 goes on from its state after offset 5
        aMinute();
        lineOfPartition0UpTo5();
        lineOfPartition1();
        scene.log.add("audit", 0, "weather-average/device-readings/0", CORRECTION, Scene.SIX.plusSeconds(600));
        String clock = "{'clockBefore':'2026-11-20T06:01:10Z','clockAfter':'2026-11-20T06:02:10Z'}";
        String closed = "{'horizonAfter':'2026-11-20T06:01:05Z'}";
        scene.line(1, 0, 6, 11, clock, closed);
        scene.line(2, 0, 6, 11, clock, closed);
        // When
        ObjectNode answer = scene.explain(scene.result(RESULT.replace("\"generation\":1", "\"generation\":2")));
        // Then
        assertThat(answer.at("/recomputed/count").asInt()).as("%s", answer).isEqualTo(4);
        assertThat(answer.at("/read/corrected").asInt()).isZero();
    }

    @Test
    void shouldSayWhenALineDiffersFromTheInputs() {
        // Given
        ObjectNode document = aMinute();
        lineOfPartition0();
        lineOfPartition1(1, "{'heartbeats':2,'clockAfter':'2026-11-20T06:02:10Z'}", "06:01:05");
        // When Then
        ObjectNode answer = explainedAs(document, "equal");
        assertThat(findings(answer))
                .containsExactly("audit: the line from offset 0 of device-readings-1 differs from the inputs");
    }

    @Test
    void shouldHoldTheZoneAgainstThatOfTheJob() {
        // Given: the job runs in Berlin, and one reading says its time without a zone
        ObjectNode document = anAuditedMinute();
        scene.log.add(
                "job-runs",
                0,
                "weather-average/1",
                "{\"job\":\"weather-average\",\"generation\":1,\"settings\":{\"zone\":\"Europe/Berlin\"},"
                        + "\"started\":\"2026-11-20T05:59:58Z\"}",
                Scene.SIX);
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("window.zone");
        // Given
        scene.log.replace(
                "device-readings",
                1,
                0,
                "{\"client\":\"d\",\"ts\":\"2026-11-20 07:00:20\",\"temperature\":40,\"humidity\":50}");
        document = scene.result(RESULT.replace("\"UTC\"", "\"Europe/Berlin\"").replace("\"rev\":2", "\"rev\":3"));
        // Then
        explainedAs(document, "equal");
    }

    @Test
    void shouldKnowTheZoneOfAJobThatWasChangedOften() {
        // Given: a job in Berlin that was started again and again, each time with another option, and has kept 300 KB
        // of them
        ObjectNode document = anAuditedMinute();
        JobRun run = started(0);
        for (int start = 1; start <= 100; start++) {
            run = run.startedAgain(started(start), Optional.empty());
        }
        String json = new String(run.json(), StandardCharsets.UTF_8);
        assertThat(json).hasSizeGreaterThan(300_000);
        scene.log.add("job-runs", 0, "weather-average/1", json, Scene.SIX);
        // When Then
        ObjectNode answer = explainedAs(document, "different");
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("window.zone");
    }

    private static JobRun started(int start) {
        return new JobRun(
                "weather-average",
                1,
                "j",
                List.of("tumbling(1m)"),
                Map.of("zone", "Europe/Berlin", "others", start + "x".repeat(3_000)),
                Scene.at(start),
                "1");
    }

    @Test
    void shouldReadEachLineInTheZoneOfTheStartThatWroteIt() {
        // Given: the job was in Berlin, was started again in UTC 500 s after six, and two readings say their times
        // without a zone
        aMinute();
        scene.writing(400);
        lineOfPartition1();
        scene.writing(600);
        lineOfPartition0();
        scene.log.replace(
                "device-readings",
                1,
                0,
                "{\"client\":\"d\",\"ts\":\"2026-11-20 07:00:20\",\"temperature\":40,\"humidity\":50}");
        scene.log.replace(
                "device-readings",
                0,
                6,
                "{\"client\":\"d\",\"ts\":\"2026-11-20 06:00:50\",\"temperature\":30,\"humidity\":50}");
        scene.log.add("job-runs", 0, "weather-average/1", """
                {"job":"weather-average","generation":1,"settings":{"zone":"Europe/Berlin"},"started":"2026-11-20T05:59:58Z",
                 "latest":{"jobId":"j","started":"2026-11-20T06:30:00Z"},
                 "changes":[{"started":"2026-11-20T06:08:20Z","settings":{"zone":"UTC"}}]}""", Scene.SIX);
        // Then
        assertThat(explained("UTC", 3).path("differences")).isEmpty();
        assertThat(explained("Europe/Berlin", 4).path("differences")).isEmpty();
        assertThat(explained("Asia/Tokyo", 5).at("/differences/0/field").asText())
                .isEqualTo("window.zone");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldReadARestoredLineInTheZoneOfTheStartThatReadItsRecords(int generation) {
        // Given: the job was in Berlin and was started again in UTC, as the same generation or the next one, when a
        // line of either partition was open; two readings say their times without a zone
        aMinute();
        scene.writing(400);
        lineOfPartition0UpTo5();
        lineOfPartition1();
        scene.writing(600);
        scene.line(generation, 0, 6, 11, """
                {'rejected':2,'heartbeats':2,'restored':true,
                 'clockBefore':'2026-11-20T06:01:10Z','clockAfter':'2026-11-20T06:02:10Z'}""", """
                {'counted':1,'late':1,'horizonBefore':'2026-11-20T06:00:05Z','horizonAfter':'2026-11-20T06:01:05Z',
                 'windows':[{'end':'2026-11-20T06:01:00Z','counted':1}]}""");
        scene.log.replace(
                "device-readings",
                0,
                6,
                "{\"client\":\"d\",\"ts\":\"2026-11-20 07:00:50\",\"temperature\":30,\"humidity\":50}");
        String berlin =
                "{'job':'weather-average','generation':1,'settings':{'zone':'Europe/Berlin'},'started':'2026-11-20T05:59:58Z'";
        String utc = "{'started':'2026-11-20T06:08:20Z','settings':{'zone':'UTC'}}";
        run(1, generation == 1 ? berlin + ",'changes':[" + utc + "]}" : berlin + "}");
        if (generation == 2) {
            run(2, utc.replace("{'started'", "{'job':'weather-average','generation':2,'started'"));
        }
        // When
        ObjectNode answer =
                scene.explain(scene.result(RESULT.replace("\"generation\":1", "\"generation\":" + generation)
                        .replace("\"rev\":2", "\"rev\":" + (generation == 1 ? 3 : 1))));
        // Then
        assertThat(answer.path("differences")).as("%s", answer).isEmpty();
        assertThat(answer.path("lines")).hasSize(3).allMatch(line -> line.path("agrees")
                .asBoolean());
    }

    private void run(int generation, String json) {
        scene.log.add(
                "job-runs", 0, "weather-average/" + generation, Scene.json(json).toString(), Scene.SIX);
    }

    private ObjectNode explained(String zone, int rev) {
        return scene.explain(
                scene.result(RESULT.replace("\"UTC\"", "\"" + zone + "\"").replace("\"rev\":2", "\"rev\":" + rev)));
    }

    @Test
    void shouldGoByTheNewestRevisionOfTheLog() {
        // Given: Elasticsearch has the first revision, of which a record is missing
        ObjectNode document = anAuditedMinute();
        ObjectNode older = document.deepCopy();
        older.put("rev", 1);
        // When Then: what Elasticsearch has is not what it was made of
        ObjectNode answer = explainedAs(new ExplainedWindow(older, Scene.json(RESULT), null, true), "different");
        assertThat(findings(answer))
                .containsExactly(
                        "document: differs from the log",
                        "document: is of an older revision than the newest in the log");
        // When Then
        answer = explainedAs(new ExplainedWindow(null, Scene.json(RESULT), null, true), "equal");
        assertThat(findings(answer)).containsExactly("document: is not in Elasticsearch yet");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"superseded\"`, RETRACTED revision 3 of generation 1 follows revision 2 of generation 1",
                "`\"merged\",\"mergedInto\":\"longer\"`, is RETRACTED because of 'merged'"
            })
    void shouldSeeThatASoundWindowIsRetracted(String cause, String finding) {
        // Given
        anAuditedMinute();
        String forged = RESULT.replaceAll("(?s)\"values\".*\"watermark\"", NOTHING + "\"watermark\"")
                .replaceAll("(?s)\"inputs\".*]", "\"inputs\":[]")
                .replace("\"rev\":2,\"status\":\"REVISED\"", "\"rev\":3,\"status\":\"RETRACTED\"")
                .replace("\"late-record\"", cause);
        // When Then
        ObjectNode answer = explainedAs(scene.result(forged), "different");
        assertThat(findings(answer)).contains("log: " + finding);
    }

    @Test
    void shouldRefuseAJobWhoseComputationItDoesNotKnow() {
        ObjectNode document = scene.result(RESULT.replace("\"job\":\"weather-average\"", "\"job\":\"anything\""));
        assertThat(catchThrowableOfType(ProblemException.class, () -> scene.explain(document))
                        .problem()
                        .type())
                .isEqualTo(ProblemType.NOT_RECOMPUTABLE);
    }

    /** What is explained of it, with that verdict. */
    private ObjectNode explainedAs(JsonNode document, String verdict) {
        return explainedAs(new ExplainedWindow(document, null, null, true), verdict);
    }

    private ObjectNode explainedAs(ExplainedWindow subject, String verdict) {
        ObjectNode answer = scene.explain(subject);
        assertThat(verdict(answer)).as("%s", answer).isEqualTo(verdict);
        return answer;
    }

    private static String verdict(JsonNode answer) {
        return answer.path("verdict").asText();
    }

    private static List<String> findings(JsonNode answer) {
        List<String> findings = new ArrayList<>();
        answer.path("findings").forEach(finding -> findings.add(finding.asText()));
        return findings;
    }
}
