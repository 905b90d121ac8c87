// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** One window of each kind, worked out by hand from a handful of readings. */
class WindowKindsTest {

    @Test
    void shouldMergeSessionsThatTouch() {
        // Given: gap 10 s, readings at 0, 15 and 8 s
        Scene scene = new Scene("session(10s)");
        scene.reading(0, 0, "1");
        scene.reading(0, 15, "2");
        scene.reading(0, "d", 8, 15, "3");
        scene.reading(0, 40, "50");
        close(scene, 4, "{'counted':4,'horizonAfter':'2026-11-20T06:01:05Z'}");
        String whole =
                result("session(10s)", "06:00:00", "06:00:25", "d", 3, "2.0", "1", "3", "06:00:00", "06:00:15", 0, 2);
        // Then
        assertEqual(scene, whole);
        // Given: the session before the third reading, which is no more
        ObjectNode gone = scene.result(
                result("session(10s)", "06:00:00", "06:00:10", "d", 1, "1", "1", "1", "06:00:00", "06:00:00", 0, 0));
        // When
        JsonNode answer = scene.explain(gone);
        // Then
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        assertThat(answer.at("/omitted/window/end").asText()).isEqualTo("2026-11-20T06:00:25Z");
    }

    @Test
    void shouldCountARecordInAllOfItsSlidingWindows() {
        // Given: size 20 s, slide 10 s: 25 s is in [10, 30) and in [20, 40)
        Scene scene = new Scene("sliding(20s,10s)");
        scene.reading(0, 12, "1");
        scene.reading(0, 25, "3");
        scene.reading(0, 31, "5");
        close(scene, 3, "{'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}");
        // Then
        assertEqual(
                scene,
                result(
                        "sliding(20s,10s)",
                        "06:00:10",
                        "06:00:30",
                        "d",
                        2,
                        "2",
                        "1",
                        "3",
                        "06:00:12",
                        "06:00:25",
                        0,
                        1));
        assertEqual(
                scene,
                result(
                        "sliding(20s,10s)",
                        "06:00:20",
                        "06:00:40",
                        "d",
                        2,
                        "4",
                        "3",
                        "5",
                        "06:00:25",
                        "06:00:31",
                        1,
                        2));
        JsonNode shifted = scene.explain(scene.result(result(
                "sliding(20s,10s)", "06:00:11", "06:00:31", "d", 2, "2", "1", "3", "06:00:12", "06:00:25", 0, 1)));
        assertThat(shifted.path("findings"))
                .extracting(JsonNode::asText)
                .contains("log: its window does not match its specification");
    }

    @Test
    void shouldTellCompleteOfEachSlidingWindowWhereAJobBeganInTheMiddle() {
        // Given: the first record that is read is of 25 s, so that windows from 30 s on are
        // complete
        Scene scene = new Scene("sliding(20s,10s)");
        scene.reading(0, 12, "9");
        scene.reading(0, 25, "3");
        scene.reading(0, 31, "3");
        close(scene, 1, 3, "{'counted':2,'horizonAfter':'2026-11-20T06:01:05Z'}");
        String from20 =
                result("sliding(20s,10s)", "06:00:20", "06:00:40", "d", 2, "3", "3", "3", "06:00:25", "06:00:31", 1, 2);
        String from30 =
                result("sliding(20s,10s)", "06:00:30", "06:00:50", "d", 1, "3", "3", "3", "06:00:31", "06:00:31", 2, 2);
        // Then
        assertEqual(scene, from20.replace("true", "false"));
        assertEqual(scene, from30);
        assertThat(differing(scene, from20)).isEqualTo("complete");
        assertThat(differing(scene, from30.replace("true", "false"))).isEqualTo("complete");
    }

    @Test
    void shouldTellCompleteOfASessionByAllPartitionsOfItsRecords() {
        // Given: gap 10 s; partition 0 is read from its beginning, partition 1 from a record of 0 s
        // on, so that it may lack what lies before 5 s
        Scene scene = new Scene("session(10s)");
        scene.reading(0, 10, "3");
        scene.reading(0, "e", 15, 15, "3");
        scene.heartbeat(0, 130);
        scene.line(1, 0, 0, 2, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':2,'horizonAfter':'2026-11-20T06:01:05Z'}""");
        scene.reading(1, -5, "9");
        scene.reading(1, "f", 0, 0, "9");
        scene.reading(1, 16, "3");
        scene.reading(1, "e", 16, 16, "3");
        scene.heartbeat(1, 130);
        scene.line(1, 1, 1, 4, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}""");
        String from10 = ofTwoPartitions("06:00:10", "06:00:26", "d", 0, 2);
        String from15 = ofTwoPartitions("06:00:15", "06:00:26", "e", 1, 3);
        // Then: a record of 0 s would be of the first, one of 5 s of the second
        assertEqual(scene, from10.replace("true", "false"));
        assertEqual(scene, from15);
        assertThat(differing(scene, from10)).isEqualTo("complete");
        assertThat(differing(scene, from15.replace("true", "false"))).isEqualTo("complete");
    }

    /** A session of two readings, the second of them of 16 s. */
    private static String ofTwoPartitions(String start, String end, String key, long first, long second) {
        String inputs = "\"first\":%1$d,\"last\":%1$d}";
        return result("session(10s)", start, end, key, 2, "3", "3", "3", start, "06:00:16", first, first)
                .replace(
                        inputs.formatted(first),
                        inputs.formatted(first)
                                + ",{\"topic\":\"device-readings\",\"partition\":1,"
                                + inputs.formatted(second));
    }

    @Test
    void shouldTellCompleteByWhenTheFirstRecordWasAppendedWhereThatIsLater() {
        // Given: the first record that is read is of 25 s and was appended at 32 s, and so may have
        // been what was not read
        Scene scene = new Scene("sliding(20s,10s)");
        scene.reading(0, 12, "9");
        scene.reading(0, "d", 25, 32, "3");
        scene.reading(0, 41, "3");
        close(scene, 1, 3, "{'counted':2,'horizonAfter':'2026-11-20T06:01:05Z'}");
        String from30 = one("sliding(20s,10s)", "06:00:30", "06:00:50", "d", "06:00:41", 2);
        String from40 = one("sliding(20s,10s)", "06:00:40", "06:01:00", "d", "06:00:41", 2);
        // Then
        assertEqual(scene, from30.replace("true", "false"));
        assertEqual(scene, from40);
        assertThat(differing(scene, from30)).isEqualTo("complete");
    }

    @Test
    void shouldCallARecordLateForThoseOfItsSlidingWindowsThatHadEnded() {
        // Given C - B is 31 s when 28 s comes, which is in [10, 30) and in [20, 40)
        Scene scene = new Scene("sliding(20s,10s)");
        scene.reading(0, 25, "3");
        scene.reading(0, "e", 36, 36, "99");
        scene.reading(0, "d", 28, 37, "5");
        close(scene, 3, "{'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}");
        // Then
        assertEqual(scene, sliding("06:00:10", "06:00:30", 1));
        assertEqual(scene, sliding("06:00:20", "06:00:40", 0));
    }

    private static String sliding(String start, String end, int late) {
        return result("sliding(20s,10s)", start, end, "d", 2, "4", "3", "5", "06:00:25", "06:00:28", 0, 2)
                .replace("\"late\":0", "\"late\":" + late);
    }

    @Test
    void shouldTellAPaneOfSoManyRecords() {
        // Given: panes of two, and a device in between
        Scene scene = new Scene("global(count=2)");
        scene.reading(0, 1, "1");
        scene.reading(0, 9, "2");
        scene.reading(0, 5, "3");
        scene.reading(0, "e", 6, 9, "99");
        scene.reading(0, 7, "4");
        close(scene, 5, "{'counted':5,'horizonAfter':'2026-11-20T06:01:05Z'}");
        String second = result(
                "global(count=2)", "06:00:05", "06:00:07.001", "d", 2, "3.5", "3", "4", "06:00:05", "06:00:07", 2, 4);
        // Then
        assertEqual(scene, second);
        assertThat(differing(scene, second.replace("07.001Z", "07.002Z"))).isEqualTo("window.end");
    }

    @Test
    void shouldAddUpAllKeysOfADayInItsZone() {
        // Given: 22:59 UTC is 23:59 in Berlin, and the day ends there at 23:00 UTC
        Scene scene = new Scene("all:calendar(day,Europe/Berlin)");
        double lastMinute = 17 * 3600 - 60;
        scene.reading(0, lastMinute, "1");
        scene.reading(0, "e", lastMinute + 1, lastMinute + 1, "2");
        scene.reading(0, lastMinute + 60, "9");
        scene.heartbeat(0, lastMinute + 200);
        scene.line(1, 0, 0, 3, "{'heartbeats':1,'clockAfter':'2026-11-20T23:02:20Z'}", """
                {'counted':3,'horizonAfter':'2026-11-20T23:01:15Z'}""");
        scene.heartbeat(1, lastMinute + 200);
        scene.line(1, 1, 0, 0, "{'heartbeats':1,'clockAfter':'2026-11-20T23:02:20Z'}", """
                {'horizonAfter':'2026-11-20T23:01:15Z'}""");
        String day = result(
                        "all:calendar(day,Europe/Berlin)",
                        "23:00:00",
                        "23:00:00",
                        "",
                        2,
                        "1.5",
                        "1",
                        "2",
                        "22:59:00",
                        "22:59:01",
                        0,
                        1)
                .replace("\"start\":\"2026-11-20", "\"start\":\"2026-11-19")
                .replace("~20261120T", "~20261119T")
                .replace("Z~20261119T", "Z~20261120T");
        // Then
        assertEqual(scene, day);
    }

    @Test
    void shouldGoBackIntoAnOlderGenerationThatTheNewOneWentOnFrom() {
        // Given: generation 1 has read up to offset 1; a replay of its own, generation 2 without
        // state, is not asked
        Scene scene = new Scene("tumbling(1m)");
        scene.reading(0, 1, "1");
        scene.reading(0, 2, "2");
        scene.reading(0, 3, "3");
        scene.line(1, 0, 0, 1, "{'clockAfter':'2026-11-20T06:00:02Z'}", windows(2, "05:58:57"));
        scene.heartbeat(0, 130);
        scene.line(
                2,
                0,
                2,
                3,
                "{'heartbeats':1,'clockBefore':'2026-11-20T06:00:02Z','clockAfter':'2026-11-20T06:02:10Z'}",
                "{'horizonBefore':'2026-11-20T05:58:57Z',"
                        + windows(1, "06:01:05").substring(1));
        scene.quietPartition1(2);
        String minute =
                result("tumbling(1m)", "06:00:00", "06:01:00", "d", 3, "2", "1", "3", "06:00:01", "06:00:03", 0, 2);
        // Then: generation 1 alone has no line over offset 2
        assertEqual(scene, minute.replace("\"generation\":1", "\"generation\":2"));
        assertThat(scene.explain(scene.result(minute)).path("verdict").asText()).isEqualTo("unaudited");
    }

    @Test
    void shouldReadAllPartitionsOfAResultThatNamesTopicsAlone() {
        // Given
        Scene scene = new Scene("all:tumbling(1m)");
        scene.reading(0, 1, "1");
        close(scene, 1, windows(1, "06:01:05"));
        String minute = result(
                        "all:tumbling(1m)", "06:00:00", "06:01:00", "", 1, "1", "1", "1", "06:00:01", "06:00:01", 0, 0)
                .replace(",\"partition\":0,\"first\":0,\"last\":0", "");
        // When
        JsonNode answer = scene.explain(scene.result(minute));
        // Then: of two partitions a result names the offsets
        assertThat(answer.path("scope").asText()).isEqualTo("window");
        assertThat(answer.path("differences")).hasSize(1);
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("inputs");
    }

    @Test
    void shouldLeaveOutAllRowsOfACorrection() {
        // Given: the second and the fourth reading were added up, came too late for the operator, and were dropped
        Scene scene = new Scene("tumbling(1m)");
        scene.reading(0, 5, "3");
        scene.reading(0, "d", 1, 5, "1");
        scene.reading(0, "e", 2, 5, "3");
        scene.reading(0, "d", 4, 5, "2");
        correct(scene, "tumbling(1m)", 1, "06:01:00");
        close(scene, 4, windows(4, "06:01:05"));
        // Then
        assertEqual(scene, one("tumbling(1m)", "06:00:00", "06:01:00", "d", "06:00:05", 0));
        assertEqual(scene, one("tumbling(1m)", "06:00:00", "06:01:00", "e", "06:00:02", 2));
    }

    @Test
    void shouldLeaveOutAllRowsOfACorrectionOfSlidingWindows() {
        // Given: 12 s and 13 s were dropped, which lie in [0, 20) and in [10, 30)
        Scene scene = new Scene("sliding(20s,10s)");
        scene.reading(0, 25, "3");
        scene.reading(0, "d", 12, 25, "1");
        scene.reading(0, "d", 13, 25, "2");
        correct(scene, "sliding(20s,10s)", 1, "06:00:20");
        close(scene, 3, "{'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}");
        // Then
        assertEqual(scene, one("sliding(20s,10s)", "06:00:10", "06:00:30", "d", "06:00:25", 0));
    }

    @Test
    void shouldLeaveOutAllRowsOfACorrectionOfASession() {
        // Given: 20 s and 15 s were dropped, where the session would have been until 25 s if nothing had come any more
        Scene scene = new Scene("session(10s)");
        scene.reading(0, 20, "1");
        scene.reading(0, "d", 15, 20, "2");
        scene.reading(0, 28, "3");
        correct(scene, "session(10s)", 0, "06:00:25");
        close(scene, 3, "{'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}");
        // Then
        assertEqual(scene, one("session(10s)", "06:00:28", "06:00:38", "d", "06:00:28", 2));
    }

    @Test
    void shouldSayThatItDoesNotKnowWhichKeyOfAMessageACorrectionIsAbout() {
        // Given: a's and b's rows of the first message were dropped, each with a correction
        Scene scene = new Scene("session(10s)").ofJob("time-series-speed");
        scene.add(0, "2026-11-20T06:00:20Z,a,1\n2026-11-20T06:00:20Z,b,1", null, 20);
        scene.add(0, "2026-11-20T06:00:40Z,a,3", null, 40);
        for (int key = 0; key < 2; key++) {
            scene.log.add("audit", 0, null, """
                    {"kind":"correction","job":"time-series-speed","generation":1,"spec":"session(10s)","topic":"device-readings",
                     "partition":0,"offset":0,"windowEnd":"2026-11-20T06:00:30Z","count":1}""", Scene.at(600));
        }
        close(scene, 2, "{'counted':3,'horizonAfter':'2026-11-20T06:01:05Z'}");
        // When
        ObjectNode answer = scene.explain(scene.result("""
                {'id':'time-series-speed~session-10s~a~20261120T060040.000Z~20261120T060050.000Z','job':'time-series-speed',
                 'spec':'session(10s)','key':'a',
                 'window':{'kind':'session','start':'2026-11-20T06:00:40Z','end':'2026-11-20T06:00:50Z','zone':'UTC'},
                 'generation':1,'rev':1,'status':'FINAL','cause':'watermark','complete':true,
                 'values':{'avg_value':3,'min_value':3,'max_value':3},'sums':{'value':'3000000'},'count':1,'late':0,
                 'minEventTime':'2026-11-20T06:00:40Z','maxEventTime':'2026-11-20T06:00:40Z','watermark':null,
                 'inputs':[{'topic':'device-readings','partition':0,'first':1,'last':1}],'jobVersion':'1'}""".replace('\'', '"')));
        // Then
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("unaudited");
        assertThat(answer.path("summary").asText())
                .startsWith("A correction for offset 0 of device-readings-0 does not name its key");
    }

    /** A correction of two rows. */
    private static void correct(Scene scene, String spec, long offset, String windowEnd) {
        scene.log.add(
                "audit", 0, "weather-average/device-readings/0", """
                {"kind":"correction","job":"weather-average","generation":1,"spec":"%s","topic":"device-readings",
                 "partition":0,"offset":%d,"windowEnd":"2026-11-20T%sZ","count":2}""".formatted(spec, offset, windowEnd), Scene.at(600));
    }

    /** A window of one reading, 3 degrees. */
    private static String one(String spec, String start, String end, String key, String time, long offset) {
        return result(spec, start, end, key, 1, "3", "3", "3", time, time, offset, offset);
    }

    private static String windows(int counted, String horizon) {
        return "{'counted':%d,'horizonAfter':'2026-11-20T%sZ','windows':[{'end':'2026-11-20T06:01:00Z','counted':%d}]}"
                .formatted(counted, horizon, counted);
    }

    /** Heartbeats at 130 s in both partitions, and a line for each. */
    private static void close(Scene scene, long records, String ofSpec) {
        close(scene, 0, records, ofSpec);
    }

    private static void close(Scene scene, long first, long last, String ofSpec) {
        scene.heartbeat(0, 130);
        scene.line(1, 0, first, last, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", ofSpec);
        scene.quietPartition1(1);
    }

    /** The first field of a result that differs from what follows from the inputs. */
    private static String differing(Scene scene, String result) {
        return scene.explain(scene.result(result)).at("/differences/0/field").asText();
    }

    private static void assertEqual(Scene scene, String result) {
        ObjectNode answer = scene.explain(scene.result(result));
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("equal");
        assertThat(answer.path("findings")).as("%s", answer).isEmpty();
        assertThat(answer.path("lines")).allMatch(line -> line.path("agrees").asBoolean(true));
    }

    /** A window of device-readings-0, with each humidity 50. */
    private static String result(
            String spec,
            String start,
            String end,
            String key,
            int count,
            String average,
            String min,
            String max,
            String minTime,
            String maxTime,
            long first,
            long last) {
        String kind = spec.replaceFirst("^all:", "").replaceFirst("\\(.*", "");
        BigDecimal millionths = BigDecimal.valueOf(count * 1_000_000L);
        boolean numbered = kind.equals("global");
        String times = "20261120T%s~20261120T%s".formatted(ofId(start), ofId(end));
        String id = "weather-average~%s~%s~%s"
                .formatted(
                        spec.replaceAll("[:(,=]", "-").replace(")", "").replace("/", "%2F"),
                        key,
                        numbered ? "1" : times);
        return """
               {'id':'%s','job':'weather-average','spec':'%s','key':'%s',
                'window':{'kind':'%s',%s'start':'2026-11-20T%sZ','end':'2026-11-20T%sZ','zone':'Europe/Berlin'},
                'generation':1,'rev':1,'status':'FINAL','cause':'%s','complete':true,
                'values':{'avg_temp':%s,'avg_hum':50,'min_temp':%s,'max_temp':%s,'min_hum':50,'max_hum':50},
                'sums':{'temp':'%s','hum':'%d'},'count':%d,'late':0,
                'minEventTime':'2026-11-20T%sZ','maxEventTime':'2026-11-20T%sZ','watermark':null,
                'inputs':[{'topic':'device-readings','partition':0,'first':%d,'last':%d}],'jobVersion':'1'}""".formatted(
                        id,
                        spec,
                        key,
                        kind,
                        numbered ? "'number':1," : "",
                        start,
                        end,
                        spec.contains("count") ? "count" : "watermark",
                        average,
                        min,
                        max,
                        new BigDecimal(average).multiply(millionths).toBigIntegerExact(),
                        50 * millionths.longValue(),
                        count,
                        minTime,
                        maxTime,
                        first,
                        last)
                .replace('\'', '"');
    }

    private static String ofId(String time) {
        return time.replace(":", "") + (time.contains(".") ? "Z" : ".000Z");
    }
}
