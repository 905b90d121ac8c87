// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.HealthCheck;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServiceUnderTest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged service as a process of its own, with a broker that comes and goes and no Elasticsearch. */
@Tag("native")
@BesideQuarkus
class ProcessIT {

    @TempDir
    Path folder;

    @Test
    void shouldWaitForBrokerAndTopicServeResumeAfterRestartAndNoticeAnotherTopic() throws Exception {
        int[] broker = FreePorts.next(2);
        String brokers = "127.0.0.1:" + broker[0];
        // Given: nothing to connect to
        try (ServiceProcess first = new ServiceProcess(folder, Map.of("kafka.bootstrap.servers", brokers)).start()) {
            await().until(() ->
                    first.ask("/q/health/live").map(HttpResponse::statusCode).equals(Optional.of(200)));
            assertThat(first.manage("/q/health/ready").statusCode()).isEqualTo(503);
            await().until(() -> isLive(first));
            try (ServiceProcess ready = healthCheck(first.managementPort(), "/q/health/ready");
                    ServiceProcess none = healthCheck(broker[0], "/q/health/live")) { // where nothing listens
                assertThat(ready.exit()).isOne();
                assertThat(none.exit()).isOne();
            }
            for (String path : List.of(
                    "/api/v1/stream",
                    "/api/v1/windows?job=j",
                    "/api/v1/jobs/j/keys",
                    "/api/v1/alerts",
                    "/api/v1/alerts/a")) {
                HttpResponse<String> answer = first.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).as(path).contains("2");
            }
            assertThat(first.get("/api/v1/audit").statusCode()).isEqualTo(503);
            assertThat(first.get("/api/v1/jobs").statusCode()).isEqualTo(503);
            try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"), broker[0], broker[1], Map.of());
                    Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
                // a broker without the topic
                await().until(() -> first.ask("/q/health/ready")
                        .filter(answer -> answer.body().contains("TOPIC_MISSING"))
                        .isPresent());
                // When
                Left left = shouldServe(admin, brokers, first);
                // Then: the next process goes on where the client was
                try (ServiceProcess next = process(
                                Map.of("kafka.bootstrap.servers", brokers), "-Dquarkus.log.console.json.enabled=true")
                        .start()
                        .awaitReady()) {
                    assertThat(next.log()).contains("\"loggerName\":\"dev.streampane.results.log");
                    shouldResume(next, left);
                    shouldResetWhenTheTopicIsMadeAnew(next, admin, brokers);
                    shouldServeWhileTheBrokerIsAway(next, kafka);
                }
            }
        }
    }

    /** Where a client was, and what it had not seen by then: results of several partitions come in no order. */
    private record Left(String position, List<String> unseen) {}

    /** Ends the process by SIGTERM with a stream open, and returns the place behind the third of ten results. */
    private static Left shouldServe(Admin admin, String brokers, ServiceProcess process) throws Exception {
        Topics.anew(admin, "window-results", 4);
        process.awaitReady();
        try (EventStream events = open(process, "", null);
                Log log = new Log(brokers)) {
            for (int n = 0; n < 10; n++) {
                log.put("window-results", n % 4, "k" + n, numbered(n));
            }
            await().untilAsserted(() ->
                    assertThat(events.data("window")).containsExactlyInAnyOrderElementsOf(numbered(0, 10)));
            process.stop();
            await().until(events::ended);
            assertThat(process.log()).contains("results-api stopped");
            return new Left(events.results().get(2).id(), events.data("window").subList(3, 10));
        }
    }

    private static void shouldResume(ServiceProcess process, Left left) {
        try (EventStream events = open(process, "", left.position())) {
            await().untilAsserted(
                            () -> assertThat(events.data("window")).containsExactlyInAnyOrderElementsOf(left.unseen()));
            assertThat(events.data("reset")).isEmpty();
        }
    }

    private static void shouldResetWhenTheTopicIsMadeAnew(ServiceProcess process, Admin admin, String brokers)
            throws Exception {
        try (EventStream events = open(process, "", null)) {
            await().until(() -> !events.lastEventId().isEmpty());
            Topics.anew(admin, "window-results", 4);
            await().untilAsserted(() -> assertThat(events.data("reset")).hasSize(1));
            assertThat(events.data("reset").get(0)).contains("\"reason\":\"recreated\"");
            try (Log log = new Log(brokers)) {
                log.put("window-results", 0, "k", numbered(77));
            }
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(numbered(77)));
        }
    }

    /** Also where there were no topics of alerts and of words, of which it no longer knows that then. */
    private static void shouldServeWhileTheBrokerIsAway(ServiceProcess process, LocalKafka kafka) {
        kafka.kill();
        for (String topic : List.of("window-results", "alerts", "word-counts")) {
            await().until(() -> process.log().contains("\"Waiting for topic: topic=" + topic + " state=BROKER_AWAY"));
        }
        assertThat(process.manage("/q/health/ready").statusCode()).isEqualTo(200);
        try (EventStream events = open(process, "?snapshot=1", null)) {
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(numbered(77)));
        }
    }

    /** {@link ResultsConfigTest} has more values. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    results.tail-size=5 | results.tail-size, greater than or equal to 100
                    results.tail-size=many results.unknown=1 | results.tail-size, integer, results.unknown, does not map
                    """)
    void shouldNotStartWithBadValuesAndSayWhatIsAllowed(String values, String said) {
        // When
        try (ServiceProcess process = process(
                        Map.of(), Stream.of(values.split(" ")).map("-D"::concat).toArray(String[]::new))
                .start()) {
            // Then
            assertThat(process.exit()).isNotZero();
            assertThat(process.log()).contains(said.split(", "));
        }
    }

    /** One that is told some of its settings by properties. */
    private ServiceProcess process(Map<String, String> settings, String... properties) {
        List<String> options = Stream.concat(Stream.of("-Xmx128m", "-XX:+UseSerialGC"), Stream.of(properties))
                .toList();
        return new ServiceProcess(folder, ServiceUnderTest.build(), options, settings);
    }

    /** The images' health check, which ends with what it found. */
    private ServiceProcess healthCheck(int port, String path) {
        Map<String, String> settings = Map.of("quarkus.management.port", String.valueOf(port));
        return new ServiceProcess(folder, ServiceUnderTest.build(), HealthCheck.options(), settings, "--healthy", path)
                .start();
    }

    private boolean isLive(ServiceProcess process) {
        try (ServiceProcess check = healthCheck(process.managementPort(), "/q/health/live")) {
            return check.exit() == 0;
        }
    }

    private static EventStream open(ServiceProcess process, String query, String position) {
        return EventStream.open(process.root().resolve("/api/v1/stream" + query), position);
    }

    private static String numbered(int n) {
        return result("process", "k" + n, SIX.plusSeconds(60L * n));
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(ProcessIT::numbered).toList();
    }
}
