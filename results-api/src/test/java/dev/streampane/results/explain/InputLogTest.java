// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.streampane.results.FakeLog;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said when the time of an explanation is up. */
class InputLogTest {

    @Test
    void shouldAskForAnotherTryWhenOthersWereReadForAllTheTime() throws Exception {
        // Given: the only reader waits for a broker that never answers
        try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LogReaders readers = new LogReaders(
                        new KafkaAccess(Map.of("bootstrap.servers", "127.0.0.1:" + broker.getLocalPort())),
                        Settings.with(Map.of("results.catch-up-readers", "1")))) {
            readers.layout("window-results").subscribe().with(layout -> {}, failure -> {});
            InputLog log = new InputLog(readers, 1_000, Duration.ofMillis(300));
            // When
            Problem problem = catchThrowableOfType(ProblemException.class, () -> log.layout("audit"))
                    .problem();
            // Then
            assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY_QUERIES);
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.headers()).containsEntry("Retry-After", "5");
        }
    }

    @Test
    void shouldSayThatTheLogDoesNotAnswerWhenTheTimeIsUpInTheFirstRead() {
        // Given: a read that begins at once and does not end
        FakeLog silent = new FakeLog(() -> 1) {
            private Runnable begun;

            @Override
            public LogReaders onStart(Runnable whenBegun) {
                begun = whenBegun;
                return this;
            }

            @Override
            public Uni<TopicLayout> layout(String topic) {
                return Uni.createFrom().emitter(never -> begun.run());
            }
        };
        Explanation explanation = new Explanation(
                new InputLog(silent, 1_000, Duration.ofMillis(300)),
                new Explanation.Topics("window-results", "audit", "job-runs"),
                new ExplainedWindow(
                        Scene.json("{'id':'x','log':{'epoch':'e','partition':0,'offset':0}}"), null, null, true),
                Instant.EPOCH);
        // When
        Problem problem = catchThrowableOfType(ProblemException.class, explanation::answer)
                .problem();
        // Then
        assertThat(problem.type()).isEqualTo(ProblemType.LOG_UNAVAILABLE);
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.headers()).containsEntry("Retry-After", "5");
    }
}
