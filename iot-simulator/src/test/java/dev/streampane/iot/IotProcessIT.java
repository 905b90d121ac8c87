// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.HealthCheck;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ScramKafka;
import dev.streampane.local.server.ServiceUnderTest;
import dev.streampane.simulation.ProcessContract;
import dev.streampane.simulation.TopicReader;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against one broker, but for the one that is late. */
@Tag("native")
class IotProcessIT extends ProcessContract {

    private static final Map<String, String> AUTHORIZED = Map.of(
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users", "User:ANONYMOUS");

    private static final String MODULE = "iot-simulator";
    private static final List<String> TOPICS = List.of("device-readings", "time-series");

    private static ScramKafka kafka;
    private static Admin admin;

    IotProcessIT() {
        super(MODULE, "iot", "each device's period");
    }

    @BeforeAll
    static void startBroker(@TempDir Path data) {
        kafka = ScramKafka.start(data, AUTHORIZED);
        admin = Topics.admin(kafka.bootstrapServers());
        TopicCatalogue.load().create(kafka.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        kafka.close();
    }

    @Test
    void shouldWaitForABrokerThatIsNotThereYetAndLoseNothingAcknowledgedWhenKilled() throws Exception {
        // Given
        int[] ports = FreePorts.next(4);
        Path journal = folder.resolve("journal");
        Process process = start(
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "127.0.0.1:" + ports[0],
                        "QUARKUS_HTTP_PORT",
                        String.valueOf(ports[2]),
                        "QUARKUS_MANAGEMENT_PORT",
                        String.valueOf(ports[3]),
                        "IOT_ACKNOWLEDGEMENT_TIMEOUT",
                        "5s",
                        "QUARKUS_VERTX_MAX_EVENT_LOOP_EXECUTE_TIME", // a slow machine's is said with a stack trace
                        "10m"),
                "--journal",
                journal.toString());
        await().atMost(PATIENCE).until(() -> log().contains("Kafka does not acknowledge"));
        await().atMost(PATIENCE).ignoreException(ConnectException.class).until(() -> get(ports[3], "/q/health/ready")
                .startsWith("503"));
        assertThat(get(ports[3], "/q/health/live")).startsWith("200");
        await().atMost(PATIENCE).until(() -> exit(healthCheck(ports[3], "/q/health/live")) == 0);
        Process ready = healthCheck(ports[3], "/q/health/ready");
        Process none = healthCheck(99_999, "/q/health/live");
        assertThat(exit(ready)).isOne();
        assertThat(exit(none)).isOne();
        assertThat(get(ports[2], "/api/v1/simulator")).contains("\"broker\":\"AWAY\"");

        // When
        try (LocalKafka late = LocalKafka.start(folder.resolve("kafka"), ports[0], ports[1], Map.of())) {
            TopicCatalogue.load().create(late.bootstrapServers());
            await().atMost(PATIENCE)
                    .until(() -> get(ports[3], "/q/health/ready").startsWith("200"));
            await().atMost(PATIENCE).until(() -> Files.readAllLines(journal).size() > 20);
            for (String topic : TOPICS) {
                await().atMost(PATIENCE)
                        .until(() -> log().contains("Kafka acknowledges again: topic=" + topic + " dropped=0"));
            }
            process.destroyForcibly().waitFor();

            // Then
            Set<String> places = TopicReader.read(late.bootstrapServers(), TOPICS.get(0)).stream()
                    .map(found -> found.partition() + "/" + found.offset())
                    .collect(toSet());
            for (String line : Files.readAllLines(journal)) {
                JsonNode entry = new ObjectMapper().readTree(line);
                assertThat(places).contains(entry.get("partition") + "/" + entry.get("offset"));
            }
        }
        assertThat(log()).doesNotContain("ERROR", "Exception:\n", "\tat ");
        List<String> warnings =
                log().lines().filter(line -> line.contains("WARN")).toList();
        assertThat(warnings).allMatch(line -> line.contains("Kafka does not acknowledge"));
        for (String topic : TOPICS) { // once for each outage, of which a slow machine has more than one
            assertThat(warnings)
                    .filteredOn(line -> line.contains("topic=" + topic))
                    .hasSizeBetween(1, 1 + acknowledgedAgain(topic));
        }
    }

    private int acknowledgedAgain(String topic) throws IOException {
        return (int) log().lines()
                .filter(line -> line.contains("Kafka acknowledges again: topic=" + topic + " "))
                .count();
    }

    /** The images' health check, which ends with what it found. */
    private static Process healthCheck(int port, String path) throws IOException {
        List<String> command =
                new ArrayList<>(ServiceUnderTest.command(ServiceUnderTest.build(), MODULE, HealthCheck.options()));
        command.addAll(List.of("--healthy", path));
        ProcessBuilder check = new ProcessBuilder(command);
        check.environment().put("QUARKUS_MANAGEMENT_PORT", String.valueOf(port));
        return check.start();
    }

    private static int exit(Process check) throws InterruptedException {
        assertThat(check.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return check.exitValue();
    }

    @Test
    void shouldPublishReadingsAndNameTheTopicOfTagsWhenItIsNotThere() throws Exception {
        // Given
        int[] ports = FreePorts.next(2);

        // When
        start(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "QUARKUS_HTTP_PORT",
                String.valueOf(ports[0]),
                "QUARKUS_MANAGEMENT_PORT",
                String.valueOf(ports[1]),
                "IOT_TAGS_TOPIC",
                "not-there"));

        // Then
        await().atMost(PATIENCE).until(() -> warnings("topic=not-there") > 0);
        await().atMost(PATIENCE)
                .until(() -> get(ports[0], "/api/v1/simulator").matches("(?s).*\"acknowledged\":[1-9].*"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(ports[1], "/q/health/ready"))
                .startsWith("503")
                .contains("not-there.cause", "UnknownTopicOrPartitionException")
                .doesNotContain("device-readings.cause"));
        assertThat(get(ports[1], "/q/health/live")).startsWith("200");
        assertThat(warnings("topic=not-there")).isEqualTo(1);
    }

    private long warnings(String of) throws IOException {
        return log().lines()
                .filter(line -> line.contains(" WARN ") && line.contains(of))
                .count();
    }

    /** A producer that is refused while it asks for its id never has one, and sends nothing more. */
    @Test
    void shouldPublishOnceItsUserIsKnownAndMayWrite() throws Exception {
        // Given
        int[] ports = FreePorts.next(2);
        Map<String, String> environment = new HashMap<>(Map.of(
                "QUARKUS_HTTP_PORT", String.valueOf(ports[0]), "QUARKUS_MANAGEMENT_PORT", String.valueOf(ports[1])));
        kafka.client("iot")
                .forEach((name, value) ->
                        environment.put("KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        start(environment);
        awaitRefused(ports[1], "SaslAuthenticationException");
        ScramKafka.add(admin, "iot");
        awaitRefused(ports[1], "TopicAuthorizationException");
        allow(AclOperation.DESCRIBE);
        awaitRefused(ports[1], "may be described, but not written to");

        // When
        allow(AclOperation.WRITE);

        // Then
        await().atMost(PATIENCE).until(() -> get(ports[0], "/api/v1/simulator")
                .matches("(?s).*\"acknowledged\":[1-9].*\"messages\":.*\"acknowledged\":[1-9].*"));
        assertThat(get(ports[1], "/q/health/ready")).startsWith("200");
        assertThat(log()).doesNotContain("ERROR");
    }

    private static void awaitRefused(int port, String cause) {
        await().atMost(PATIENCE).ignoreException(ConnectException.class).untilAsserted(() -> assertThat(
                        get(port, "/q/health/ready"))
                .startsWith("503")
                .containsPattern("device-readings.cause.*" + cause)
                .containsPattern("time-series.cause.*" + cause));
    }

    private static void allow(AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                        new AccessControlEntry("User:iot", "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }
}
