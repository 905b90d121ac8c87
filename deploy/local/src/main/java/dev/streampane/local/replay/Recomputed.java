// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.PublishedResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * The messages of a replay, which writes them at least once: when its job restarts, it begins anew and writes them again. The new lines begin
 * at the same offsets as the old ones, as no checkpoint cuts them, and a line comes before its rests. The last result of an id counts.
 *
 * <p>A job that begins anew need not write each session that it wrote before: it may already know the records that lengthen a session when it
 * writes the session. So a session replaces those that overlap it.
 */
final class Recomputed {

    private final Map<String, PublishedResult> results = new HashMap<>();
    private final Map<TopicPartition, TreeMap<Long, List<AuditLine>>> lines = new HashMap<>();

    /** By specification and key, then by start; no two of them overlap. */
    private final Map<List<String>, TreeMap<Instant, PublishedResult>> sessions = new HashMap<>();

    /** Adds the next message of the run's topic. */
    void add(JsonNode message) {
        AuditLine.read(message)
                .ifPresentOrElse(this::add, () -> PublishedResult.read(message).ifPresent(this::add));
    }

    private void add(AuditLine line) {
        var ofOne = lines.computeIfAbsent(ReplayPlan.partition(line), p -> new TreeMap<>());
        if (!line.isRest()) {
            ofOne.put(line.first(), new ArrayList<>());
        }
        ofOne.floorEntry(line.last()).getValue().add(line);
    }

    private void add(PublishedResult result) {
        if (!result.isRetracted() && result.isSession()) {
            replaceOverlapped(result);
        }
        results.put(result.id(), result);
    }

    private void replaceOverlapped(PublishedResult session) {
        var ofKey = sessions.computeIfAbsent(List.of(session.spec(), session.key()), of -> new TreeMap<>());
        var last = ofKey.lowerEntry(session.end());
        while (last != null && last.getValue().end().isAfter(session.start())) {
            ofKey.remove(last.getKey());
            results.remove(last.getValue().id());
            last = ofKey.lowerEntry(session.end());
        }
        ofKey.put(session.start(), session);
    }

    /** The last result of each id, without retracted ones. */
    Map<String, PublishedResult> results() {
        results.values().removeIf(PublishedResult::isRetracted);
        return results;
    }

    /** The lines of a partition, with their rests. */
    List<AuditLine> lines(TopicPartition partition) {
        return lines.getOrDefault(partition, new TreeMap<>()).values().stream()
                .flatMap(List::stream)
                .toList();
    }
}
