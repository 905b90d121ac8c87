// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstWindowTest {

    /** In Sao Paulo this evening comes twice: at midnight clocks went back to 23:00. */
    private static final long EVENING = Instant.parse("2018-02-18T02:00:00Z").toEpochMilli();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tumbling(1m)",
                "tumbling(1h,offset=15m)",
                "sliding(10m,4m)",
                "session(30s)",
                "global(count=100)",
                "calendar(day,America/Sao_Paulo)",
                "calendar(week,America/Sao_Paulo)",
                "calendar(month,Europe/Berlin)"
            })
    void shouldBeThatOfTheSpecification(String text) {
        // Given
        WindowSpec spec = WindowSpecParser.parse(text);
        var first = new FirstWindow(spec);
        var any = new Random(1);
        long time = EVENING;
        for (int n = 0; n < 20_000; n++) {
            time = any.nextInt(100) == 0
                    ? EVENING
                            + any.nextLong(Duration.ofDays(4).toMillis())
                            - Duration.ofDays(2).toMillis()
                    : time + any.nextInt(60_000) - 5_000;

            // When
            first.at(time);

            // Then
            assertThat(first.start()).as("%s at %s", text, time).isEqualTo(spec.firstStart(time));
            assertThat(first.end()).as("%s at %s", text, time).isEqualTo(spec.firstEnd(time));
        }
    }
}
