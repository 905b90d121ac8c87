// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublishLoopTest {

    private static final long NOW = 1_795_154_400_000L;

    /** The settings of all simulators alone. */
    @ConfigMapping(prefix = "any")
    interface AnyConfig extends SimulatorConfig {}

    /** Makes nothing. */
    private static final class Idle implements Generator {

        @Override
        public long nextDueMillis() {
            return NEVER;
        }

        @Override
        public Optional<Generated> next() {
            return Optional.empty();
        }

        @Override
        public void rate(long rate, long fromMillis) {
            // nothing comes
        }

        @Override
        public boolean finished() {
            return false;
        }
    }

    @Test
    void shouldSayOnceThatTheClockWasSetBack() {
        // Given
        AnyConfig config = ConfigContract.config(AnyConfig.class, Map.of("any.topic", "t", "any.rate", "1"));
        var loop = new PublishLoop("loop", new RecordSchedule(config, new Idle(), null, NOW), 1, null);
        try (var log = new Logged(PublishLoop.class)) {
            // When
            loop.watchClock(NOW);
            loop.watchClock(NOW - 5000);
            loop.watchClock(NOW + 3_595_000);
            loop.watchClock(NOW - 5000);
            loop.watchClock(NOW - 4750);

            // Then
            assertThat(log.lines())
                    .containsExactly("WARN the clock was set back; the next records wait for their time: by=PT1H");
        }
    }
}
