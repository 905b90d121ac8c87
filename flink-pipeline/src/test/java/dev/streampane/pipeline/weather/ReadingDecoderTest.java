// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.ContractFiles;
import dev.streampane.pipeline.intake.SameVerdicts;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadingDecoderTest {

    /** Where local times were 44 min 30 s behind until a minute of 1972, and are skipped or doubled nowhere else since 1970. */
    private static final ZoneId ZONE = ZoneId.of("Africa/Monrovia");

    private final SameVerdicts<DeviceReading> verdicts = new SameVerdicts<>(
            new ReadingDecoder(ZONE),
            ReadingDecoder.FIELDS,
            (fetched, fields) -> ReadingDecoder.reading(fetched, fields, ZONE));

    private static String usual(Random random) {
        return SameVerdicts.object(
                random,
                switch (random.nextInt(3)) {
                    case 0 -> "\"device\":\"device" + random.nextInt(3_000) + '"';
                    case 1 -> "\"client\":\"client" + random.nextInt(3_000) + '"';
                    default -> "\"client\":" + random.nextInt(3_000);
                },
                "\"ts\":" + SameVerdicts.time(random),
                "\"temperature\":" + SameVerdicts.number(random, 6),
                "\"humidity\":" + SameVerdicts.number(random, 6));
    }

    @Test
    void shouldReadUsualReadingsByThemselves() {
        verdicts.holdUsual(ReadingDecoderTest::usual, 1);
    }

    @Test
    void shouldSayOfAnyBytesWhatJsonFieldsSay() {
        verdicts.holdMutations(ContractFiles.of("device-reading"), ReadingDecoderTest::usual, 100_000);
    }

    @Test
    void shouldTellTimesAroundClocksThatAreSetWithinAMinute() {
        for (int second = 0; second < 3_600; second++) {
            String time = "1972-01-07 00:%02d:%02d".formatted(second / 60, second % 60);
            verdicts.hold("{\"device\":\"d\",\"ts\":\"%s\",\"temperature\":1,\"humidity\":1}"
                    .formatted(time)
                    .getBytes(UTF_8));
        }

        assertThat(verdicts.unusual()).isEqualTo(60);
    }
}
