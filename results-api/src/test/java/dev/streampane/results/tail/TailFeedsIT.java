// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.Log;
import dev.streampane.results.Logged;
import dev.streampane.results.Settings;
import dev.streampane.results.Topics;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@BesideQuarkus
class TailFeedsIT {

    @Test
    void shouldForgetTheNewestWindowsOfATopicThatWasMadeAnew() throws Exception {
        // Given
        LocalKafka kafka = SharedKafka.empty();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                TailFeeds feeds = new TailFeeds(
                        new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers())),
                        Settings.defaults(),
                        new SimpleMeterRegistry())) {
            Topics.anew(admin, "window-results", 1);
            put(kafka, "going-on", SIX.plusSeconds(600));
            put(kafka, "gone", SIX);
            feeds.begin();
            await().until(() -> feeds.newestWindows().size() == 2);
            // When
            Topics.anew(admin, "window-results", 1);
            put(kafka, "going-on", SIX);
            await().until(() -> feeds.tail().epoch() == 2 && feeds.size() == 1);
            // Then
            assertThat(feeds.newestWindows()).containsOnlyKeys("going-on");
            assertThat(feeds.newestWindows().get("going-on").start()).isEqualTo(SIX);
            assertThat(feeds.arrivals()).containsOnlyKeys("going-on");
            assertThat(feeds.arrivals().get("going-on").window().start()).isEqualTo(SIX);
        }
    }

    @Test
    void shouldSettleThoughTopicsBesideResultsMayNotBeRead(@TempDir Path data) throws Exception {
        // Given: alerts that may be described and not read, words that may not be described
        Map<String, String> secured = Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "true");
        try (LocalKafka kafka = LocalKafka.start(data, secured);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                Log log = new Log(kafka.bootstrapServers());
                Logged said = new Logged(TopicFollower.class);
                TailFeeds feeds = new TailFeeds(
                        new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers())),
                        Settings.defaults(),
                        new SimpleMeterRegistry())) {
            List<String> topics = List.of("window-results", "alerts", "word-counts");
            admin.createTopics(topics.stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            topics.forEach(topic -> log.put(topic, null, "k", result("job", "k", SIX)));
            admin.createAcls(Stream.concat(
                                    denied("alerts", AclOperation.READ), denied("word-counts", AclOperation.DESCRIBE))
                            .toList())
                    .all()
                    .get();
            await().untilAsserted(() -> assertThatThrownBy(() -> admin.describeTopics(List.of("word-counts"))
                            .allTopicNames()
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class));
            // When
            feeds.begin();
            // Then
            await().until(feeds::settled);
            await().during(Duration.ofSeconds(3)).until(feeds::settled);
            assertThat(said.lines())
                    .filteredOn(line -> line.startsWith("WARN") && line.contains(kafka.bootstrapServers()))
                    .hasSize(2);
            // When
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
            // Then
            await().until(() ->
                    topics.stream().allMatch(topic -> feeds.tail().buffer(topic).loaded()));
        }
    }

    private static Stream<AclBinding> denied(String topic, AclOperation operation) {
        var resource = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        return Stream.of(
                        new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY),
                        new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW))
                .map(entry -> new AclBinding(resource, entry));
    }

    @Test
    void shouldTakeNoWindowForTheNewestThatWasRetracted() throws Exception {
        // Given
        LocalKafka kafka = SharedKafka.empty();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                TailFeeds feeds = new TailFeeds(
                        new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers())),
                        Settings.defaults(),
                        new SimpleMeterRegistry());
                Log log = new Log(kafka.bootstrapServers())) {
            Topics.anew(admin, "window-results", 1);
            feeds.begin();
            // When
            log.put("window-results", null, "k", result("job", "k", SIX));
            String retracted = result("job", "other", SIX).replace("FINAL", "RETRACTED");
            log.put("window-results", null, "other", retracted);
            await().until(() -> feeds.size() == 2);
            // Then
            assertThat(feeds.newestWindows().get("job").key()).isEqualTo("k");
            assertThat(feeds.arrivals().get("job").window().key()).isEqualTo("k");

            // When one is retracted after it was the newest, and an older one is revised
            String newest = result("job", "newest", SIX.plusSeconds(600));
            log.put("window-results", null, "newest", newest);
            await().until(() -> feeds.newestWindows().get("job").key().equals("newest"));
            log.put("window-results", null, "newest", newest.replace("FINAL", "RETRACTED"));
            log.put("window-results", null, "old", result("job", "old", SIX.minusSeconds(60), 1, 2, true));
            await().until(() -> feeds.size() == 5);
            // Then the one before is the newest, once the poll is over
            await().until(() -> feeds.newestWindows().get("job").key().equals("k"));
            Arrival before = feeds.arrivals().get("job");
            assertThat(before.window().key()).isEqualTo("k");
            assertThat(before.appended())
                    .isBefore(Instant.now())
                    .isAfter(Instant.now().minusSeconds(600));

            // When a session is joined to the one before, and retracted behind what they became
            String second = result("job", "session", SIX.plusSeconds(1_200))
                    .replace("\"kind\":\"tumbling\"", "\"kind\":\"session\"");
            String id = id("job", "session", SIX.plusSeconds(1_140));
            String joined = second.replace(id("job", "session", SIX.plusSeconds(1_200)), id)
                    .replace("\"start\":\"" + SIX.plusSeconds(1_200), "\"start\":\"" + SIX.plusSeconds(1_140));
            log.put("window-results", null, "session", second);
            log.begin()
                    .add("window-results", null, "session", joined)
                    .add("window-results", null, "session", second.replace("FINAL", "RETRACTED"))
                    .commit();
            // Then
            await().untilAsserted(() -> {
                assertThat(feeds.newestWindows().get("job").id()).isEqualTo(id);
                assertThat(feeds.arrivals().get("job").window().id()).isEqualTo(id);
            });
            Arrival first = feeds.arrivals().get("job");

            // When it is revised, and other windows of that end are shorter
            log.put("window-results", null, "session", joined.replace("FINAL", "REVISED"));
            log.put("window-results", null, "other", result("job", "other", SIX.plusSeconds(1_200)));
            log.put("window-results", null, "session", second);
            await().until(() -> feeds.size() == 11);
            // Then
            assertThat(feeds.newestWindows().get("job").id()).isEqualTo(id);
            assertThat(feeds.arrivals().get("job")).isEqualTo(first);
        }
    }

    private static void put(LocalKafka kafka, String job, Instant start) {
        try (Log log = new Log(kafka.bootstrapServers())) {
            log.put("window-results", null, "k", result(job, "k", start));
        }
    }
}
