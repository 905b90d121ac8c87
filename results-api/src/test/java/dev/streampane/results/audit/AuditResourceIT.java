// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class AuditResourceIT {

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    Log log;

    private String topicId;

    @BeforeEach
    void connect() throws Exception {
        Served.awaitReady();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            topicId = Topics.id(admin, "device-readings");
        }
    }

    @Test
    void shouldAddUpTheBooksAndNameWhatDoesNotBalance() {
        // Given
        line("books", 1, 0, 0, 9, 10);
        line("books", 1, 0, 10, 19, 10);
        line("books", 1, 1, 0, 9, 10);
        line("books", 1, 1, 15, 19, 5);
        line("books", 2, 0, 20, 29, 9);
        log.put("audit", null, null, """
                {"kind":"correction","job":"books","generation":1,"spec":"tumbling(1m)","topic":"device-readings",\
                "partition":0,"offset":3,"windowEnd":"2026-11-20T06:01:00Z","count":2}""");
        log.put("audit", null, null, "no JSON").put("audit", null, null, "{\"kind\":\"line\"}");
        log.begin().add("audit", null, null, null).commit();
        // Then
        await().untilAsserted(() ->
                ok("/api/v1/audit?job=books").body("items", hasSize(3)).body("items[1].corrections", equalTo(2)));
        ok("/api/v1/audit?job=books")
                .body("loaded", equalTo(true))
                .body("balanced", equalTo(false))
                .body("state", equalTo("broken"))
                .body("items.generation", contains(2, 1, 1))
                .body("items.balanced", contains(false, true, false))
                .body("items.contiguous", contains(true, true, false))
                .body("items[1].lines", equalTo(2))
                .body("items[1].last", equalTo(19))
                .body("items[1].records", equalTo(20))
                .body("items[1].specs[0].counted", equalTo(16))
                .body("items[1].specs[0].horizon", equalTo("2026-11-20T06:00:17.998Z"))
                .body("items[1].clock", equalTo("2026-11-20T06:01:22.998Z"))
                .body("items[2].problems", contains("line at offset 15 begins there, but the line before it ends at 9"))
                .body(
                        "items[0].problems",
                        hasItem("line at offset 20 covers 10 offsets, but has 9 records and 0 holes"));
    }

    @Test
    void shouldLeadFromAnInputRecordToTheBooksThatCoverIt() {
        // Given
        line("covering", 1, 0, 0, 9, 10);
        line("covering", 1, 1, 0, 9, 10);
        line("covering", 2, 0, 5, 19, 15);
        String audit = "/api/v1/audit?job=covering&topic=device-readings";
        await().untilAsserted(() -> ok(audit).body("items", hasSize(3)));
        // Then
        ok(audit + "&partition=0").body("items.generation", contains(2, 1));
        ok(audit + "&partition=0&offset=4").body("items.generation", contains(1));
        ok(audit + "&partition=0&offset=5").body("items.generation", contains(2, 1));
        ok(audit + "&partition=0&offset=19")
                .body("items.generation", contains(2))
                .body("balanced", equalTo(true))
                .body("state", equalTo("reconciled"));
        for (String nothing : List.of("&partition=0&offset=20", "&partition=9", "&topic=misspelt")) {
            ok(audit.replace("&topic=device-readings", "") + nothing)
                    .body("items", hasSize(0))
                    .body("balanced", equalTo(false))
                    .body("state", equalTo("unknown"));
        }
    }

    @Test
    void shouldShowLagAndNameStalledPartitions() {
        // Given: three readings in partition 0, of which the audit covers one
        for (int n = 0; n < 3; n++) {
            log.begin().add("device-readings", 0, "k", "{}");
            log.commit();
        }
        line("marks", 1, 0, 0, 0, 1);
        line("marks", 2, 0, 0, 0, 1);
        // Then: records and their markers are at offsets 0 to 5
        await().untilAsserted(() -> ok("/api/v1/watermarks?job=marks")
                .body("items", hasSize(1))
                .body("items[0].generation", equalTo(2))
                .body("items[0].end", equalTo(6))
                .body("items[0].lag", equalTo(5))
                .body("items[0].horizons.'tumbling(1m)'", equalTo("2026-11-20T06:00:17.998Z"))
                .body("stalled", hasItem("device-readings-3")));
        ok("/api/v1/status")
                .body("loaded", equalTo(true))
                .body("items.find { it.job == 'marks' }.generation", equalTo(2))
                .body("items.find { it.job == 'marks' }.lag", equalTo(5))
                .body("items.find { it.job == 'marks' }.clock", equalTo("2026-11-20T06:01:22.998Z"))
                .body("items.find { it.job == 'marks' }.stalled", hasItem("device-readings-3"))
                .body("items.find { it.job == 'marks' }.newest", nullValue());
        ok("/api/v1/audit?job=marks").body("balanced", equalTo(true)).body("state", equalTo("settling"));
        await().untilAsserted(() -> assertThat(Served.stalled())
                .contains("device-readings-0", "device-readings-1", "device-readings-2", "device-readings-3"));
        Served.management()
                .get("/q/health/ready")
                .then()
                .statusCode(200)
                .body(
                        "checks.find { it.name == 'input-partitions' }.data.stalled",
                        containsString("device-readings-0, device-readings-1, device-readings-2, device-readings-3"));
        assertThat(Served.management().get("/q/metrics").asString())
                .contains(
                        "streampane_input_stalled{partition=\"3\",topic=\"device-readings\"} 1.0",
                        "streampane_input_lag{job=\"marks\",partition=\"0\",topic=\"device-readings\"} 5.0");
        // When: heartbeats come
        await().untilAsserted(() -> {
            log.put("device-readings", 3, null, "{}");
            // Then
            assertThat(Served.stalled()).isNotEmpty().doesNotContain("device-readings-3");
        });
    }

    @Test
    void shouldNameEveryPartitionOfAnInputThatGotNoRecord() {
        // Given
        log.put("job-runs", null, "windowless/1", Fixtures.jobRun("windowless", 1, null, "alerts"));
        await().until(() -> Served.jobs().contains("windowless"));
        log.put("job-runs", null, "untouched/1", Fixtures.jobRun("untouched", 1, "tumbling(1m)", "transactions"));
        // Then
        await().untilAsserted(() -> ok("/api/v1/watermarks?job=untouched")
                .body("items", hasSize(0))
                .body("stalled", hasItems("transactions-0", "transactions-1", "transactions-2", "transactions-3")));
        ok("/api/v1/status")
                .body("items.find { it.job == 'untouched' }.lag", nullValue())
                .body("items.find { it.job == 'untouched' }.stalled", hasSize(4))
                .body("items.find { it.job == 'windowless' }.stalled", hasSize(0));
        ok("/api/v1/audit?job=untouched")
                .body("balanced", equalTo(false))
                .body("state", equalTo("unknown"))
                .body("items", hasSize(0));
        assertThat(Served.stalled()).noneMatch(partition -> partition.startsWith("alerts"));
    }

    @Test
    void shouldAnswer404ForAJobThatNothingKnows() {
        line("anyone", 1, 0, 0, 0, 1);
        await().untilAsserted(() -> ok("/api/v1/audit?job=anyone"));
        for (String path : List.of("/api/v1/audit?job=nobody", "/api/v1/watermarks?job=nobody")) {
            answer(404, path).body("violations[0].parameter", equalTo("job"));
        }
        ok("/api/v1/audit").body("items", not(hasSize(0)));
    }

    @Test
    void shouldSayThatAJobIsHaltedOnceRecordsHaveWaitedForLong() {
        // Given: a job whose audit covers all there is
        log.put(
                "job-runs",
                null,
                "sparse/1",
                Fixtures.jobRun("sparse", 1, null, null)
                        .replace("{},", "{\"checkpoint-interval\":\"100ms\",\"audit-interval\":\"100ms\"},"));
        long first = reading();
        line("sparse", 1, 2, first, first, 1);
        await().until(() -> Objects.equals(lag("sparse"), 0));
        // When
        long second = reading();
        // Then
        await().until(() -> halted("sparse"));
        // When
        line("sparse", 1, 2, first + 1, second, 1);
        // Then
        await().until(() -> !halted("sparse"));
    }

    private long reading() {
        return log.place("device-readings", 2, "k", "{}").offset();
    }

    private static Integer lag(String job) {
        return given().get("/api/v1/status").path("items.find { it.job == '" + job + "' }.lag");
    }

    private static Boolean halted(String job) {
        return given().get("/api/v1/status").path("items.find { it.job == '" + job + "' }.halted");
    }

    private void line(String job, int generation, int partition, long first, long last, long records) {
        long rejected = records / 10;
        long heartbeats = records / 10;
        TestLine line = TestLine.of(
                        new AuditLine.Key(job, generation, "device-readings", topicId, partition), first, last)
                .records(records)
                .rejected(rejected)
                .heartbeats(heartbeats)
                .counted("tumbling(1m)", records - rejected - heartbeats)
                .horizon(null, Instant.parse("2026-11-20T06:00:17.998Z"))
                .clock(null, Instant.parse("2026-11-20T06:01:22.998Z"));
        log.put("audit", null, job + "/device-readings/" + partition, line.json());
    }
}
