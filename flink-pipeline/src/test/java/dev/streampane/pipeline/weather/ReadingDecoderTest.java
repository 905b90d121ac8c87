// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.DecoderContract;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadingDecoderTest extends DecoderContract<DeviceReading> {

    /** Where local times were 44 min 30 s behind until a minute of 1972, and are skipped or doubled nowhere else since 1970. */
    private static final ZoneId ZONE = ZoneId.of("Africa/Monrovia");

    ReadingDecoderTest() {
        super(
                "device-reading",
                new ReadingDecoder(ZONE),
                ReadingDecoder.FIELDS,
                (fetched, fields) -> ReadingDecoder.reading(fetched, fields, ZONE));
    }

    @Override
    protected String usual(Random random) {
        return object(
                random,
                switch (random.nextInt(3)) {
                    case 0 -> "\"device\":\"device" + random.nextInt(3_000) + '"';
                    case 1 -> "\"client\":\"client" + random.nextInt(3_000) + '"';
                    default -> "\"client\":" + random.nextInt(3_000);
                },
                "\"ts\":" + time(random),
                "\"temperature\":" + number(random, 6),
                "\"humidity\":" + number(random, 6));
    }

    @Test
    void shouldTellTimesAroundClocksThatAreSetWithinAMinute() {
        for (int second = 0; second < 3_600; second++) {
            String time = "1972-01-07 00:%02d:%02d".formatted(second / 60, second % 60);
            hold("{\"device\":\"d\",\"ts\":\"%s\",\"temperature\":1,\"humidity\":1}"
                    .formatted(time)
                    .getBytes(UTF_8));
        }

        assertThat(unusual()).isEqualTo(60);
    }
}
