// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.TestLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plan holds offsets 100 to 199 of partition 0; windows up to 06:10 are due. */
class ComparisonTest {

    private static final Instant DUE = Instant.parse("2026-11-20T06:10:00Z");
    private static final String KIND = "tumbling";
    private final Set<String> corrected = new java.util.HashSet<>();
    private final Set<String> expired = new java.util.HashSet<>();

    private static ReplayPlan plan() {
        AuditLine.Key key = new AuditLine.Key("weather-average", 1, "device-readings", "id", 0);
        return ReplayPlan.of(List.of(TestLine.of(key, 100, 199).line()), Optional.empty(), Optional.empty());
    }

    /** A window of a minute that begins at 06:{@code minute}. */
    private static PublishedResult row(String kind, int minute, long first, long last, int count, String avg) {
        String json = """
                {"id":"w~%s-1m~d1~%02d","job":"w","spec":"%s(1m)","key":"d1","window":{"kind":"%s",
                 "start":"2026-11-20T06:%02d:00Z","end":"2026-11-20T06:%02d:00Z","zone":"UTC"},
                 "generation":1,"rev":1,"status":"FINAL","complete":true,"values":{"avg_temp":%s},"sums":{"temp":"7"},
                 "count":%d,"late":0,"inputs":[{"topic":"device-readings","partition":0,"first":%d,"last":%d}]}""".formatted(kind, minute, kind, kind, minute, minute + 1, avg, count, first, last);
        return read(Json.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static PublishedResult read(JsonNode json) {
        return PublishedResult.read(json).orElseThrow();
    }

    private static PublishedResult inside(int minute, int count) {
        return row(KIND, minute, 110, 120, count, "1.5");
    }

    private static PublishedResult with(PublishedResult row, String field, JsonNode value) {
        return read(((ObjectNode) row.json().deepCopy()).set(field, value));
    }

    private Comparison compare(Stream<PublishedResult> committed, Stream<PublishedResult> recomputed) {
        return new Comparison(
                plan(),
                new Comparison.Audit(
                        spec -> DUE, row -> corrected.contains(row.id()), row -> expired.contains(row.id())),
                byId(committed),
                byId(recomputed));
    }

    private static Map<String, PublishedResult> byId(Stream<PublishedResult> rows) {
        return rows.collect(Collectors.toMap(PublishedResult::id, Function.identity()));
    }

    private static void assertCounts(Comparison comparison, int equal, int outside, int different) {
        assertThat(comparison.equal()).isEqualTo(equal);
        assertThat(comparison.outside()).isEqualTo(outside);
        assertThat(comparison.differences()).hasSize(different);
    }

    @Test
    void shouldFindEqualWhatDiffersOnlyInHowItWasSaid() {
        // Given
        PublishedResult again = inside(1, 9);
        for (String field : List.of("status", "complete", "watermark")) {
            again = with(again, field, TextNode.valueOf("other"));
        }
        for (String field : List.of("rev", "generation")) {
            again = with(again, field, IntNode.valueOf(7));
        }

        // When
        Comparison comparison = compare(Stream.of(inside(1, 9)), Stream.of(again));

        // Then
        assertCounts(comparison, 1, 0, 0);
    }

    @Test
    void shouldTellEachFieldThatDiffersToTheLastDigit() {
        // When
        Comparison comparison = compare(
                Stream.of(row(KIND, 1, 110, 120, 9, "1.00000000000000000001")),
                Stream.of(row(KIND, 1, 110, 121, 9, "1.00000000000000000002")));

        // Then
        assertThat(comparison.differences())
                .extracting(ReplayReport.Difference::what)
                .containsExactly("values", "inputs");
    }

    @Test
    void shouldTellWhatOnlyOneSideHas() {
        // When
        Comparison comparison = compare(Stream.of(inside(1, 9)), Stream.of(inside(2, 9)));

        // Then
        assertCounts(comparison, 0, 0, 2);
        assertThat(comparison.differences().get(0).recomputed()).isEmpty();
        assertThat(comparison.differences().get(1).committed()).isEmpty();
    }

    @Test
    void shouldCountAsOutsideWhatReachesOverTheBorderOrIsNotDue() {
        // When
        Comparison comparison = compare(
                Stream.of(row(KIND, 1, 90, 120, 9, "1"), row(KIND, 2, 180, 210, 9, "1")),
                Stream.of(row(KIND, 1, 100, 120, 7, "2"), inside(10, 3)));

        // Then
        assertCounts(comparison, 0, 3, 0);
    }

    @Test
    void shouldTellWhenAWindowOutsideHoldsMoreThanIsCommitted() {
        // When
        Comparison more = compare(Stream.of(row(KIND, 1, 90, 120, 9, "1")), Stream.of(row(KIND, 1, 100, 120, 10, "1")));
        Comparison elsewhere =
                compare(Stream.of(row(KIND, 1, 90, 120, 9, "1")), Stream.of(row(KIND, 1, 100, 130, 5, "1")));

        // Then
        assertThat(more.differences()).isNotEmpty();
        assertThat(elsewhere.differences()).isNotEmpty();
    }

    @Test
    void shouldCountAsOutsideAPieceOfASessionThatReachesOverTheBorder() {
        // Given
        PublishedResult whole = row("session", 3, 90, 120, 9, "1");
        ObjectNode piece = row("session", 3, 100, 120, 5, "1").json().deepCopy();
        piece.put("id", "w~session-1m~d1~other");
        ((ObjectNode) piece.get("window")).put("start", "2026-11-20T06:03:30Z");
        PublishedResult alone = row("session", 5, 130, 140, 5, "1");

        // When
        Comparison comparison = compare(Stream.of(whole), Stream.of(read(piece), alone));

        // Then
        assertCounts(comparison, 0, 2, 1);
        assertThat(comparison.differences().get(0).about()).isEqualTo(alone.id());
    }

    @Test
    void shouldExcuseWhatTheAuditCorrects() {
        // Given
        corrected.add(inside(1, 9).id());

        // When
        Comparison comparison = compare(Stream.of(inside(1, 9)), Stream.of(inside(1, 10)));

        // Then
        assertCounts(comparison, 0, 0, 0);
        assertThat(comparison.corrected()).isEqualTo(1);
    }

    @Test
    void shouldCountAsExpiredOnlyWhatIsNotCommitted() {
        // Given
        expired.addAll(Set.of(inside(1, 9).id(), inside(2, 9).id(), inside(3, 9).id()));

        // When
        Comparison comparison = compare(Stream.of(inside(1, 9), inside(2, 9)), Stream.of(inside(1, 10), inside(3, 9)));

        // Then
        assertCounts(comparison, 0, 0, 2);
        assertThat(comparison.expired()).isEqualTo(1);
    }
}
