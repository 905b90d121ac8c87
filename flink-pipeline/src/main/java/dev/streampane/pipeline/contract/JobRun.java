// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One generation of a job: its number, what it computes and with which settings. Contract {@code job-run/v1}; the Kafka key is
 * {@code job/generation}.
 *
 * @param jobId Flink's id of the run
 * @param settings every effective option as text, secrets left out
 */
public record JobRun(
        String job,
        int generation,
        String jobId,
        List<String> specs,
        Map<String, String> settings,
        Instant started,
        String jobVersion) {

    /** The Kafka key. */
    public byte[] key() {
        return (job + '/' + generation).getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON of contract {@code job-run/v1}, settings in the order of their names. */
    public byte[] value() {
        return Json.object(json -> {
            json.writeStringField("job", job);
            json.writeNumberField("generation", generation);
            json.writeStringField("jobId", jobId);
            Json.strings(json, "specs", specs);
            json.writeObjectFieldStart("settings");
            for (var setting : new TreeMap<>(settings).entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
            Json.instant(json, "started", started);
            json.writeStringField("jobVersion", jobVersion);
        });
    }
}
