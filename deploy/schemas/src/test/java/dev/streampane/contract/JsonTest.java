// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void shouldWriteInstantsAsTheySayThemselves() {
        assertThat(instants())
                .allSatisfy(instant -> assertThat(written(instant)).isEqualTo("{\"at\":\"" + instant + "\"}"));
    }

    private record Told(Instant at) {}

    private static String written(Instant instant) {
        return new String(Json.of(new Told(instant)), StandardCharsets.UTF_8);
    }

    /** Seconds come again, and so do others whose text is kept in the same place. */
    private static Stream<Instant> instants() {
        var random = new Random(1);
        long now = Instant.parse("2026-11-25T06:00:00Z").getEpochSecond();
        Stream<Instant> many = random.longs(2_000, now - 100, now + 100)
                .mapToObj(second -> Instant.ofEpochSecond(second, random.nextInt(1_000) * 1_000_000L));
        Stream<Instant> edges = Stream.of(
                Instant.EPOCH,
                Instant.ofEpochMilli(-1),
                Instant.ofEpochMilli(7),
                Instant.ofEpochMilli(70),
                Instant.ofEpochMilli(Long.MIN_VALUE),
                Instant.ofEpochMilli(Long.MAX_VALUE),
                Instant.ofEpochSecond(now, 1),
                Instant.ofEpochSecond(now, 123_456_000),
                Instant.MIN,
                Instant.MAX);
        return Stream.concat(many, edges);
    }
}
