// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.FakeLog;
import dev.streampane.results.log.RecordJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Readings, audit lines and results of one run of weather-average, each written by hand, on topics in memory. Times are seconds after six;
 * records are appended when they happen, unless told otherwise. B is 5 s, L 1 min, the skew 5 min.
 */
final class Scene {

    static final Instant SIX = Instant.parse("2026-11-20T06:00:00Z");
    static final String INPUT = "device-readings";

    final FakeLog log = new FakeLog(() -> 2)
            .topic(INPUT, 2)
            .topic("window-results", 1)
            .topic("audit", 1)
            .topic("job-runs", 1);

    private final String spec;
    private String outOfOrderness = "PT5S";
    private String allowedLateness = "PT1M";
    private String skew = "PT5M";
    private String job = "weather-average";
    private boolean guarded = true;
    private double written = 600;
    private int auditPartition;

    Scene(String spec) {
        this.spec = spec;
    }

    static Instant at(double seconds) {
        return SIX.plusMillis(Math.round(seconds * 1000));
    }

    /** From now on records do not say when they were appended. */
    Scene unguarded() {
        guarded = false;
        return this;
    }

    /** From now on lines are of that job. */
    Scene ofJob(String name) {
        job = name;
        return this;
    }

    /** From now on lines are written then. */
    Scene writing(double seconds) {
        written = seconds;
        return this;
    }

    /** From now on lines are written to that partition of the audit. */
    Scene auditing(int partition) {
        auditPartition = partition;
        return this;
    }

    /** From now on lines are written under these settings. */
    Scene settings(Duration outOfOrderness, Duration allowedLateness) {
        this.outOfOrderness = outOfOrderness.toString();
        this.allowedLateness = allowedLateness.toString();
        return this;
    }

    /** From now on lines are written under this skew. */
    Scene skew(String duration) {
        skew = duration;
        return this;
    }

    /** A reading of device d that is appended when it happens, or at the last append time when that is later. */
    long reading(int partition, double seconds, String temperature) {
        return reading(partition, "d", seconds, seconds, temperature);
    }

    long reading(int partition, String device, double seconds, double appended, String temperature) {
        return add(
                partition,
                "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%s,\"humidity\":50}"
                        .formatted(device, at(seconds), temperature),
                null,
                appended);
    }

    long heartbeat(int partition, double seconds) {
        return add(partition, "{\"ts\":\"" + at(seconds) + "\"}", "heartbeat", seconds);
    }

    /** In partition 1 nothing but the heartbeat of 130 s, and the line over it. */
    void quietPartition1(int generation) {
        heartbeat(1, 130);
        line(generation, 1, 0, 0, "{'heartbeats':1,'clockAfter':'2026-11-20T06:02:10Z'}", """
                {'horizonAfter':'2026-11-20T06:01:05Z'}""");
    }

    long add(int partition, String value, String kind, double appended) {
        return log.add(
                INPUT,
                partition,
                null,
                value,
                kind == null ? Map.of() : Map.of("kind", kind),
                guarded ? at(appended) : null);
    }

    /** A line about what lies between two offsets; {@code facts} are its JSON fields that are not null, 0 or the settings. */
    void line(int generation, int partition, long first, long last, String facts, String ofSpec) {
        ObjectNode line = (ObjectNode) RecordJson.read(bytes("""
                {"kind":"line","job":"%s","generation":%d,"topic":"device-readings","topicId":"%s",
                 "partition":%d,"first":%d,"last":%d,"records":0,"rows":0,"rejected":0,"heartbeats":0,"unguarded":0,
                 "holes":[],"clockBefore":null,"clockAfter":null,"restored":false,
                 "settings":{"specs":["%s"],"outOfOrderness":"%s","allowedLateness":"%s","skew":"%s","jobVersion":"1"}}""".formatted(
                        job,
                        generation,
                        FakeLog.id(INPUT),
                        partition,
                        first,
                        last,
                        spec,
                        outOfOrderness,
                        allowedLateness,
                        skew)));
        line.setAll((ObjectNode) json(facts));
        ObjectNode verdicts = line.putArray("specs")
                .addObject()
                .put("spec", spec)
                .put("counted", 0)
                .put("late", 0)
                .putNull("horizonBefore")
                .putNull("horizonAfter");
        verdicts.putArray("windows");
        verdicts.setAll((ObjectNode) json(ofSpec));
        log.add("audit", auditPartition, job + "/device-readings/" + partition, line.toString(), at(written));
    }

    /** Commits a result and gives the document that the index makes of it. */
    ObjectNode result(String json) {
        JsonNode result = json(json);
        long offset = log.add("window-results", 0, "d", json, SIX.plusSeconds(300));
        ObjectNode document = ((ObjectNode) result).deepCopy();
        document.set("client", result.get("key"));
        document.set("avg_temp", result.path("values").get("avg_temp"));
        document.putObject("log")
                .put("epoch", FakeLog.id("window-results"))
                .put("partition", 0)
                .put("offset", offset);
        return document;
    }

    ObjectNode explain(JsonNode document) {
        return explain(document, 1_000_000);
    }

    ObjectNode explain(JsonNode document, long maxRecords) {
        return explain(new ExplainedWindow(document, null, null, true), maxRecords);
    }

    ObjectNode explain(ExplainedWindow subject) {
        return explain(subject, 1_000_000);
    }

    private ObjectNode explain(ExplainedWindow subject, long maxRecords) {
        return new Explanation(
                        new InputLog(log, maxRecords, Duration.ofSeconds(10)),
                        new Explanation.Topics("window-results", "audit", "job-runs"),
                        subject,
                        SIX.plusSeconds(100_000))
                .answer();
    }

    static JsonNode json(String json) {
        return RecordJson.read(bytes(json.replace('\'', '"')));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
