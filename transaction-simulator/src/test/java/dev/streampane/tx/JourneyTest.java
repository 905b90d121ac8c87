// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JourneyTest {

    private static final long START = 1_795_154_400_000L;

    @Test
    void shouldNeverMoveFasterThanAllowed() {
        for (int seed = 0; seed < 20; seed++) {
            // Given
            Journey journey = journey(seed, Map.of("tx.locations.speed-kmh", "60"));
            SplittableRandom pauses = new SplittableRandom(seed);
            long time = START;
            Transaction.Place last = journey.next(time);

            for (int i = 0; i < 2_000; i++) {
                // When
                long pause = (long) (pauses.nextDouble() * 600_000);
                time += pause;
                Transaction.Place place = journey.next(time);

                // Then
                assertThat(metres(last, place))
                        .as("seed %d after %d ms", seed, pause)
                        .isLessThanOrEqualTo(60_000.0 / 3_600_000 * pause + 1);
                last = place;
            }
        }
    }

    @Test
    void shouldStayAroundItsHomeAndMove() {
        // Given
        Journey journey = journey(5, Map.of("tx.locations.radius-km", "0"));
        Transaction.Place centre = new Transaction.Place(5_252_000, 1_340_500);
        double furthest = 0;

        // When
        for (int i = 0; i < 10_000; i++) {
            furthest = Math.max(furthest, metres(centre, journey.next(START + i * 600_000L)));
        }

        // Then
        assertThat(furthest).isBetween(5_000.0, 30_000.0);
    }

    @Test
    void shouldSpreadHomesOverTheCircle() {
        for (int seed = 0; seed < 200; seed++) {
            Transaction.Place place = journey(seed, Map.of()).next(START);

            assertThat(metres(new Transaction.Place(5_252_000, 1_340_500), place))
                    .isLessThan(25_000 + 30_000);
        }
    }

    private static Journey journey(long seed, Map<String, String> settings) {
        return new Journey(TestConfig.of(settings).locations(), new SplittableRandom(seed));
    }

    /** Great-circle distance. */
    private static double metres(Transaction.Place a, Transaction.Place b) {
        double latitudeA = Math.toRadians(a.latitude() / 1e5);
        double latitudeB = Math.toRadians(b.latitude() / 1e5);
        double longitudes = Math.toRadians((b.longitude() - a.longitude()) / 1e5);
        double h = Math.pow(Math.sin((latitudeB - latitudeA) / 2), 2)
                + Math.cos(latitudeA) * Math.cos(latitudeB) * Math.pow(Math.sin(longitudes / 2), 2);
        return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
    }
}
