// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.results.Log;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

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
            create(admin);
            put(kafka, "going-on", SIX.plusSeconds(600));
            put(kafka, "gone", SIX);
            feeds.begin();
            await().until(() -> feeds.newestWindows().size() == 2);
            // When
            admin.deleteTopics(List.of("window-results")).all().get();
            await().ignoreExceptions().until(() -> {
                create(admin);
                return true;
            });
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
    void shouldTakeNoWindowForTheNewestThatWasRetracted() throws Exception {
        // Given
        LocalKafka kafka = SharedKafka.empty();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                TailFeeds feeds = new TailFeeds(
                        new KafkaAccess(Map.of("bootstrap.servers", kafka.bootstrapServers())),
                        Settings.defaults(),
                        new SimpleMeterRegistry());
                Log log = new Log(kafka.bootstrapServers())) {
            create(admin);
            feeds.begin();
            // When
            log.put("window-results", null, "k", result("job", "k", SIX));
            String retracted = result("job", "other", SIX).replace("FINAL", "RETRACTED");
            log.put("window-results", null, "other", retracted);
            await().until(() -> feeds.size() == 2);
            // Then
            assertThat(feeds.newestWindows().get("job").key()).isEqualTo("k");
            assertThat(feeds.arrivals().get("job").window().key()).isEqualTo("k");
        }
    }

    private static void create(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic("window-results", 1, (short) 1)))
                .all()
                .get();
    }

    private static void put(LocalKafka kafka, String job, Instant start) {
        try (Log log = new Log(kafka.bootstrapServers())) {
            log.put("window-results", null, "k", result(job, "k", start));
        }
    }
}
