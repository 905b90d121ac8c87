// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.results.Logged;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class InputTopicsTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @Test
    void shouldNotWaitForTopicsWithoutTimes() {
        // When Then
        assertThat(InputTopics.timeless(List.of(
                        audit("word-count", "words", 5, null),
                        audit("weather-average", "readings", 5, NOON),
                        audit("weather-average", "silent", 0, null),
                        audit("word-count", "lines", 5, null),
                        audit("fraud-detection", "lines", 5, NOON))))
                .containsExactly("words");
    }

    @Test
    void shouldSayThatItLooksNoMore() {
        // Given: what cannot be asked at all
        ResultsConfig config = Settings.defaults();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        KafkaAccess kafka = new KafkaAccess(Map.of()) {
            @Override
            public Admin admin(String clientId) {
                throw new NoClassDefFoundError("none");
            }
        };
        InputTopics topics = new InputTopics(
                kafka,
                new AuditTotals(kafka, config, metrics),
                new JobRuns(kafka, config),
                new OpenTransactions(config, metrics),
                null,
                config,
                metrics);
        assertThat(topics.alive()).isTrue();
        try (Logged log = new Logged(InputTopics.class)) {
            // When
            topics.start(new StartupEvent());
            // Then
            await().until(() -> !topics.alive());
            assertThat(log.lines())
                    .containsExactly("ERROR Input topics are no longer looked up, start this process again");
        } finally {
            topics.stop(new ShutdownEvent());
        }
    }

    private static PartitionAudit audit(String job, String topic, long rows, Instant clock) {
        AuditLine.Key key = new AuditLine.Key(job, 1, topic, "id", 0);
        PartitionTotals totals = new PartitionTotals(key);
        totals.add(TestLine.of(key, 0, 9)
                .rows(10 + rows)
                .rejected(10)
                .counted("none", rows)
                .clock(null, clock)
                .line());
        return totals.snapshot();
    }
}
