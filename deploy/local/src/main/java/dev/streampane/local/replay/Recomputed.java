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
 * What a replay says, at least once: a run that begins anew says it again. Lines begin where they began before, for no checkpoint cuts
 * them, and their rests come after them; of the results the last word holds.
 *
 * <p>A run that begins anew need not say each session that the one before said: it may know the records that lengthen one before it says
 * it. So a session replaces those that overlap it.
 */
final class Recomputed {

    private final Map<String, PublishedResult> results = new HashMap<>();
    private final Map<TopicPartition, TreeMap<Long, List<AuditLine>>> lines = new HashMap<>();

    /** By specification and key, and by their starts; no two overlap. */
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

    /** The results that hold, by id. */
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
