// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of windows that are no more: of a session that a longer one swallowed, and of a minute that generation 2 did not make. */
class RetractionTest {

    private static final String LONGER = "weather-average~session-30s~d~20261120T060000.000Z~20261120T060055.000Z";
    private static final String NOTHING = """
            ,'values':{},'sums':{},'count':0,'late':0,'minEventTime':null,'maxEventTime':null,'watermark':null,'inputs':[],
             'jobVersion':'1'}""";
    private static final String SOMETHING = NOTHING.replace("'count':0", "'count':1");
    private static final String FINAL =
            "'generation':1,'rev':1,'status':'FINAL','cause':'watermark','complete':true" + SOMETHING;

    /** Gap 30 s, one record at six. */
    private static final String SESSION = session("30") + FINAL;

    /** With a record of 25 s after six. */
    private static final String LONGER_SESSION = session("55") + FINAL;

    private static final String MERGED = session("30")
            + "'generation':1,'rev':2,'status':'RETRACTED','cause':'merged','complete':true,'mergedInto':'"
            + LONGER
            + "'"
            + NOTHING;

    private static final String MINUTE = """
            {'id':'weather-average~tumbling-1m~d~20261120T060000.000Z~20261120T060100.000Z',
             'job':'weather-average','spec':'tumbling(1m)','key':'d',
             'window':{'kind':'tumbling','start':'2026-11-20T06:00:00Z','end':'2026-11-20T06:01:00Z','zone':'UTC'},""" + FINAL;

    private static final String UNCHECKED = "[\"jobVersion\",\"window.zone\"]";

    private final Scene scene = new Scene("session(30s)");

    private static String session(String end) {
        return """
               {'id':'weather-average~session-30s~d~20261120T060000.000Z~20261120T0600%1$s.000Z',
                'job':'weather-average','spec':'session(30s)','key':'d',
                'window':{'kind':'session','start':'2026-11-20T06:00:00Z','end':'2026-11-20T06:00:%1$sZ','zone':'UTC'},""".formatted(end);
    }

    /** What the command writes of the minute if generation 2 did not make it. */
    private static String superseded() {
        return superseded(MINUTE);
    }

    private static String superseded(String result) {
        byte[] json = PublishedResult.read(Scene.json(result)).orElseThrow().supersededBy(run(2));
        return new String(json, StandardCharsets.UTF_8);
    }

    private static JobRun run(int generation) {
        return new JobRun("weather-average", generation, "j", List.of("tumbling(1m)"), Map.of(), Scene.SIX, "1");
    }

    private void note(JobRun run) {
        String key = new String(JobRun.messageKey(run.job(), run.generation()), StandardCharsets.UTF_8);
        scene.log.add("job-runs", 0, key, new String(run.json(), StandardCharsets.UTF_8), Scene.SIX);
    }

    private void publish(String... results) {
        for (String result : results) {
            scene.result(json(result));
        }
    }

    private static String json(String result) {
        return Scene.json(result).toString();
    }

    private static String forged(String result, String field, String value) {
        ObjectNode forged = (ObjectNode) Scene.json(result);
        int cut = field.lastIndexOf('/');
        ((ObjectNode) forged.at(field.substring(0, cut)))
                .set(field.substring(cut + 1), Scene.json("{'v':" + value + "}").get("v"));
        return forged.toString();
    }

    @Test
    void shouldSayWhatMergedMeans() {
        // Given
        publish(SESSION, LONGER_SESSION);
        // When Then
        assertRetracted(
                scene.result(json(MERGED)),
                "This session no longer exists: a record merged it with another one into " + LONGER + ".",
                UNCHECKED);
    }

    @Test
    void shouldSayWhatSupersededMeans() {
        // Given
        note(run(1));
        note(run(2));
        publish(MINUTE);
        // When Then
        assertRetracted(
                scene.result(superseded()),
                "This window no longer exists: a later generation did not make it.",
                "[\"jobVersion\"]");
    }

    /** What it supersedes may have an id or a window that jobs do not make any more. */
    @Test
    void shouldNotHoldASupersededWindowAgainstTheRulesOfToday() {
        // Given
        note(run(1));
        note(run(2));
        String old = MINUTE.replace("~d~", "~old~").replace("06:01:00Z", "06:00:59Z");
        publish(old);
        // When Then
        assertRetracted(
                scene.result(json(superseded(old))),
                "This window no longer exists: a later generation did not make it.",
                "[\"jobVersion\"]");
    }

    /** Which has begun after the one that the command waited for. */
    @Test
    void shouldTakeASupersessionBehindANewerGeneration() {
        // Given
        note(run(1));
        note(run(2));
        publish(MINUTE, forged(MINUTE, "/generation", "3"));
        // When Then
        assertRetracted(
                scene.result(superseded()),
                "This window no longer exists: a later generation did not make it.",
                "[\"jobVersion\"]");
    }

    @Test
    void shouldNotMissRevisionsThatAnotherTopicHas() {
        // Given
        note(new JobRun("weather-average", 1, "j", List.of(), Map.of("results-topic", "before"), Scene.SIX, "1"));
        publish(LONGER_SESSION);
        // When Then
        assertRetracted(
                scene.result(json(MERGED)),
                "This session no longer exists: a record merged it with another one into " + LONGER + ".",
                "[\"complete\",\"generation\",\"jobVersion\",\"rev\",\"status\",\"window.zone\"]");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/id, 'x', log: differs from a retraction of its window",
                "/key, 'e', log: differs from a retraction of its window",
                "/window/kind, 'tumbling', log: differs from a retraction of its window",
                "/window/end, '2026-11-20T06:00:20Z', log: its window does not match its specification",
                "/count, 1, log: differs from a retraction of its window",
                "/values/avg_temp, 1, log: differs from a retraction of its window",
                "/generation, 2, log: RETRACTED revision 2 of generation 2 follows revision 1 of generation 1",
                "/rev, 1, log: RETRACTED revision 1 of generation 1 follows revision 1 of generation 1",
                "/rev, 3, log: RETRACTED revision 3 of generation 1 follows revision 1 of generation 1",
                "/status, 'REVISED', log: is REVISED because of 'merged'",
                "/cause, 'superseded', log: RETRACTED revision 2 of generation 1 follows revision 1 of generation 1",
                "/cause, 'late-record', log: is RETRACTED because of 'late-record'",
                "/watermark, '2026-11-20T06:00:29.998Z', log: its watermark lies before its window's end",
                "/mergedInto, null, log: is merged into a session that the log does not have before it",
                "/mergedInto, 'x', log: is merged into a session that the log does not have before it"
            })
    void shouldSeeWhateverIsForgedInAMerge(String field, String value, String finding) {
        // Given
        publish(SESSION, LONGER_SESSION);
        // When Then
        assertThat(findings(scene.result(forged(MERGED, field, value)))).contains(finding);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/status, 'RETRACTED'", "/generation, 2",
                "/key, 'e'", "/spec, 'session(20s)'",
                "/window/start, '2026-11-20T06:00:01Z'", "/window/end, '2026-11-20T06:00:29Z'"
            })
    void shouldSeeThatNoSessionSwallowedAMergedOne(String field, String value) {
        // Given
        publish(SESSION, forged(LONGER_SESSION, field, value));
        // When Then
        assertThat(findings(scene.result(json(MERGED))))
                .containsExactly("log: is merged into a session that the log does not have before it");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/id, 'x', log: RETRACTED revision 1 of generation 2 is the first of its window",
                "/spec, 'tumbling(2m)', log: differs from a retraction of its window",
                "/sums/temp, '1', log: differs from a retraction of its window",
                "/inputs, [{'topic':'device-readings'}], log: differs from a retraction of its window",
                "/complete, false, log: differs from a retraction of its window",
                "/generation, 1, log: RETRACTED revision 1 of generation 1 follows revision 1 of generation 1",
                "/window/end, '2026-11-20T06:02:00Z', log: differs from a retraction of its window",
                "/generation, 3, `log: is superseded by generation 3, of which job-runs has no run`",
                "/rev, 2, log: RETRACTED revision 2 of generation 2 follows revision 1 of generation 1",
                "/cause, 'merged', log: is RETRACTED because of 'merged'"
            })
    void shouldSeeWhateverIsForgedInASupersession(String field, String value, String finding) {
        // Given
        note(run(1));
        note(run(2));
        publish(MINUTE);
        // When Then
        assertThat(findings(scene.result(forged(superseded(), field, value)))).contains(finding);
    }

    @Test
    void shouldSeeThatASupersededWindowWasNeverThere() {
        // Given
        note(run(1));
        note(run(2));
        // When Then
        assertThat(findings(scene.result(superseded())))
                .containsExactly("log: RETRACTED revision 1 of generation 2 is the first of its window");
    }

    @Test
    void shouldSeeThatTheGenerationThatSupersedesAWindowMadeIt() {
        // Given
        note(run(1));
        note(run(2));
        publish(MINUTE, forged(MINUTE, "/generation", "2"));
        // When Then
        assertThat(findings(scene.result(superseded())))
                .containsExactly("log: RETRACTED revision 1 of generation 2 follows revision 1 of generation 2");
    }

    @ParameterizedTest
    @CsvSource({"true, false, different", "false, true, retracted"})
    void shouldHoldCompleteOfAMergeAgainstTheRevisionsBefore(boolean merged, boolean before, String verdict) {
        // Given
        publish(forged(SESSION, "/complete", "" + before), LONGER_SESSION);
        // When
        ObjectNode answer = scene.explain(scene.result(forged(MERGED, "/complete", "" + merged)));
        // Then: a generation that began anew does not know of the revisions before
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo(verdict);
        assertThat(answer.path("unchecked").toString().contains("complete")).isEqualTo(before);
    }

    @Test
    void shouldClaimNothingThatTheLogNoLongerTells() {
        // Given
        publish(SESSION, LONGER_SESSION);
        ObjectNode merged = scene.result(json(MERGED));
        publish(MINUTE);
        ObjectNode superseded = scene.result(superseded());
        scene.log.expire("window-results", 0, 2);
        // When Then
        assertRetracted(
                merged,
                "This window was retracted because of 'merged', which could not be checked.",
                "[\"cause\",\"complete\",\"generation\",\"jobVersion\",\"mergedInto\",\"rev\",\"status\",\"window.zone\"]");
        // When Then: the revisions since the window's start begin with the first one, and no run is known
        assertRetracted(
                superseded,
                "This window was retracted because of 'superseded', which could not be checked.",
                "[\"cause\",\"generation\",\"jobVersion\"]");
    }

    private void assertRetracted(ObjectNode document, String summary, String unchecked) {
        ObjectNode answer = scene.explain(document);
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("retracted");
        assertThat(answer.path("summary").asText()).isEqualTo(summary);
        assertThat(answer.path("unchecked")).hasToString(unchecked);
        assertThat(answer.path("findings")).isEmpty();
    }

    /** What differs, which is something. */
    private List<String> findings(ObjectNode document) {
        ObjectNode answer = scene.explain(document);
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        return answer.path("findings").valueStream().map(JsonNode::asText).toList();
    }
}
