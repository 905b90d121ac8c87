// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.results.Logged;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TopicFollowerTest {

    @AutoClose
    private final Logged log = new Logged(TopicFollower.class);

    @Test
    void shouldSayThatItHasEndedInAnError() {
        // Given
        Throwable failure = new NoClassDefFoundError("none");
        // When
        try (TopicFollower follower = TopicFollower.start(failing(failure), "topic", READER)) {
            // Then
            await().until(() -> !follower.alive());
            assertThat(log.lines()).containsExactly("ERROR Reading has ended, start this process again: topic=topic");
        }
    }

    @Test
    void shouldWaitForABrokerThatIsAway() {
        // Given
        Throwable failure = new KafkaException("away");
        // When
        try (TopicFollower follower = TopicFollower.start(failing(failure), "topic", READER)) {
            // Then
            await().until(() -> follower.state() == TopicFollower.State.BROKER_AWAY);
            assertThat(follower.alive()).isTrue();
            // the state comes before its line
            await().untilAsserted(() ->
                    assertThat(log.lines()).singleElement().asString().startsWith("WARN "));
        }
    }

    @Test
    void shouldBeAliveHoweverLongABrokersNameIsNotResolved() {
        // Given
        AtomicInteger turns = new AtomicInteger();
        Instant begun = Instant.now();
        // When: a turn takes a second
        try (TopicFollower follower = TopicFollower.start(
                failing(new KafkaException("no resolvable bootstrap urls"), turns), "topic", READER)) {
            await().until(() -> turns.get() >= 3);
            // Then
            assertThat(follower.alive(begun.plusSeconds(61))).isTrue();
        }
    }

    private static KafkaAccess failing(Throwable failure) {
        return failing(failure, new AtomicInteger());
    }

    private static KafkaAccess failing(Throwable failure, AtomicInteger turns) {
        return new KafkaAccess(Map.of()) {
            @Override
            public Admin admin(String clientId) {
                turns.incrementAndGet();
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
    }

    private static final TopicReader READER = new TopicReader() {
        @Override
        public long[] start(TopicLayout topic, long[] since) {
            return since;
        }

        @Override
        public void read(ConsumerRecords<byte[], byte[]> records) {
            // nothing is read
        }

        @Override
        public void caughtUp() {
            // nothing is read
        }
    };
}
