// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.FilledTail;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PastWindowsTest {

    @Test
    void shouldNotAskTheBrokerForTheIdOfAStreamThatIsRead() throws Exception {
        // Given: a broker that never answers
        FilledTail filled = new FilledTail(10);
        filled.add(0, result("job", "k", SIX));
        filled.mark(0);
        ResultsConfig config = Settings.with(Map.of("results.query.at-least-timeout", "1s"));
        try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            KafkaAccess kafka = new KafkaAccess(Map.of("bootstrap.servers", "127.0.0.1:" + broker.getLocalPort()));
            TailFeeds feeds = new TailFeeds(kafka, config, new SimpleMeterRegistry()) {
                @Override
                public Tail tail() {
                    return filled.tail();
                }
            };
            try (LogReaders readers = new LogReaders(kafka, config)) {
                ReadConsistency consistency = new ReadConsistency(feeds, null, readers, config);
                PastWindows past = new PastWindows(new TailAndStore(feeds, consistency), null, consistency);
                AsOf asOf = new AsOf(
                        Optional.empty(), filled.tail().now().position().topic("window-results"));
                // Then
                past.reached(asOf, Access.unrestricted("127.0.0.1")).await().atMost(Duration.ofSeconds(20));
            }
        }
    }
}
