// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.Oracle.header;
import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.e2e.Oracle.Place;
import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.audit.AuditReport;
import dev.streampane.local.audit.AuditReport.Verdict;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a stack made of a load, held against the oracle. Everything is read from Kafka. */
final class Outcome {

    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false)
            .build();

    private final String bootstrapServers;
    private final Oracle oracle;
    private final Map<String, List<JsonNode>> revisions = new TreeMap<>();

    private Outcome(String bootstrapServers, Oracle oracle) {
        this.bootstrapServers = bootstrapServers;
        this.oracle = oracle;
    }

    /**
     * Waits until the audit reconciles with nothing left to settle, then checks every record's
     * verdict, every window's last revision, and the order of the revisions.
     */
    static Outcome exact(String bootstrapServers, WindowRule rule) {
        return exact(bootstrapServers, new Oracle(rule));
    }

    /** The same with an oracle that knows of changes, and has read nothing yet. */
    static Outcome exact(String bootstrapServers, Oracle oracle) {
        Outcome outcome = settled(bootstrapServers, oracle);
        outcome.checkPutAside();
        outcome.checkWindows();
        return outcome;
    }

    /** Waits in the same way and checks nothing yet. */
    static Outcome settled(String bootstrapServers, Oracle oracle) {
        awaitBalanced(bootstrapServers);
        Outcome outcome = new Outcome(bootstrapServers, oracle);
        outcome.readInputs();
        outcome.readResults();
        return outcome;
    }

    /** Waits until the audit reconciles and nothing is left to settle. */
    static void awaitBalanced(String bootstrapServers) {
        List<AuditReport> reports = new ArrayList<>();
        try {
            await().atMost(Duration.ofMinutes(5)).until(() -> {
                reports.add(AuditCheck.check(Topics.client(bootstrapServers)));
                return settled(reports.get(reports.size() - 1));
            });
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("the audit: " + reports.get(reports.size() - 1), e);
        }
    }

    private static boolean settled(AuditReport report) {
        return report.verdict() == Verdict.BALANCED
                && report.count("settling") == 0
                && report.count("unaudited") == 0
                && report.count("balanced") > 0;
    }

    private void readInputs() {
        for (Feed feed : Feed.values()) {
            TopicRecords.all(bootstrapServers, feed.topic(), "read_uncommitted")
                    .forEach(record -> oracle.read(feed, record));
        }
    }

    private void readResults() {
        for (ConsumerRecord<byte[], byte[]> record :
                TopicRecords.all(bootstrapServers, "window-results", "read_committed")) {
            JsonNode result = json(record.value());
            assertThat(new String(record.key(), StandardCharsets.UTF_8))
                    .isEqualTo(result.path("key").asText());
            if (isOfOracle(result.path("job").asText(), result.path("spec").asText())) {
                revisions
                        .computeIfAbsent(result.path("id").asText(), id -> new ArrayList<>())
                        .add(result);
            }
        }
    }

    /** Of what the oracle knows: its jobs, and its specification where there is one. */
    private boolean isOfOracle(String job, String spec) {
        return Stream.of(Feed.values()).anyMatch(feed -> feed.job().equals(job))
                && (spec == null || spec.equals(oracle.spec()));
    }

    /** Late and rejected records are those that the oracle names, once each, byte for byte. */
    void checkPutAside() {
        assertThat(putAside("late-records", "spec").keySet())
                .isEqualTo(oracle.late().keySet());
        assertThat(putAside("dead-letters", "reason")).isEqualTo(oracle.rejected());
    }

    private Map<Place, String> putAside(String topic, String header) {
        Map<Place, byte[]> inputs = new HashMap<>();
        for (Feed feed : Feed.values()) {
            TopicRecords.all(bootstrapServers, feed.topic(), "read_uncommitted")
                    .forEach(r -> inputs.put(new Place(r.topic(), r.partition(), r.offset()), r.value()));
        }
        Map<Place, String> putAside = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicRecords.all(bootstrapServers, topic, "read_committed")) {
            if (!isOfOracle(header(record, "job"), header(record, "spec"))) {
                continue;
            }
            Place place = new Place(
                    header(record, "topic"),
                    Integer.parseInt(header(record, "partition")),
                    Long.parseLong(header(record, "offset")));
            assertThat(putAside.put(place, header(record, header)))
                    .as("%s is once on %s", place, topic)
                    .isNull();
            assertThat(record.value()).as("value of %s", place).isEqualTo(inputs.get(place));
        }
        return putAside;
    }

    /** Every window is there, its revisions are 1 to n, and the last one says what it must. */
    void checkWindows() {
        Map<String, Expected> published = new TreeMap<>();
        revisions.forEach((id, all) -> {
            published.put(id, Expected.of(all.get(all.size() - 1)));
            for (int i = 0; i < all.size(); i++) {
                JsonNode result = all.get(i);
                assertThat(result.path("rev").asInt()).as("revision of %s", id).isEqualTo(i + 1);
                assertThat(result.path("generation").asInt()).isEqualTo(1);
                assertThat(result.path("status").asText())
                        .as("status of revision %d of %s", i + 1, id)
                        .isEqualTo(i == 0 ? "FINAL" : "REVISED");
                assertThat(result.path("cause").asText()).isIn("late-record", i == 0 ? "watermark" : "late-record");
            }
        });
        assertThat(published.keySet()).isEqualTo(oracle.windows().keySet());
        oracle.windows().forEach((id, window) -> assertThat(published.get(id)).isEqualTo(window));
    }

    static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Oracle oracle() {
        return oracle;
    }

    /** The last committed revision of every window, by id. */
    Map<String, JsonNode> last() {
        Map<String, JsonNode> last = new TreeMap<>();
        revisions.forEach((id, all) -> last.put(id, all.get(all.size() - 1)));
        return last;
    }

    /** All committed revisions by id, in their order. */
    Map<String, List<JsonNode>> revisions() {
        return revisions;
    }
}
