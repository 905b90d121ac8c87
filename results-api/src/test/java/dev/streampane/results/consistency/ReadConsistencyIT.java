// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.security.Access;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class ReadConsistencyIT extends OnFeeds {

    private static final String TOPIC = "window-results";

    @Inject
    ReadConsistency consistency;

    @Test
    void shouldAnswerOffTheThreadThatReadsTheLog() throws Exception {
        // Given: what is in the partition is read, also what lies behind transactions of others that were open
        await().until(feeds::loaded);
        long last = log.place(TOPIC, 1, "k", result("before", "k", SIX)).offset();
        await().until(() -> position().offsets()[1] > last);
        TopicPosition now = position();
        long[] next = now.offsets().clone();
        next[1] = last + 3; // the marker of its transaction, and the next record
        CompletableFuture<String> answered = new CompletableFuture<>();
        consistency
                .reached(
                        new ReadConsistency.Requirement(
                                Optional.of(new TopicPosition(TOPIC, now.id(), next)),
                                System.nanoTime() + Duration.ofSeconds(20).toNanos()),
                        Access.unrestricted("127.0.0.1"))
                .subscribe()
                .with(done -> answered.complete(Thread.currentThread().getName()), answered::completeExceptionally);
        assertThat(answered).isNotDone();
        // When
        log.put(TOPIC, 1, "k", result("at-least", "k", SIX));
        // Then
        assertThat(answered.get(20, TimeUnit.SECONDS)).doesNotStartWith("follow-");
    }
}
