// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Lines of a hundred offsets and a minute each; C at the end of line n is 06:0n:00, H 65 s behind it. */
class ReplayPlanTest {

    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final TopicPartition PARTITION = new TopicPartition("device-readings", 2);
    private static final AuditLine.Key KEY = new AuditLine.Key("weather-average", 1, "device-readings", "id", 2);
    private static final Optional<Instant> ANY = Optional.empty();

    private static AuditLine line(int number, String b, String specs, Instant horizonBefore) {
        TestLine line = TestLine.of(KEY, number * 100L, number * 100L + 99)
                .clock(number > 0 ? minute(number - 1) : null, minute(number))
                .outOfOrderness(Duration.parse(b));
        for (String spec : specs.split(";")) {
            line.counted(spec, 100).horizon(horizonBefore, minute(number).minusSeconds(65));
        }
        return line.line();
    }

    private static AuditLine line(int number) {
        return line(
                number,
                "PT5S",
                "tumbling(1m)",
                number == 0 ? null : minute(number - 1).minusSeconds(65));
    }

    private static Instant minute(int number) {
        return START.plus(Duration.ofMinutes(number));
    }

    private static List<AuditLine> lines(int count) {
        List<AuditLine> lines = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            lines.add(0, line(number)); // the audit's order is not that of the offsets
        }
        return lines;
    }

    @Test
    void shouldTakeAllLinesInTheOrderOfOffsets() {
        // When
        ReplayPlan plan = ReplayPlan.of(lines(5), ANY, ANY);

        // Then
        assertThat(plan.first(PARTITION)).isZero();
        assertThat(plan.last(PARTITION)).isEqualTo(499);
        assertThat(plan.records()).isEqualTo(500);
    }

    @Test
    void shouldBeginBeforeTheClockReachesFromAndEndWhenToIsClosed() {
        // When
        ReplayPlan plan = ReplayPlan.of(
                lines(9), Optional.of(minute(3)), Optional.of(minute(5).minusSeconds(5)));

        // Then
        assertThat(plan.lines(PARTITION)).extracting(AuditLine::first).containsExactly(300L, 400L, 500L, 600L);
    }

    @Test
    void shouldBeEmptyWhereTheRangeIsElsewhere() {
        assertThat(ReplayPlan.of(lines(3), Optional.of(minute(3)), ANY).isEmpty())
                .isTrue();
        assertThat(ReplayPlan.of(lines(9).subList(0, 4), ANY, Optional.of(minute(0)))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void shouldNameTheOffsetsWhereALineIsMissing() {
        List<AuditLine> lines = lines(5);
        lines.remove(2);

        assertThatThrownBy(() -> ReplayPlan.of(lines, ANY, ANY))
                .hasMessage("the audit of device-readings-2 does not fit together between offsets 199 and 300");
    }

    @Test
    void shouldSayOnlyWhereRulesChangeAndKeepToTheContract() throws IOException {
        // Given
        List<AuditLine> lines = lines(2);
        lines.add(line(2, "PT2S", "tumbling(1m)", minute(1).minusSeconds(62)));
        lines.add(line(3, "PT2S", "tumbling(1m)", minute(2).minusSeconds(65)));
        lines.add(line(4, "PT2S", "tumbling(1m);sliding(2m,1m)", minute(3).minusSeconds(65)));

        // When
        ReplayPlan plan = ReplayPlan.of(lines, ANY, ANY);

        // Then
        JsonNode rules = Http.JSON.readTree(plan.json()).at("/partitions/0/rules");
        assertThat(rules).extracting(rule -> rule.path("from").asLong()).containsExactly(0L, 200L, 400L);
        assertThat(rules.get(0).at("/horizons/tumbling(1m)").isNull()).isTrue();
        assertThat(rules.get(1).at("/horizons/tumbling(1m)").asText()).isEqualTo("2026-11-20T05:59:58Z");
        assertThat(plan.outOfOrderness()).isEqualTo(Duration.ofSeconds(5));
        assertThat(plan.specs()).containsExactly("tumbling(1m)", "sliding(2m,1m)");
        assertThat(ContractFiles.of("replay-plan").violations(plan.json().getBytes(UTF_8)))
                .isEmpty();
    }
}
